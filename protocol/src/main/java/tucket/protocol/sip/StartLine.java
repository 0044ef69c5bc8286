// Tells requests from responses by their start line.
package tucket.protocol.sip;

import java.nio.charset.StandardCharsets;
import tucket.protocol.Malformed;

/// Request-Line and Status-Line (RFC 3261 sections 7.1 and 7.2), as leniently as an answer to a bad one needs: what is between the method
/// and the version is not looked at here.
final class StartLine {
  private StartLine() {}

  /// The start line of a new request, with its line end.
  static byte[] request(String method, Uri uri) {
    String text = uri.toString();
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) <= ' ') {
        throw new Malformed("Request-URI has a character that is not allowed");
      }
    }
    return (method + " " + text + " SIP/2.0\r\n").getBytes(StandardCharsets.UTF_8);
  }

  /// Looks at the first line of `data[from, to)`.
  ///
  /// @throws Malformed where it is neither a request nor a response
  static void check(byte[] data, int from, int to) {
    int end = from;
    while (end < to && data[end] != '\n') {
      end++;
    }
    if (end > from && data[end - 1] == '\r') {
      end--;
    }
    if (!isVersion(data, from, end)) {
      method(data, from, end);
    }
  }

  /// @throws Malformed where the line is neither
  static SipMessage message(SipMessage.Parts parts) {
    byte[] head = parts.head();
    int from = parts.headFrom();
    int to = parts.headTo() - 2;
    if (isVersion(head, from, to)) {
      return new SipResponse(parts, status(head, from, to));
    }
    return new SipRequest(parts, Methods.read(head, from, method(head, from, to)));
  }

  /// Behind the method of a request.
  private static int method(byte[] head, int from, int end) {
    int to = end;
    int method = from;
    while (method < to && Grammar.isTokenByte(head[method])) {
      method++;
    }
    while (to > method && head[to - 1] == ' ') {
      to--;
    }
    int version = to;
    while (version > method && head[version - 1] != ' ') {
      version--;
    }
    if (method == from || method >= to || head[method] != ' ' || !isVersion(head, version, to)) {
      throw new Malformed("start line is neither a SIP request nor a response");
    }
    return method;
  }

  private static boolean isVersion(byte[] head, int from, int to) {
    return to - from > 4
        && (head[from] | 0x20) == 's'
        && (head[from + 1] | 0x20) == 'i'
        && (head[from + 2] | 0x20) == 'p'
        && head[from + 3] == '/'
        && Grammar.isDigit(head[from + 4]);
  }

  private static int status(byte[] head, int from, int to) {
    int at = from;
    while (at < to && head[at] != ' ') {
      at++;
    }
    boolean two = at - from == 7 && head[from + 4] == '2' && head[from + 5] == '.' && head[from + 6] == '0';
    if (!two) {
      throw new Malformed("response is not SIP/2.0");
    }
    int digits = at + 1;
    if (digits + 3 > to || digits + 3 < to && head[digits + 3] != ' ') {
      throw new Malformed("status code has not three digits");
    }
    int status = 0;
    for (int i = digits; i < digits + 3; i++) {
      if (!Grammar.isDigit(head[i])) {
        throw new Malformed("status code has not three digits");
      }
      status = status * 10 + head[i] - '0';
    }
    if (status < 100 || status > 699) {
      throw new Malformed("status code is out of range");
    }
    return status;
  }

  /// What is wrong with a request's start line, or empty text: one blank each between method, URI and version, nothing else
  /// (RFC 3261 section 7.1; RFC 4475 sections 3.1.2.8 to 3.1.2.10).
  static String fault(String line) {
    int first = line.indexOf(' ');
    int last = line.lastIndexOf(' ');
    if (first < 0 || last == line.length() - 1) {
      return "start line has blanks at its end";
    }
    return line.indexOf(' ', first + 1) == last ? "" : "start line has more than two blanks";
  }
}
