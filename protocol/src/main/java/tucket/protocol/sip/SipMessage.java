// A SIP message: an index over the bytes it came in, read when asked, changed by sharing.
package tucket.protocol.sip;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import tucket.protocol.Malformed;
import tucket.protocol.mime.MediaType;

/// An immutable request or response (RFC 3261 section 7); threads may share it. Nothing but the start line and the places of the header
/// lines is known when it has been read: a header is decoded by the call that asks for it, and only that call throws [Malformed] where its
/// value is bad. [SipValidity] asks for all that RFC 3261 demands. The parsed top Via, From, To, Call-ID, CSeq and P-Asserted-Identity are
/// kept.
public abstract sealed class SipMessage permits SipRequest, SipResponse {
  private static final byte[] CRLF = {'\r', '\n'};

  final byte[] head;
  final int headFrom;
  /// Behind the CRLF of the start line.
  final int headTo;
  final Line[] lines;
  final byte[] bodySource;
  final int bodyFrom;
  final int bodyTo;
  /// Whether there is just one Content-Length and it tells the length of the body.
  final boolean lengthRight;

  // Caches of immutable values: two threads may both fill one, which costs time and nothing else.
  @Nullable Via topVia;
  @Nullable String callId;
  @Nullable CSeq cseq;
  @Nullable NameAddr from;
  @Nullable NameAddr to;
  @Nullable List<NameAddr> asserted;
  /// [SipValidity] has found no fault in it.
  boolean valid;

  SipMessage(Parts parts) {
    this.head = parts.head;
    this.headFrom = parts.headFrom;
    this.headTo = parts.headTo;
    this.lines = parts.lines;
    this.bodySource = parts.bodySource;
    this.bodyFrom = parts.bodyFrom;
    this.bodyTo = parts.bodyTo;
    this.lengthRight = parts.lengthRight;
  }

  /// What a message is made of: slices of byte arrays that nobody changes any more.
  record Parts(byte[] head, int headFrom, int headTo, Line[] lines, byte[] bodySource, int bodyFrom, int bodyTo, boolean lengthRight) {}

  /// The start line without its line end, as it came.
  public String startLine() {
    return new String(head, headFrom, headTo - headFrom - 2, StandardCharsets.UTF_8);
  }

  /// The value of the first line of that header, unfolded and without blanks around it.
  public Optional<String> first(Header h) {
    Line line = line(h);
    return line == null ? Optional.empty() : Optional.of(line.text());
  }

  /// The value of each line of that header, in order.
  public List<String> lines(Header h) {
    List<String> found = List.of();
    for (Line line : lines) {
      if (line.is(h)) {
        found = found.isEmpty() ? new ArrayList<>(2) : found;
        found.add(line.text());
      }
    }
    return Collections.unmodifiableList(found);
  }

  /// Each value of that header, where lines may carry comma-separated lists (RFC 3261 section 7.3.1); commas inside quotes and angle
  /// brackets do not separate. Only for headers whose grammar is a list: not for Date, Subject or the authentication headers.
  public List<String> values(Header h) {
    List<String> found = List.of();
    for (Line line : lines) {
      if (line.is(h)) {
        found = found.isEmpty() ? new ArrayList<>(4) : found;
        Grammar.split(line.text(), found);
      }
    }
    return Collections.unmodifiableList(found);
  }

  public boolean has(Header h) {
    return line(h) != null;
  }

  /// How many lines of that header there are.
  int count(Header h) {
    int count = 0;
    for (Line line : lines) {
      count += line.is(h) ? 1 : 0;
    }
    return count;
  }

  /// The names of all headers, one a line, as written.
  public List<String> names() {
    List<String> names = new ArrayList<>(lines.length);
    for (Line line : lines) {
      names.add(line.name());
    }
    return Collections.unmodifiableList(names);
  }

  /// The names of those headers that [Header] has no constant for, each once, as first written and in their order.
  public List<String> otherNames() {
    List<String> names = List.of();
    for (Line line : lines) {
      if (line.header == Header.OTHER) {
        names = names.isEmpty() ? new ArrayList<>(4) : names;
        String name = line.name();
        if (names.stream().noneMatch(name::equalsIgnoreCase)) {
          names.add(name);
        }
      }
    }
    return Collections.unmodifiableList(names);
  }

  private @Nullable Line line(Header h) {
    for (Line line : lines) {
      if (line.is(h)) {
        return line;
      }
    }
    return null;
  }

  private String needed(Header h) {
    Line line = line(h);
    if (line == null) {
      throw new Malformed(h.name() + " is missing");
    }
    return line.text();
  }

  /// The topmost Via.
  public Via topVia() {
    Via cached = topVia;
    if (cached == null) {
      String text = needed(Header.VIA);
      int comma = Grammar.comma(text, 0);
      cached = Via.parse(comma == text.length() ? text : text.substring(0, comma));
      topVia = cached;
    }
    return cached;
  }

  /// All Via values, topmost first.
  public List<Via> vias() {
    List<Via> vias = new ArrayList<>(4);
    for (String value : values(Header.VIA)) {
      vias.add(Via.parse(value));
    }
    return Collections.unmodifiableList(vias);
  }

  /// Whether there is more than [#topVia]: another line, or a comma in the one.
  boolean hasSeveralVias() {
    int lines = 0;
    for (Line line : this.lines) {
      if (line.header == Header.VIA && (++lines > 1 || line.has((byte) ','))) {
        return true;
      }
    }
    return false;
  }

  public String callId() {
    String cached = callId;
    if (cached == null) {
      cached = needed(Header.CALL_ID);
      if (cached.isEmpty()) {
        throw new Malformed("Call-ID is empty");
      }
      callId = cached;
    }
    return cached;
  }

  public CSeq cseq() {
    CSeq cached = cseq;
    if (cached == null) {
      cached = CSeq.parse(needed(Header.CSEQ));
      cseq = cached;
    }
    return cached;
  }

  public NameAddr from() {
    NameAddr cached = from;
    if (cached == null) {
      cached = address(Header.FROM, needed(Header.FROM));
      from = cached;
    }
    return cached;
  }

  public NameAddr to() {
    NameAddr cached = to;
    if (cached == null) {
      cached = address(Header.TO, needed(Header.TO));
      to = cached;
    }
    return cached;
  }

  private static NameAddr address(Header h, String text) {
    try {
      return NameAddr.parse(text);
    } catch (Malformed bad) {
      throw new Malformed(h.name() + ": " + bad.getMessage());
    }
  }

  /// The addresses of a header that carries a list of them: Contact, Route, Record-Route, Path, Service-Route, P-Asserted-Identity,
  /// P-Associated-URI and the like. A Contact of `*` is Malformed here; see [SipRequest#isContactStar].
  public List<NameAddr> addresses(Header h) {
    if (h != Header.P_ASSERTED_IDENTITY) {
      return read(h);
    }
    List<NameAddr> cached = asserted;
    if (cached == null) {
      cached = read(h);
      asserted = cached;
    }
    return cached;
  }

  private List<NameAddr> read(Header h) {
    if (!has(h)) {
      return List.of();
    }
    List<NameAddr> found = new ArrayList<>(2);
    for (String value : values(h)) {
      found.add(address(h, value));
    }
    return Collections.unmodifiableList(found);
  }

  /// @throws Malformed where the header is there and no media type
  public Optional<MediaType> contentType() {
    Line line = line(Header.CONTENT_TYPE);
    if (line == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(MediaType.parse(line.text()));
    } catch (Malformed bad) {
      throw new Malformed("Content-Type: " + bad.getMessage());
    }
  }

  /// The value of a header that is a decimal number (Expires, Max-Forwards, Min-Expires, Retry-After), without what follows the number
  /// (parameters, a comment). Numbers above `Integer.MAX_VALUE` read as that (RFC 3261 section 20.19 bounds them by 2^32-1).
  ///
  /// @throws Malformed where the header is there and does not begin with a number
  public OptionalInt number(Header h) {
    Line line = line(h);
    if (line == null) {
      return OptionalInt.empty();
    }
    String text = line.text();
    int end = 0;
    while (end < text.length() && Grammar.isDigit(text.charAt(end))) {
      end++;
    }
    if (end == 0 || end < text.length() && " \t;(".indexOf(text.charAt(end)) < 0) {
      throw new Malformed(h.name() + " is not a number");
    }
    long value = Grammar.number(text, 0, end, Integer.MAX_VALUE);
    return OptionalInt.of(value < 0 ? Integer.MAX_VALUE : (int) value);
  }

  /// The body; an empty array where there is none. Not to be changed by the caller. A copy where the bytes lie among others, which is not kept.
  public byte[] body() {
    boolean whole = bodyFrom == 0 && bodyTo == bodySource.length;
    return whole ? bodySource : java.util.Arrays.copyOfRange(bodySource, bodyFrom, bodyTo);
  }

  /// Whether both have the same bytes as their body.
  public boolean hasBodyOf(SipMessage other) {
    boolean shared = bodySource == other.bodySource && bodyFrom == other.bodyFrom && bodyTo == other.bodyTo;
    return shared || java.util.Arrays.equals(bodySource, bodyFrom, bodyTo, other.bodySource, other.bodyFrom, other.bodyTo);
  }

  public int bodyLength() {
    return bodyTo - bodyFrom;
  }

  /// The wire form. Header lines stand as they came; Content-Length is always written right.
  public byte[] encode() {
    byte[] out = new byte[encodedLength()];
    write(ByteBuffer.wrap(out));
    return out;
  }

  public void encodeTo(OutputStream out) throws IOException {
    out.write(encode());
  }

  /// Writes the wire form into `out`, which needs [#encodedLength] bytes of room.
  public void encodeTo(ByteBuffer out) {
    write(out);
  }

  public int encodedLength() {
    int length = headTo - headFrom + CRLF.length + bodyTo - bodyFrom;
    for (Line line : lines) {
      if (lengthRight || line.header != Header.CONTENT_LENGTH) {
        length += line.end - line.start;
      }
    }
    return lengthRight ? length : length + lengthLine().length;
  }

  private byte[] lengthLine() {
    return ("Content-Length: " + (bodyTo - bodyFrom) + "\r\n").getBytes(StandardCharsets.US_ASCII);
  }

  private void write(ByteBuffer out) {
    // Lines that lie side by side in the same array go out in one copy.
    byte[] source = head;
    int start = headFrom;
    int end = headTo;
    for (Line line : lines) {
      if (!lengthRight && line.header == Header.CONTENT_LENGTH) {
        continue;
      }
      if (line.source == source && line.start == end) {
        end = line.end;
      } else {
        out.put(source, start, end - start);
        source = line.source;
        start = line.start;
        end = line.end;
      }
    }
    out.put(source, start, end - start);
    if (!lengthRight) {
      out.put(lengthLine());
    }
    out.put(CRLF);
    out.put(bodySource, bodyFrom, bodyTo - bodyFrom);
  }

  /// Lets go what was parsed on the way and an answer does not need: for a request that waits for one. It is parsed again when somebody asks.
  public void slim() {
    topVia = null;
    from = null;
    cseq = null;
    asserted = null;
    if (this instanceof SipRequest request) {
      request.uri = null;
    }
  }

  /// Several changes at once.
  public Edit edit() {
    return new Edit(this);
  }

  /// The same with all lines of `h` replaced by one, which stands where the first of them stood, or at the end.
  public abstract SipMessage with(Header h, String value);

  /// The same with a line of `h` before the first of its kind (Via: before all headers; others: behind the Vias where it is the first).
  public abstract SipMessage prepend(Header h, String value);

  /// The same with a line of `h` behind the last of its kind, or at the end.
  public abstract SipMessage append(Header h, String value);

  /// The same without any line of `h`.
  public abstract SipMessage without(Header h);

  /// The same without the first value of `h`, also where a comma joins it with others in one line.
  public abstract SipMessage withoutFirstValue(Header h);

  public abstract SipMessage withBody(MediaType type, byte[] body);

  /// The same without body and without the headers that describe it.
  public abstract SipMessage withoutBody();

  /// The wire form as text, for logs and tests.
  @Override
  public String toString() {
    return new String(encode(), StandardCharsets.UTF_8);
  }
}
