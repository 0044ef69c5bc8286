// Builds ordered keys from text parts and numbers, and takes them apart again.
package tucket.store;

import java.util.Arrays;
import java.util.HexFormat;

/// A key, or the beginning of one, made of parts so that the order of the bytes is the order of the parts:
///
/// ```
///   text    its UTF-8 with byte 0 as 1 1 and byte 1 as 1 2, then 0      "queue" → 71 75 65 75 65 00
///   number  8 bytes, big end first, the sign bit flipped                    7  → 80 00 00 00 00 00 00 07
/// ```
///
/// `Key.of("queue").number(7)` sorts behind `Key.of("queue")`, before `Key.of("queue").number(8)` and before all of
/// `Key.of("queues")`.
/// All keys that continue a prefix lie from `prefix.bytes()` up to `prefix.end()`. Immutable.
public final class Key {
  private static final Key EMPTY = new Key(new byte[0]);

  private final byte[] bytes;

  private Key(byte[] bytes) {
    this.bytes = bytes;
  }

  /// No parts: its `bytes()` are the partition's start, its `end()` the partition's end.
  public static Key empty() {
    return EMPTY;
  }

  /// A first text part.
  public static Key of(String text) {
    return EMPTY.text(text);
  }

  /// This and one more text part, which may be empty. Throws `IllegalArgumentException` for a lone surrogate.
  public Key text(String text) {
    byte[] part = Utf8.escape(text);
    byte[] longer = Arrays.copyOf(bytes, bytes.length + part.length + 1);
    System.arraycopy(part, 0, longer, bytes.length, part.length);
    return new Key(longer);
  }

  /// This and one more number; negative ones sort first.
  public Key number(long number) {
    byte[] longer = Arrays.copyOf(bytes, bytes.length + Long.BYTES);
    long flipped = number ^ Long.MIN_VALUE;
    for (int i = 0; i < Long.BYTES; i++) {
      longer[bytes.length + i] = (byte) (flipped >>> (56 - 8 * i));
    }
    return new Key(longer);
  }

  /// A fresh array of the key's bytes.
  public byte[] bytes() {
    return bytes.clone();
  }

  /// The first key that does not begin with this one, as the exclusive end of a range; empty, the partition's end, where there is none.
  public byte[] end() {
    return end(bytes);
  }

  static byte[] end(byte[] prefix) {
    int length = prefix.length;
    while (length > 0 && prefix[length - 1] == (byte) 0xFF) {
      length--;
    }
    byte[] end = Arrays.copyOf(prefix, length);
    if (length > 0) {
      end[length - 1]++;
    }
    return end;
  }

  /// Takes apart a key that was built from parts.
  public static Parts parts(byte[] key) {
    return new Parts(key);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Key key && Arrays.equals(bytes, key.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }

  /// Reads the parts of a key in the order they were written; the reader knows their types. A part that is not there is an
  /// `IllegalArgumentException`: the data is not what the schema says. For one thread.
  public static final class Parts {
    private final byte[] key;
    private int at;

    private Parts(byte[] key) {
      this.key = key;
    }

    /// The next part, a text.
    public String text() {
      int end = at;
      while (end < key.length && key[end] != 0) {
        end++;
      }
      if (end == key.length) {
        throw new IllegalArgumentException("no text part at byte " + at + " of key " + HexFormat.of().formatHex(key));
      }
      String text = Utf8.unescape(key, at, end);
      at = end + 1;
      return text;
    }

    /// The next part, a number.
    public long number() {
      if (key.length - at < Long.BYTES) {
        throw new IllegalArgumentException("no number at byte " + at + " of key " + HexFormat.of().formatHex(key));
      }
      long number = 0;
      for (int i = 0; i < Long.BYTES; i++) {
        number = number << 8 | (key[at++] & 0xFF);
      }
      return number ^ Long.MIN_VALUE;
    }

    /// Whether there is anything left.
    public boolean more() {
      return at < key.length;
    }
  }
}
