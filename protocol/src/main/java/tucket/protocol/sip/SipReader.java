// From bytes to a message: finds the lines and looks up their names, no more.
package tucket.protocol.sip;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tucket.protocol.Malformed;

/// Reads one message that lies whole in an array (RFC 3261 section 7). Stateless: threads may share it.
///
/// What cannot be told from line noise is [Malformed]; whatever a 400 can be sent for becomes a message, and [SipValidity] finds the fault.
/// Accepted beyond the grammar: line ends of LF alone, a head without its closing empty line, blanks before a colon (section 7.3.1 allows
/// them).
public final class SipReader {
  private static final Line[] NO_LINES = new Line[0];

  private final SipLimits limits;

  public SipReader(SipLimits limits) {
    this.limits = limits;
  }

  public SipReader() {
    this(SipLimits.DEFAULT);
  }

  /// Reads one datagram. The message keeps slices of `data`: from now on nobody may change the array. Leading line ends are skipped
  /// (section 7.5); bytes behind Content-Length are dropped (section 18.3).
  public SipMessage read(byte[] data, int from, int to) {
    int start = from;
    while (start < to && (data[start] == '\r' || data[start] == '\n')) {
      start++;
    }
    if (to - start > limits.messageBytes()) {
      throw new Malformed("message is too large");
    }
    SipMessage message = scan(data, start, to);
    if (message == null) {
      byte[] normal = normalise(data, start, to);
      message = scan(normal, 0, normal.length);
    }
    if (message == null) {
      throw new Malformed("headers have no end");
    }
    return message;
  }

  public SipMessage read(byte[] data) {
    return read(data, 0, data.length);
  }

  /// The message, or null where a line does not end with CRLF.
  private @Nullable SipMessage scan(byte[] data, int start, int to) {
    int headEnd = lineEnd(data, start, to);
    if (headEnd < 0) {
      return null;
    }
    Line[] lines = new Line[24];
    int count = 0;
    int at = headEnd;
    int lengthLines = 0;
    int declared = -1;
    while (true) {
      if (at + 1 >= to || data[at] == '\n') {
        return null;
      }
      if (data[at] == '\r' && data[at + 1] == '\n') {
        break;
      }
      int name = at;
      int hash = 0;
      while (name < to && Grammar.isTokenByte(data[name])) {
        hash = hash * 31 + (data[name] | 0x20);
        name++;
      }
      int colon = name;
      while (colon < to && Grammar.isBlank(data[colon])) {
        colon++;
      }
      boolean good = colon < to && data[colon] == ':' && name > at;
      int end = folded(data, good ? colon : at, to);
      if (end < 0) {
        return null;
      }
      Header header = good ? Header.find(data, at, name, hash) : Header.BROKEN;
      if (count == lines.length) {
        lines = Arrays.copyOf(lines, count * 2);
      }
      Line line = new Line(header, data, at, good ? colon + 1 : at, end);
      lines[count++] = line;
      if (header == Header.CONTENT_LENGTH && lengthLines++ == 0) {
        declared = length(line);
      }
      at = end;
      check(header, line, count, end - start);
    }
    int body = at + 2;
    int bodyEnd = declared >= 0 && declared <= to - body ? body + declared : to;
    if (bodyEnd - body > limits.bodyBytes()) {
      throw new Malformed("body is too large");
    }
    Line[] exact = count == 0 ? NO_LINES : Arrays.copyOf(lines, count);
    boolean right = lengthLines == 1 && declared == bodyEnd - body;
    return StartLine.message(new SipMessage.Parts(data, start, headEnd, exact, data, body, bodyEnd, right));
  }

  private void check(Header header, Line line, int count, int headBytes) {
    if (line.end - line.start > limits.lineBytes()) {
      throw new Malformed(header.name().isEmpty() ? "header line is too long" : header.name() + " is too long");
    }
    if (count > limits.headers()) {
      throw new Malformed("too many headers");
    }
    if (headBytes > limits.headerBytes()) {
      throw new Malformed("headers are too large");
    }
  }

  /// The Content-Length that the head `data[from, to)` tells: 0 where it tells none, -1 where it cannot be known
  /// (RFC 4475 sections 3.1.2.3 and 3.3.9). LF alone counts as a line end.
  static int declaredLength(byte[] data, int from, int to) {
    int length = -1;
    boolean told = false;
    int at = from;
    while (at < to) {
      int end = at;
      do {
        while (end < to && data[end] != '\n') {
          end++;
        }
        end++;
      } while (end < to && Grammar.isBlank(data[end]));
      int first = data[at] | 0x20;
      int value = first == 'c' || first == 'l' ? lengthValue(data, at, Math.min(end, to)) : -1;
      if (value >= 0) {
        int declared = length(new Line(Header.CONTENT_LENGTH, data, at, value, Math.min(end, to)));
        if (declared < 0 || told && declared != length) {
          return -1;
        }
        length = declared;
        told = true;
      }
      at = end;
    }
    return told ? length : 0;
  }

  /// Where the value of a Content-Length line begins; -1 where the line is another.
  private static int lengthValue(byte[] data, int from, int to) {
    int at = from;
    int hash = 0;
    while (at < to && Grammar.isTokenByte(data[at])) {
      hash = hash * 31 + (data[at] | 0x20);
      at++;
    }
    if (Header.find(data, from, at, hash) != Header.CONTENT_LENGTH) {
      return -1;
    }
    while (at < to && Grammar.isBlank(data[at])) {
      at++;
    }
    return at < to && data[at] == ':' ? at + 1 : -1;
  }

  /// Behind the line that starts at `from`, its folds included; -1 where a line end is not CRLF or missing.
  private static int folded(byte[] data, int from, int to) {
    int end = lineEnd(data, from, to);
    while (end >= 0 && end < to && Grammar.isBlank(data[end])) {
      end = lineEnd(data, end, to);
    }
    return end;
  }

  /// Behind the next line end; -1 where it is not CRLF or missing.
  private static int lineEnd(byte[] data, int from, int to) {
    for (int i = from; i < to; i++) {
      if (data[i] == '\n') {
        return i > from && data[i - 1] == '\r' ? i + 1 : -1;
      }
    }
    return -1;
  }

  /// The number of a Content-Length line; -1 where it is none that fits.
  static int length(Line line) {
    int from = line.value;
    int to = line.end;
    while (from < to && line.source[from] <= ' ') {
      from++;
    }
    while (to > from && line.source[to - 1] <= ' ') {
      to--;
    }
    long value = from == to ? -1 : 0;
    for (int i = from; i < to; i++) {
      int digit = line.source[i] - '0';
      value = value * 10 + digit;
      if (digit < 0 || digit > 9 || value > Integer.MAX_VALUE) {
        return -1;
      }
    }
    return (int) value;
  }

  /// The same message with CRLF at the end of every line of the head, and with the empty line behind it.
  private static byte[] normalise(byte[] data, int from, int to) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(to - from + 64);
    int at = from;
    while (at < to) {
      int end = at;
      while (end < to && data[end] != '\n') {
        end++;
      }
      int text = end > at && data[end - 1] == '\r' ? end - 1 : end;
      out.write(data, at, text - at);
      out.write('\r');
      out.write('\n');
      boolean empty = text == at;
      at = Math.min(end + 1, to);
      if (empty) {
        out.write(data, at, to - at);
        return out.toByteArray();
      }
    }
    out.write('\r');
    out.write('\n');
    return out.toByteArray();
  }
}
