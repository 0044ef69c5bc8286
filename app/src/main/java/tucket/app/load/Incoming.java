// A request that a device gets, as far as it is read.
package tucket.app.load;

import java.util.Arrays;

/// Made once and used for one request after the other. Not thread-safe.
final class Incoming {
  private static final byte[] STATUS = Octets.of("SIP/2.0 200 OK\r\n");
  private static final byte[] END = Octets.of("Content-Length: 0\r\n\r\n");
  private static final byte[] TAG = Octets.of(";tag=tl");
  private static final byte[] HAS_TAG = Octets.of(";tag=");
  private static final byte[] BRANCH = Octets.of("branch=");

  private final byte[] who; // "sip:" and the prefix of the users' names
  private byte[] answer = new byte[4096];
  private int length;

  /// The user and the device that it was sent to, or -1.
  int user;
  int device;

  /// Where the body begins.
  int body;

  /// What tells one transaction from another.
  int branch;

  boolean message;

  Incoming(String prefix) {
    who = Octets.of("sip:" + prefix);
  }

  /// Reads the request from `from` to `to` and writes its 200 (RFC 3261 section 8.2.6) on the way.
  void read(byte[] in, int from, int to) {
    length = 0;
    branch = 0;
    body = to;
    append(STATUS, 0, STATUS.length);
    int feed = Octets.find(in, from, to, '\n');
    requestLine(in, from, feed < 0 ? to : feed);
    int line = feed + 1;
    while (feed >= 0) {
      feed = Octets.find(in, line, to, '\n');
      if (feed < 0 || feed - line <= 1) {
        body = feed < 0 ? to : feed + 1;
        break;
      }
      header(in, line, feed + 1);
      line = feed + 1;
    }
    append(END, 0, END.length);
  }

  private void requestLine(byte[] in, int from, int to) {
    message = in[from] == 'M';
    user = -1;
    device = 0;
    int at = Octets.find(in, from, to, who);
    if (at >= 0) {
      user = Octets.number(in, at + who.length, Math.min(to, at + who.length + 6));
      int dash = at + who.length + 6;
      if (dash < to && in[dash] == '-') {
        device = Math.max(0, Octets.hex(in, dash + 1, to, 2));
      }
    }
  }

  private void header(byte[] in, int line, int end) {
    int colon = Octets.find(in, line, Math.min(end, line + 9), ':');
    if (colon < 0) {
      return;
    }
    int first = in[line] | 0x20;
    switch (colon - line) {
      case 1 -> take(in, line, end, first == 'v', first == 'f' || first == 'i', first == 't');
      case 2 -> take(in, line, end, false, false, first == 't');
      case 3 -> take(in, line, end, first == 'v', false, false);
      case 4 -> take(in, line, end, false, first == 'f' || first == 'c' && (in[line + 1] | 0x20) == 's', false);
      case 7 -> take(in, line, end, false, first == 'c' && (in[line + 1] | 0x20) == 'a', false);
      default -> {}
    }
  }

  private void take(byte[] in, int line, int end, boolean via, boolean plain, boolean to) {
    if (via && branch == 0) {
      branch = branchOf(in, line, end);
    }
    if (via || plain) {
      append(in, line, end - line);
    } else if (to) {
      int text = end - (in[end - 2] == '\r' ? 2 : 1);
      append(in, line, text - line);
      if (Octets.find(in, line, text, HAS_TAG) < 0) {
        append(TAG, 0, TAG.length);
      }
      append(in, text, end - text);
    }
  }

  private static int branchOf(byte[] in, int line, int end) {
    int at = Octets.find(in, line, end, BRANCH);
    int hash = 1;
    for (int i = at < 0 ? end : at + BRANCH.length; i < end && in[i] > ' ' && in[i] != ';' && in[i] != ','; i++) {
      hash = 31 * hash + in[i];
    }
    return hash == 0 ? 1 : hash;
  }

  private void append(byte[] from, int at, int count) {
    if (length + count > answer.length) {
      answer = Arrays.copyOf(answer, Math.max(2 * answer.length, length + count));
    }
    System.arraycopy(from, at, answer, length, count);
    length += count;
  }

  /// The 200 for what was read last.
  byte[] ok() {
    return Arrays.copyOf(answer, length);
  }
}
