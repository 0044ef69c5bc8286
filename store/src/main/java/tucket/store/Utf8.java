// Text to bytes and back without losing anything: a lone surrogate is refused, never replaced.
package tucket.store;

import java.nio.charset.StandardCharsets;

/// `String.getBytes` turns a lone surrogate into `?`, which would let two different ids share a key. Here it is an error.
final class Utf8 {
  private Utf8() {}

  /// The length in bytes; throws `IllegalArgumentException` where UTF-8 cannot carry the text.
  static int length(String text) {
    int bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        bytes++;
      } else if (c < 0x800) {
        bytes += 2;
      } else if (!Character.isSurrogate(c)) {
        bytes += 3;
      } else if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
        bytes += 4;
        i++;
      } else {
        throw new IllegalArgumentException("half a character (a lone surrogate) at position " + i);
      }
    }
    return bytes;
  }

  static byte[] encode(String text) {
    length(text);
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// As `encode`, with each byte 0 written as `1 1` and each byte 1 as `1 2`: free of zeros, and in the same order.
  static byte[] escape(String text) {
    byte[] plain = encode(text);
    int low = 0;
    for (byte b : plain) {
      low += b == 0 || b == 1 ? 1 : 0;
    }
    if (low == 0) {
      return plain;
    }
    byte[] escaped = new byte[plain.length + low];
    int to = 0;
    for (byte b : plain) {
      if (b == 0 || b == 1) {
        escaped[to++] = 1;
        escaped[to++] = (byte) (b + 1);
      } else {
        escaped[to++] = b;
      }
    }
    return escaped;
  }

  /// The text whose escaped form lies in `bytes[from, to)`.
  static String unescape(byte[] bytes, int from, int to) {
    byte[] plain = new byte[to - from];
    int length = 0;
    for (int i = from; i < to; i++) {
      boolean escape = bytes[i] == 1 && i + 1 < to;
      plain[length++] = escape ? (byte) (bytes[++i] - 1) : bytes[i];
    }
    return new String(plain, 0, length, StandardCharsets.UTF_8);
  }
}
