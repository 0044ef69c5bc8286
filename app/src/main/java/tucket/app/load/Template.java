// A request that is laid out once and filled in for each message.
package tucket.app.load;

import java.util.Arrays;

/// Text with fields as wide as the numbers that take their places: lane and sequence of a message (8 hexadecimal digits each), device and
/// attempt (2 hexadecimal digits), the users from and to (6 digits). Where they are is found once. Immutable.
final class Template {
  static final String LANE = "{-LANE-}";
  static final String SEQUENCE = "{-SEQ--}";
  static final String FROM = "{FROM}";
  static final String TO = "{-TO-}";
  static final String DEVICE = "{}";
  static final String ATTEMPT = "[]";

  private static final byte[] AUTHORIZE_BEFORE = Octets.of("Content-Type:");

  private final byte[] text;
  private final int[] lanes;
  private final int[] sequences;
  private final int[] froms;
  private final int[] tos;
  private final int[] devices;
  private final int[] attempts;
  private final int authorizeAt;

  Template(String layout) {
    text = Octets.of(layout);
    lanes = places(layout, LANE);
    sequences = places(layout, SEQUENCE);
    froms = places(layout, FROM);
    tos = places(layout, TO);
    devices = places(layout, DEVICE);
    attempts = places(layout, ATTEMPT);
    authorizeAt = Octets.find(text, 0, text.length, AUTHORIZE_BEFORE);
  }

  private static int[] places(String layout, String field) {
    int[] found = new int[16];
    int count = 0;
    for (int at = layout.indexOf(field); at >= 0; at = layout.indexOf(field, at + 1)) {
      found[count++] = at;
    }
    return Arrays.copyOf(found, count);
  }

  /// A fresh copy with the fields filled in.
  byte[] fill(int lane, int sequence, int from, int to, int device, int attempt) {
    byte[] out = text.clone();
    for (int at : lanes) {
      Octets.writeHex(out, at, LANE.length(), lane);
    }
    for (int at : sequences) {
      Octets.writeHex(out, at, SEQUENCE.length(), sequence);
    }
    for (int at : froms) {
      Octets.writeDecimal(out, at, FROM.length(), from);
    }
    for (int at : tos) {
      Octets.writeDecimal(out, at, TO.length(), to);
    }
    for (int at : devices) {
      Octets.writeHex(out, at, DEVICE.length(), device);
    }
    for (int at : attempts) {
      Octets.writeHex(out, at, ATTEMPT.length(), attempt);
    }
    return out;
  }

  /// `filled` with one more header line.
  byte[] authorized(byte[] filled, String line) {
    byte[] more = Octets.of(line);
    byte[] out = new byte[filled.length + more.length];
    System.arraycopy(filled, 0, out, 0, authorizeAt);
    System.arraycopy(more, 0, out, authorizeAt, more.length);
    System.arraycopy(filled, authorizeAt, out, authorizeAt + more.length, filled.length - authorizeAt);
    return out;
  }
}
