// Cuts a stream into messages.
package tucket.app.load;

/// RFC 3261 section 18.3. Trusts the server: what is no message is cut off where the next empty line is. Not thread-safe.
final class Frames {
  private static final byte[] LENGTH = Octets.of("content-length");
  private static final byte[] NOTHING = new byte[0];

  private byte[] rest = NOTHING;

  /// Takes whole messages.
  interface Sink {
    void message(byte[] data, int from, int to);
  }

  /// Gives all messages that are whole now to `sink`; keeps what is left for the next time.
  void feed(byte[] more, Sink sink) {
    byte[] data = more;
    if (rest.length > 0) {
      data = new byte[rest.length + more.length];
      System.arraycopy(rest, 0, data, 0, rest.length);
      System.arraycopy(more, 0, data, rest.length, more.length);
    }
    int at = 0;
    while (at < data.length) {
      if (data[at] == '\r' || data[at] == '\n') {
        at++; // keep-alives (RFC 5626 section 4.4.1)
        continue;
      }
      int end = end(data, at);
      if (end < 0) {
        break;
      }
      sink.message(data, at, end);
      at = end;
    }
    rest = at == data.length ? NOTHING : java.util.Arrays.copyOfRange(data, at, data.length);
  }

  /// Behind the message at `from`, or -1 where it is not whole yet.
  private static int end(byte[] data, int from) {
    int length = 0;
    int line = from;
    while (true) {
      int feed = Octets.find(data, line, data.length, '\n');
      if (feed < 0) {
        return -1;
      }
      if (feed - line <= 1) {
        int end = feed + 1 + length;
        return end <= data.length ? end : -1;
      }
      int found = length(data, line, feed);
      length = found >= 0 ? found : length;
      line = feed + 1;
    }
  }

  private static int length(byte[] data, int line, int end) {
    int at = line;
    int first = data[line] | 0x20;
    if (first == 'c') {
      for (byte letter : LENGTH) {
        if (at >= end || (data[at++] | 0x20) != letter && letter != '-') {
          return -1;
        }
      }
    } else if (first == 'l') {
      at++;
    } else {
      return -1;
    }
    while (at < end && (data[at] == ' ' || data[at] == '\t')) {
      at++;
    }
    if (at == end || data[at] != ':') {
      return -1;
    }
    at++;
    while (at < end && (data[at] == ' ' || data[at] == '\t')) {
      at++;
    }
    return Octets.number(data, at, end);
  }
}
