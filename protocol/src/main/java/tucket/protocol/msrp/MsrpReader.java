// Reads MSRP from a stream that arrives in arbitrary slices.
package tucket.protocol.msrp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tucket.protocol.Malformed;
import tucket.protocol.mime.HeaderBlock;
import tucket.protocol.mime.Octets;

/// An incremental reader (RFC 4975 section 9): push slices in, get heads, body slices and end lines out. It keeps at most one header
/// line, the headers read so far and the few bytes that may turn out to be an end line; never a body.
///
/// The end of a body is found by its end line alone, whatever Byte-Range claims (RFC 4975 section 7.3.1 advises so, and clients count
/// wrong). Tolerated: LF alone in heads, a status line without comment, blank lines between messages, header names in any case. After
/// [Malformed] the stream is lost and the connection is to be closed. Not thread-safe.
public final class MsrpReader {
  /// What the reader finds, in order: for a request `request`, `body` any number of times, `end`; for a response `response`.
  public interface Sink {
    /// A request's head is complete. Every header value is still raw: typed access may throw [Malformed], which costs that request alone.
    void request(MsrpRequest head);

    /// A piece of its body; the array belongs to the reader and is valid during the call only.
    void body(byte[] data, int from, int to);

    /// The request's end line; `hadBody` tells an empty body from none (RFC 4975 section 7.1).
    void end(Continuation continuation, boolean hadBody);

    void response(MsrpResponse response);
  }

  private enum State {
    START,
    HEADERS,
    BODY,
    BROKEN
  }

  private static final byte[] NOTHING = new byte[0];
  private static final int DASHES = 7;
  private static final int MAX_TRANSACTION_ID = 64;
  private static final int NO_END = -1;
  private static final int INCOMPLETE = -2;

  private final MsrpLimits limits;
  private State state = State.START;
  private byte[] pending = NOTHING; // bytes not consumed yet
  private int pendingLength;
  private int scanned; // of those, how many cannot hold a line end
  private int headBytes;
  private String transactionId = "";
  private String method = "";
  private int status;
  private String comment = "";
  private final List<MsrpHeader> headers = new ArrayList<>();
  private final MsrpPaths paths = new MsrpPaths();
  private byte[] endLine = NOTHING; // CRLF, seven dashes, the transaction id
  private boolean bodyStarted;

  public MsrpReader() {
    this(MsrpLimits.DEFAULT);
  }

  public MsrpReader(MsrpLimits limits) {
    this.limits = limits;
  }

  /// Whether the stream stands between two messages, so that its end loses nothing.
  public boolean isIdle() {
    return state == State.START && pendingLength == 0;
  }

  /// Takes the next slice of the stream.
  public void read(byte[] data, int from, int to, Sink sink) {
    if (state == State.BROKEN) {
      throw new Malformed("MSRP stream is broken");
    }
    try {
      if (pendingLength == 0) {
        int used = process(data, from, to, sink);
        keep(data, used, to);
      } else {
        append(data, from, to);
        int used = process(pending, 0, pendingLength, sink);
        keep(pending, used, pendingLength);
      }
    } catch (Malformed e) {
      state = State.BROKEN;
      pending = NOTHING;
      pendingLength = 0;
      throw e;
    }
  }

  public void read(byte[] data, Sink sink) {
    read(data, 0, data.length, sink);
  }

  private void append(byte[] data, int from, int to) {
    int needed = pendingLength + to - from;
    if (needed > pending.length) {
      pending = Arrays.copyOf(pending, Math.max(needed, 2 * pending.length));
    }
    System.arraycopy(data, from, pending, pendingLength, to - from);
    pendingLength = needed;
  }

  private void keep(byte[] data, int from, int to) {
    if (from == to) {
      pending = NOTHING; // an idle session holds no buffer
    } else if (data != pending || from > 0) {
      pending = Arrays.copyOfRange(data, from, to);
    }
    pendingLength = to - from;
  }

  /// Consumes what it can of `data[from, to)`; returns the position of the first byte that must be kept.
  private int process(byte[] data, int from, int to, Sink sink) {
    int at = from;
    while (at < to) {
      int next = state == State.BODY ? body(data, at, to, sink) : line(data, at, to, sink);
      if (next < 0) {
        break;
      }
      at = next;
    }
    if (at > from) {
      scanned = state == State.BODY ? 0 : Math.min(scanned, to - at);
    }
    return at;
  }

  /// One line of a head; -1 where it is not complete.
  private int line(byte[] data, int from, int to, Sink sink) {
    int end = from + scanned;
    while (end < to && data[end] != '\n') {
      end++;
    }
    if (end - from > limits.lineBytes() || headBytes + end - from > limits.headBytes()) {
      throw new Malformed("MSRP head too long");
    }
    if (end == to) {
      scanned = to - from;
      return -1;
    }
    scanned = 0;
    headBytes += end + 1 - from;
    int textEnd = end > from && data[end - 1] == '\r' ? end - 1 : end;
    line(Octets.decode(data, from, textEnd), sink);
    return end + 1;
  }

  private void line(String line, Sink sink) {
    if (line.indexOf('\r') >= 0) {
      throw new Malformed("MSRP header line with a bare CR");
    }
    if (state == State.START) {
      if (line.isEmpty()) {
        headBytes = 0; // keep-alive
      } else {
        startLine(line);
      }
      return;
    }
    Optional<Continuation> end = endLine(line);
    if (end.isPresent()) {
      finishHead(sink);
      finish(end.get(), false, sink);
    } else if (line.isEmpty()) {
      if (method.isEmpty()) {
        return; // a response has no body; its end line follows
      }
      finishHead(sink);
      state = State.BODY;
      bodyStarted = false;
    } else {
      header(line);
    }
  }

  private void startLine(String line) {
    String[] words = line.split(" ", 4);
    if (words.length < 3 || !words[0].equals("MSRP") || !isIdent(words[1])) {
      throw new Malformed("MSRP start line is not MSRP, transaction id, method or status");
    }
    transactionId = words[1];
    String third = words[2].strip();
    boolean isStatus = third.length() == 3 && Text.consistsOf(third, c -> c >= '0' && c <= '9');
    if (!isStatus && (third.isEmpty() || third.length() > 32 || !Text.consistsOf(third, c -> c >= 'A' && c <= 'Z'))) {
      throw new Malformed("MSRP start line with neither method nor status");
    }
    method = isStatus ? "" : third;
    status = isStatus ? Integer.parseInt(third) : 0;
    comment = isStatus ? line.substring(line.indexOf(third, words[0].length() + words[1].length() + 2) + 3).strip() : "";
    endLine = Octets.encode("\r\n-------" + transactionId);
    headers.clear();
    state = State.HEADERS;
  }

  private static boolean isIdent(String id) {
    if (id.isEmpty() || id.length() > MAX_TRANSACTION_ID || !isAlphanum(id.charAt(0))) {
      return false; // RFC 4975 section 9 starts it with a letter or digit; so does finding end lines
    }
    return Text.consistsOf(id, c -> isAlphanum(c) || ".-+%=".indexOf(c) >= 0 || c == '_' || c == '~');
  }

  private static boolean isAlphanum(int c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
  }

  private Optional<Continuation> endLine(String line) {
    int length = DASHES + transactionId.length();
    if (line.length() == length + 1 && line.startsWith("-------") && line.startsWith(transactionId, DASHES)) {
      return Continuation.of(line.charAt(length));
    }
    return Optional.empty();
  }

  private void header(String line) {
    int colon = line.indexOf(':');
    String name = colon < 0 ? "" : line.substring(0, colon).strip();
    if (!HeaderBlock.isName(name)) {
      throw new Malformed("MSRP header line without a name and colon");
    }
    if (headers.size() == limits.headers()) {
      throw new Malformed("MSRP head with too many headers");
    }
    headers.add(new MsrpHeader(name, line.substring(colon + 1).strip()));
  }

  private void finishHead(Sink sink) {
    if (!method.isEmpty()) {
      sink.request(new MsrpRequest(transactionId, method, headers, paths));
    }
  }

  private void finish(Continuation continuation, boolean hadBody, Sink sink) {
    state = State.START;
    headBytes = 0;
    if (method.isEmpty()) {
      sink.response(new MsrpResponse(transactionId, status, comment, headers, paths));
    } else {
      sink.end(continuation, hadBody);
    }
    headers.clear();
  }

  /// Looks for the end line in `data[from, to)` and hands out what is certainly body; -1 where nothing more can be said.
  private int body(byte[] data, int from, int to, Sink sink) {
    if (!bodyStarted) { // a body of nothing may have its end line right behind the blank line
      int whole = endLine.length - 2 + 3;
      int known = matches(data, from, to, 2);
      if (known == to - from && known < whole) {
        return -1;
      }
      if (known >= whole - 3) {
        int end = flagAndLineEnd(data, from + known, to);
        if (end == INCOMPLETE) {
          return -1;
        }
        if (end != NO_END) {
          finish(Continuation.of(data[from + known]).orElseThrow(), true, sink);
          return end;
        }
      }
      bodyStarted = true;
    }
    return search(data, from, to, sink);
  }

  /// Steps through the data by seven, the shortest run of dashes of an end line, and looks closer only at a dash.
  private int search(byte[] data, int from, int to, Sink sink) {
    int i = from + 2 + DASHES - 1;
    while (i < to) {
      if (data[i] != '-') {
        i += DASHES;
        continue;
      }
      int start = i;
      while (start > from && data[start - 1] == '-') {
        start--;
      }
      int candidate = start - 2;
      if (candidate >= from && data[candidate] == '\r') {
        int known = matches(data, candidate, to, 0);
        int end = known == endLine.length ? flagAndLineEnd(data, candidate + known, to) : candidate + known == to ? INCOMPLETE : NO_END;
        if (end == INCOMPLETE) {
          return handOut(data, from, candidate, sink);
        }
        if (end != NO_END) {
          handOut(data, from, candidate, sink);
          finish(Continuation.of(data[candidate + known]).orElseThrow(), true, sink);
          return end;
        }
      }
      int run = i;
      while (run < to && data[run] == '-') {
        run++;
      }
      i = run == i ? i + DASHES : Math.max(i + 1, run) + DASHES - 1;
    }
    return handOut(data, from, Math.max(from, possibleStart(data, from, to)), sink);
  }

  /// The earliest place near the end of the data where an end line may just be beginning: a CR with nothing behind it that speaks against
  /// it.
  private int possibleStart(byte[] data, int from, int to) {
    for (int i = Math.max(from, to - endLine.length - 2); i < to; i++) {
      if (data[i] == '\r') {
        int known = matches(data, i, to, 0);
        if (i + known == to || known == endLine.length && flagAndLineEnd(data, i + known, to) == INCOMPLETE) {
          return i;
        }
      }
    }
    return to;
  }

  private static int handOut(byte[] data, int from, int to, Sink sink) {
    if (to > from) {
      sink.body(data, from, to);
    }
    return to > from ? to : -1;
  }

  /// How many bytes of the end line, from its byte `skip` on, stand at `at`.
  private int matches(byte[] data, int at, int to, int skip) {
    int i = 0;
    while (at + i < to && skip + i < endLine.length && data[at + i] == endLine[skip + i]) {
      i++;
    }
    return i;
  }

  /// The position behind flag and CRLF at `at`, [#NO_END] or [#INCOMPLETE].
  private static int flagAndLineEnd(byte[] data, int at, int to) {
    if (at >= to) {
      return INCOMPLETE;
    }
    if (Continuation.of(data[at]).isEmpty()) {
      return NO_END;
    }
    if (at + 1 >= to || data[at + 1] == '\r' && at + 2 >= to) {
      return INCOMPLETE;
    }
    if (data[at + 1] == '\n') {
      return at + 2;
    }
    return data[at + 1] == '\r' && data[at + 2] == '\n' ? at + 3 : NO_END;
  }
}
