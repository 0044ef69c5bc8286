// One header line as a slice of the bytes it came in.
package tucket.protocol.sip;

import java.nio.charset.StandardCharsets;
import tucket.protocol.Malformed;

/// `source[start, end)` is the line with its folds and its CRLF; `value` is the position behind the colon. Immutable; shared by all
/// messages made from the one it was read with.
final class Line {
  final Header header;
  final byte[] source;
  final int start;
  final int value;
  final int end;

  Line(Header header, byte[] source, int start, int value, int end) {
    this.header = header;
    this.source = source;
    this.start = start;
    this.value = value;
    this.end = end;
  }

  /// A new line `Name: value`.
  ///
  /// @throws Malformed where the value has a line break or NUL: it would become another header
  static Line of(Header header, String value) {
    byte[] name = header.nameBytes();
    byte[] source = new byte[name.length + value.length() + 4];
    System.arraycopy(name, 0, source, 0, name.length);
    source[name.length] = ':';
    source[name.length + 1] = ' ';
    int at = name.length + 2;
    boolean strange = false;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      strange |= c < ' ' || c > '~';
      source[at++] = (byte) c;
    }
    if (strange) {
      source = strange(header, value);
    } else {
      source[at] = '\r';
      source[at + 1] = '\n';
    }
    return new Line(header.isKnown() ? header : Header.OTHER, source, 0, name.length + 1, source.length);
  }

  private static byte[] strange(Header header, String value) {
    if (value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0 || value.indexOf(0) >= 0) {
      throw new Malformed(header.name() + " must not have a line break");
    }
    return (header.name() + ": " + value + "\r\n").getBytes(StandardCharsets.UTF_8);
  }

  boolean is(Header wanted) {
    return header == wanted || header == Header.OTHER && !wanted.isKnown() && wanted.spelledBy(source, start, nameEnd());
  }

  /// The position behind the name (before any blanks and the colon).
  private int nameEnd() {
    int at = start;
    while (at < end && Grammar.isTokenByte(source[at])) {
      at++;
    }
    return at;
  }

  /// The name as it is written.
  String name() {
    return new String(source, start, nameEnd() - start, StandardCharsets.US_ASCII);
  }

  /// Whether there is a CR without LF in the line.
  boolean hasBareCr() {
    for (int i = start; i < end - 1; i++) {
      if (source[i] == '\r' && source[i + 1] != '\n') {
        return true;
      }
    }
    return false;
  }

  /// Whether the value holds that byte.
  boolean has(byte wanted) {
    for (int i = value; i < end; i++) {
      if (source[i] == wanted) {
        return true;
      }
    }
    return false;
  }

  /// The value, unfolded and without blanks around it.
  String text() {
    int from = value;
    int to = end - 2;
    while (from < to && source[from] <= ' ' && source[from] >= 0) {
      from++;
    }
    while (to > from && source[to - 1] <= ' ' && source[to - 1] >= 0) {
      to--;
    }
    String text = new String(source, from, to - from, StandardCharsets.UTF_8);
    return text.indexOf('\n') < 0 ? text : Grammar.unfold(text);
  }
}
