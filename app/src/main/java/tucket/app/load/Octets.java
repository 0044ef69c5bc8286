// The few things that are read from messages, without taking them apart.
package tucket.app.load;

import java.nio.charset.StandardCharsets;

/// Looks into arrays of bytes. All positions are from the start of the array; `to` is the first that is not looked at.
final class Octets {
  private Octets() {}

  static byte[] of(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /// Where `what` first begins in `in`, or -1.
  static int find(byte[] in, int from, int to, byte[] what) {
    byte first = what[0];
    int last = to - what.length;
    for (int i = from; i <= last; i++) {
      if (in[i] == first && startsWith(in, i, to, what)) {
        return i;
      }
    }
    return -1;
  }

  static boolean startsWith(byte[] in, int at, int to, byte[] what) {
    if (to - at < what.length) {
      return false;
    }
    for (int i = 0; i < what.length; i++) {
      if (in[at + i] != what[i]) {
        return false;
      }
    }
    return true;
  }

  static int find(byte[] in, int from, int to, char what) {
    for (int i = from; i < to; i++) {
      if (in[i] == what) {
        return i;
      }
    }
    return -1;
  }

  /// The decimal number at `at`, as far as there are digits, at most 9; -1 where there are none.
  static int number(byte[] in, int at, int to) {
    int value = 0;
    int i = at;
    while (i < to && i < at + 9 && in[i] >= '0' && in[i] <= '9') {
      value = value * 10 + in[i++] - '0';
    }
    return i == at ? -1 : value;
  }

  /// The hexadecimal number of `digits` digits at `at`; -1 where it is none.
  static int hex(byte[] in, int at, int to, int digits) {
    if (to - at < digits) {
      return -1;
    }
    int value = 0;
    for (int i = at; i < at + digits; i++) {
      int digit = Character.digit(in[i], 16);
      if (digit < 0) {
        return -1;
      }
      value = value << 4 | digit;
    }
    return value;
  }

  static void writeHex(byte[] into, int at, int digits, int value) {
    for (int i = digits - 1, rest = value; i >= 0; i--, rest >>>= 4) {
      into[at + i] = (byte) Character.forDigit(rest & 15, 16);
    }
  }

  static void writeDecimal(byte[] into, int at, int digits, int value) {
    for (int i = digits - 1, rest = value; i >= 0; i--, rest /= 10) {
      into[at + i] = (byte) ('0' + rest % 10);
    }
  }
}
