// What a refusal has to know of a request, found in its bytes without reading the message.
package tucket.protocol.sip;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Who is asked for more than he can do has to say no at a small part of what a yes costs (RFC 6357 section 3). This finds the lines that go back
/// (RFC 3261 section 8.2.6.2) in one pass over the head, and copies them. It knows the form that nearly all requests have, and leaves all others to
/// [SipReader]: no folded lines, no line ends but CRLF, one From, To, Call-ID and CSeq, a topmost Via with one value, a magic cookie and no
/// `received`. Keeps the array: nobody may change it meanwhile. For one thread.
public final class RequestOutline {
  private static final int MOST_LINES = 32;
  private static final byte[] VERSION = ascii(" SIP/2.0\r\n");
  private static final byte[] MESSAGE = ascii("MESSAGE");
  private static final byte[] VIA = ascii("SIP/2.0/");
  private static final byte[] BRANCH = ascii("branch");
  private static final byte[] RPORT = ascii("rport");
  private static final byte[] RECEIVED = ascii("received");
  private static final byte[] TAG = ascii("tag=");
  private static final byte[] RECEIVED_IS = ascii(";received=");
  private static final byte[] TAG_IS = ascii(";tag=");
  private static final int LEAST_COOKIE = Via.MAGIC_COOKIE.length() + 1;

  private final byte[] data;
  private final String method;
  private final int[] starts = new int[MOST_LINES]; // of the lines that go back, in their order
  private final int[] ends = new int[MOST_LINES]; // before their CRLF
  private int lines;
  private int via = -1; // their numbers among those lines
  private int to = -1;
  private int seen; // a bit for each of From, To, Call-ID and CSeq
  private String host = "";
  private int port = -1;
  private String branch = "";
  private int rport = -1; // behind the name of the parameter

  private RequestOutline(byte[] data, String method) {
    this.data = data;
    this.method = method;
  }

  /// The outline of the request that begins at `from`; null where it is a response, an ACK, a CANCEL, of another form than described, or may belong
  /// to a dialog (its To has a tag).
  public static @Nullable RequestOutline of(byte[] data, int from, int end) {
    int blank = from;
    while (blank < end && Grammar.isTokenByte(data[blank])) {
      blank++;
    }
    int line = lineEnd(data, blank, end);
    if (blank == end || data[blank] != ' ' || line < 0 || !isAt(data, line - VERSION.length + 2, line + 2, VERSION, false)) {
      return null;
    }
    String method = method(data, from, blank);
    if (method.equals("ACK") || method.equals("CANCEL")) {
      return null;
    }
    RequestOutline outline = new RequestOutline(data, method);
    return outline.head(line + 2, end) ? outline : null;
  }

  private static String method(byte[] data, int from, int to) {
    return isAt(data, from, to, MESSAGE, false) ? "MESSAGE" : new String(data, from, to - from, StandardCharsets.US_ASCII);
  }

  // ---- reading

  private boolean head(int from, int end) {
    int at = from;
    while (true) {
      int last = lineEnd(data, at, end);
      if (last < 0 || data[at] == ' ' || data[at] == '\t') {
        return false;
      }
      if (last == at) {
        return seen == 0b1111 && via >= 0;
      }
      if (!line(at, last)) {
        return false;
      }
      at = last + 2;
    }
  }

  private boolean line(int from, int end) {
    int colon = from;
    while (colon < end && Grammar.isTokenByte(data[colon])) {
      colon++;
    }
    if (colon == end || data[colon] != ':') {
      return false;
    }
    return switch (data[from] | 0x20) {
      case 'v' -> !isNamed(from, colon, "via") || via(from, colon + 1, end);
      case 'f' -> !isNamed(from, colon, "from") || once(0b1, from, end);
      case 't' -> !isNamed(from, colon, "to") || to(from, end);
      case 'i' -> colon - from > 1 || once(0b100, from, end);
      case 'c' -> isNamed(from, colon, "call-id") && colon - from > 1
          ? once(0b100, from, end)
          : !(isNamed(from, colon, "cseq") && colon - from > 1) || cseq(from, colon + 1, end);
      default -> true;
    };
  }

  /// Whether the name is `name` or the first letter of it.
  private boolean isNamed(int from, int colon, String name) {
    if (colon - from == 1) {
      return true;
    }
    if (colon - from != name.length()) {
      return false;
    }
    for (int i = 1; i < name.length(); i++) {
      if ((data[from + i] | 0x20) != (name.charAt(i) | 0x20)) {
        return false;
      }
    }
    return true;
  }

  private boolean once(int bit, int from, int end) {
    boolean first = (seen & bit) == 0;
    seen |= bit;
    return first && keep(from, end);
  }

  private boolean to(int from, int end) {
    to = lines;
    return !hasTag(from, end) && data[end - 1] > ' ' && once(0b10, from, end);
  }

  private boolean cseq(int from, int value, int end) {
    int at = value;
    while (at < end && data[at] == ' ') {
      at++;
    }
    int digits = at;
    while (at < end && data[at] >= '0' && data[at] <= '9') {
      at++;
    }
    boolean number = at > digits && at - digits < 10 && at < end && data[at] == ' ';
    return number && isMethod(at + 1, end) && once(0b1000, from, end);
  }

  private boolean isMethod(int from, int end) {
    boolean is = end - from == method.length();
    for (int i = 0; is && i < method.length(); i++) {
      is = data[from + i] == method.charAt(i);
    }
    return is;
  }

  private boolean keep(int from, int end) {
    for (int i = from; i < end; i++) {
      if (data[i] >= 0 && data[i] < ' ' && data[i] != '\t') {
        return false;
      }
    }
    if (lines == MOST_LINES) {
      return false;
    }
    starts[lines] = from;
    ends[lines++] = end;
    return true;
  }

  private boolean via(int from, int value, int end) {
    if (via >= 0) {
      return keep(from, end);
    }
    via = lines;
    int at = value;
    while (at < end && data[at] == ' ') {
      at++;
    }
    if (!isAt(data, at, Math.min(end, at + VIA.length), VIA, false)) {
      return false;
    }
    at += VIA.length;
    int transport = at;
    while (at < end && Grammar.isTokenByte(data[at])) {
      at++;
    }
    return at > transport && at < end && data[at] == ' ' && sentBy(at + 1, end) && keep(from, end);
  }

  private boolean sentBy(int from, int end) {
    int at = from;
    if (at < end && data[at] == '[') {
      do {
        at++;
      } while (at < end && (isHost(data[at]) || data[at] == ':'));
      at = at < end && data[at] == ']' ? at + 1 : end;
    } else {
      while (at < end && isHost(data[at])) {
        at++;
      }
    }
    if (at == from || at >= end) {
      return false;
    }
    host = new String(data, from, at - from, StandardCharsets.US_ASCII);
    if (data[at] == ':') {
      int digits = ++at;
      while (at < end && data[at] >= '0' && data[at] <= '9') {
        at++;
      }
      port = (int) Grammar.number(new String(data, digits, at - digits, StandardCharsets.US_ASCII), 0, at - digits, 65_535);
      if (port <= 0) {
        return false;
      }
    }
    return params(at, end);
  }

  private static boolean isHost(int c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-';
  }

  /// Parameters whose values are tokens; an address in brackets may be one too.
  private boolean params(int from, int end) {
    int at = from;
    while (at < end) {
      int name = at + 1;
      int behind = name;
      while (behind < end && Grammar.isTokenByte(data[behind])) {
        behind++;
      }
      if (data[at] != ';' || behind == name) {
        return false;
      }
      at = behind;
      if (at < end && data[at] == '=') {
        at++;
        while (at < end && Grammar.isTokenByte(data[at])) {
          at++;
        }
      }
      if (!param(name, behind, at)) {
        return false;
      }
    }
    return branch.length() >= LEAST_COOKIE && branch.startsWith(Via.MAGIC_COOKIE);
  }

  private boolean param(int name, int behind, int end) {
    if (isAt(data, name, behind, BRANCH, true)) {
      boolean first = branch.isEmpty() && end - behind > 1;
      branch = first ? new String(data, behind + 1, end - behind - 1, StandardCharsets.US_ASCII) : "";
      return first;
    }
    if (isAt(data, name, behind, RPORT, true)) {
      boolean asks = rport < 0 && end == behind; // it has no value yet
      rport = behind;
      return asks;
    }
    return !isAt(data, name, behind, RECEIVED, true);
  }

  // ---- what it tells

  public String method() {
    return method;
  }

  public String branch() {
    return branch;
  }

  /// Host of the topmost Via.
  public String host() {
    return host;
  }

  /// Port of the topmost Via, -1 where it tells none.
  public int port() {
    return port;
  }

  /// Whether the answer is to go to the port that the request came from (RFC 3581 section 4).
  public boolean asksRport() {
    return rport >= 0;
  }

  /// The bytes of a response without a body that begins with `statusLine` (with its CRLF) and has `more` lines of its own, with `tag` on To.
  ///
  /// @param received what is noted in the topmost Via: the address that the request came from (RFC 3261 section 18.2.1); empty for nothing
  /// @param sourcePort for rport, where that is asked for
  public byte[] response(byte[] statusLine, Optional<String> received, int sourcePort, String tag, byte[] more) {
    int size = statusLine.length + more.length + tag.length() + TAG_IS.length + RECEIVED_IS.length + received.map(String::length).orElse(0) + 8;
    for (int i = 0; i < lines; i++) {
      size += ends[i] - starts[i] + 2;
    }
    Out out = new Out(new byte[size]);
    out.put(statusLine, 0, statusLine.length);
    for (int i = 0; i < lines; i++) {
      int from = starts[i];
      if (i == via && rport >= 0) {
        out.put(data, from, rport);
        out.put('=');
        out.put(Integer.toString(sourcePort));
        from = rport;
      }
      out.put(data, from, ends[i]);
      if (i == via && received.isPresent()) {
        out.put(RECEIVED_IS, 0, RECEIVED_IS.length);
        out.put(received.get());
      } else if (i == to) {
        out.put(TAG_IS, 0, TAG_IS.length);
        out.put(tag);
      }
      out.put('\r');
      out.put('\n');
    }
    out.put(more, 0, more.length);
    return Arrays.copyOf(out.bytes, out.at);
  }

  private static final class Out {
    final byte[] bytes;
    int at;

    Out(byte[] bytes) {
      this.bytes = bytes;
    }

    void put(byte[] source, int from, int end) {
      System.arraycopy(source, from, bytes, at, end - from);
      at += end - from;
    }

    void put(int c) {
      bytes[at++] = (byte) c;
    }

    void put(String ascii) {
      for (int i = 0; i < ascii.length(); i++) {
        put(ascii.charAt(i));
      }
    }
  }

  // ---- bytes

  /// Where the CRLF of a line is; -1 where it ends otherwise or not at all.
  private static int lineEnd(byte[] data, int from, int end) {
    for (int i = from; i < end; i++) {
      if (data[i] == '\n') {
        return i > from && data[i - 1] == '\r' ? i - 1 : -1;
      }
    }
    return -1;
  }

  /// Whether `word` is all there is from `from` to `end`.
  private static boolean isAt(byte[] data, int from, int end, byte[] word, boolean anyCase) {
    if (from < 0 || end - from != word.length || end > data.length) {
      return false;
    }
    for (int i = 0; i < word.length; i++) {
      if (data[from + i] != word[i] && !(anyCase && (data[from + i] | 0x20) == word[i])) {
        return false;
      }
    }
    return true;
  }

  private boolean hasTag(int from, int end) {
    for (int i = from; i + TAG.length <= end; i++) {
      if (isAt(data, i, i + TAG.length, TAG, true)) {
        return true;
      }
    }
    return false;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
