// How partitions and their keys lie in the one ordered space of the embedded engine.
package tucket.store;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// ```
///   00 "format"                                    → "1": the layout's number; everything under byte 0 is the engine's own
///   kind 00 id' 00 key                             → value
///   │       │      └ 1 to 1024 bytes, any
///   │       └ the id in UTF-8; byte 00 written as 01 01, byte 01 as 01 02
///   └ 1 to 16 letters a-z
///
///   r o o m 00 s i p : c l u b … 00 …              one partition lies together, from  kind 00 id' 00  up to  kind 00 id' 01
///   u s e r 00 s i p : a n n a … 00 …              one kind lies together, from  kind 00  up to  kind 01
///   u s e r 00 s i p : b o b …   00 …
/// ```
///
/// No id' holds a zero, so no partition is a prefix of another, and the next partition is found by seeking to  kind 00 id' 01.
final class KeySpace {
  static final byte[] FORMAT_KEY = "\0format".getBytes(StandardCharsets.US_ASCII);
  static final byte[] FORMAT = "1".getBytes(StandardCharsets.US_ASCII);

  private KeySpace() {}

  static byte[] prefix(Kind kind) {
    byte[] name = kind.name().getBytes(StandardCharsets.US_ASCII);
    return Arrays.copyOf(name, name.length + 1);
  }

  static byte[] prefix(Partition partition) {
    byte[] kind = prefix(partition.kind());
    byte[] id = Utf8.escape(partition.id());
    byte[] prefix = Arrays.copyOf(kind, kind.length + id.length + 1);
    System.arraycopy(id, 0, prefix, kind.length, id.length);
    return prefix;
  }

  /// The exclusive end of everything under a prefix.
  static byte[] end(byte[] prefix) {
    byte[] end = prefix.clone();
    end[end.length - 1] = 1;
    return end;
  }

  /// The partition that a full key of this kind belongs to.
  static Partition partition(Kind kind, byte[] fullKey) {
    int start = kind.name().length() + 1;
    int end = start;
    while (fullKey[end] != 0) {
      end++;
    }
    return new Partition(kind, Utf8.unescape(fullKey, start, end));
  }

  static byte[] join(byte[] prefix, byte[] key) {
    byte[] full = Arrays.copyOf(prefix, prefix.length + key.length);
    System.arraycopy(key, 0, full, prefix.length, key.length);
    return full;
  }
}
