// Cuts a byte stream into SIP messages and keep-alives.
package tucket.protocol.sip;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import tucket.protocol.Malformed;

/// Framing by Content-Length on TCP and TLS (RFC 3261 section 18.3) with the keep-alives of RFC 5626 section 3.5.1. For one thread.
///
/// Every byte is looked at once, however the stream is cut. What is buffered never exceeds the limits: one head or one message. A message
/// without Content-Length counts as one without body. A message whose Content-Length cannot be read comes out as its head (so that a 400
/// can be sent); after it, as after anything else where the stream has lost its frame, [#next] throws [Malformed]: close the connection.
public final class SipFramer {
  /// What came out of the stream.
  public sealed interface Frame {}

  public record Message(SipMessage message) implements Frame {}

  /// CRLF CRLF: the peer asks for a [Pong].
  public record Ping() implements Frame {}

  /// CRLF: the answer to our ping, or a line end before a message.
  public record Pong() implements Frame {}

  /// A message beyond the limits; its body has been or will be skipped.
  ///
  /// @param head the message without its body, to answer 413 or 513 by; empty where the head itself is too large
  public record Oversized(Optional<SipMessage> head) implements Frame {}

  /// A message that somebody has taken unread.
  public record Taken() implements Frame {}

  /// Who may take a whole message as it stands in the stream, before it is read.
  public interface Unread {
    /// Whether `data[from, end)` needs no reading any more; the array is to be kept by nobody.
    boolean takes(byte[] data, int from, int end);
  }

  private static final Taken TAKEN = new Taken();
  private static final Unread NOBODY = (data, from, end) -> false;
  private static final Ping PING = new Ping();
  private static final Pong PONG = new Pong();

  private final SipLimits limits;
  private final SipReader reader;
  private byte[] buffer = new byte[2048];
  private int from;
  private int to;
  /// How far the head at `from` has been searched for its end.
  private int seen;
  /// Behind the head at `from`, or -1 where its end has not been found.
  private int headEnd = -1;
  private int bodyLength;
  private long skip;
  private String broken = "";

  public SipFramer(SipLimits limits) {
    this.limits = limits;
    this.reader = new SipReader(limits);
  }

  public SipFramer() {
    this(SipLimits.DEFAULT);
  }

  /// Takes a copy of the bytes. Call [#next] until it is empty before the next append, else the buffer holds all that is not taken.
  public void append(byte[] bytes) {
    append(bytes, 0, bytes.length);
  }

  public void append(byte[] bytes, int start, int end) {
    append(ByteBuffer.wrap(bytes, start, end - start));
  }

  /// Takes all that remains in `bytes`.
  public void append(ByteBuffer bytes) {
    if (!broken.isEmpty()) {
      bytes.position(bytes.limit());
      return;
    }
    int skipped = (int) Math.min(skip, bytes.remaining());
    bytes.position(bytes.position() + skipped);
    skip -= skipped;
    int more = bytes.remaining();
    if (to + more > buffer.length) {
      makeRoom(more);
    }
    bytes.get(buffer, to, more);
    to += more;
  }

  private void makeRoom(int more) {
    int held = to - from;
    byte[] target = buffer;
    if (held + more > buffer.length || held > buffer.length / 2) {
      target = new byte[Math.max(held + more, Math.max(buffer.length, held * 2))];
    }
    System.arraycopy(buffer, from, target, 0, held);
    buffer = target;
    seen -= from;
    headEnd = headEnd < 0 ? -1 : headEnd - from;
    from = 0;
    to = held;
  }

  /// How many bytes are held.
  public int buffered() {
    return to - from;
  }

  /// The next frame, or empty where more bytes are needed.
  ///
  /// @throws Malformed where the stream is no SIP stream, now and for ever
  public Optional<Frame> next() {
    return next(NOBODY);
  }

  /// The same; each message is offered to `unread` first.
  public Optional<Frame> next(Unread unread) {
    if (!broken.isEmpty()) {
      throw new Malformed(broken);
    }
    try {
      return frame(unread);
    } catch (Malformed bad) {
      broken = String.valueOf(bad.getMessage());
      release();
      throw bad;
    }
  }

  private Optional<Frame> frame(Unread unread) {
    if (from == to) {
      release();
      return Optional.empty();
    }
    if (headEnd < 0) {
      if (buffer[from] == '\r' || buffer[from] == '\n') {
        return keepAlive();
      }
      if (!findHead()) {
        if (to - from > limits.headerBytes()) {
          return oversizedHead();
        }
        return Optional.empty();
      }
      return head(unread);
    }
    return body(unread);
  }

  private Optional<Frame> keepAlive() {
    int held = to - from;
    if (buffer[from] == '\n') {
      consume(1);
      return Optional.of(PONG);
    }
    if (held < 2) {
      return Optional.empty();
    }
    if (buffer[from + 1] != '\n') {
      throw new Malformed("stream is not SIP");
    }
    boolean another = held > 2 && buffer[from + 2] == '\r';
    if (another && held == 3) {
      return Optional.empty();
    }
    if (another && buffer[from + 3] == '\n') {
      consume(4);
      return Optional.of(PING);
    }
    consume(2);
    return Optional.of(PONG);
  }

  /// Looks for the empty line behind the head; LF alone counts as a line end.
  private boolean findHead() {
    for (int i = Math.max(seen, from); i < to; i++) {
      if (buffer[i] == '\n') {
        int before = i - 1;
        if (before >= from && buffer[before] == '\r') {
          before--;
        }
        if (before >= from && buffer[before] == '\n') {
          headEnd = i + 1;
          return true;
        }
      }
    }
    seen = to;
    return false;
  }

  private Optional<Frame> oversizedHead() {
    broken = "headers are too large";
    release();
    return Optional.of(new Oversized(Optional.empty()));
  }

  private Optional<Frame> head(Unread unread) {
    if (headEnd - from > limits.headerBytes()) {
      return oversizedHead();
    }
    StartLine.check(buffer, from, headEnd);
    int length = SipReader.declaredLength(buffer, from, headEnd);
    if (length < 0) {
      // where the next message begins is not known any more
      SipMessage head = headOnly();
      broken = "Content-Length cannot be read";
      release();
      return Optional.of(new Message(head));
    }
    int headLength = headEnd - from;
    if (length > limits.bodyBytes() || (long) headLength + length > limits.messageBytes()) {
      SipMessage head = headOnly();
      int held = Math.min(length, to - headEnd);
      skip = length - held;
      consume(headLength + held);
      return Optional.of(new Oversized(Optional.of(head)));
    }
    bodyLength = length;
    return body(unread);
  }

  private SipMessage headOnly() {
    return reader.read(Arrays.copyOfRange(buffer, from, headEnd), 0, headEnd - from);
  }

  private Optional<Frame> body(Unread unread) {
    int end = headEnd + bodyLength;
    if (to < end) {
      return Optional.empty();
    }
    if (unread.takes(buffer, from, end)) {
      consume(end - from);
      return Optional.of(TAKEN);
    }
    byte[] whole = Arrays.copyOfRange(buffer, from, end);
    consume(whole.length);
    return Optional.of(new Message(reader.read(whole, 0, whole.length)));
  }

  private void consume(int bytes) {
    from += bytes;
    seen = from;
    headEnd = -1;
    if (from == to) {
      release();
    }
  }

  private void release() {
    if (!broken.isEmpty() || from == to) {
      from = 0;
      to = 0;
      seen = 0;
      headEnd = -1;
      if (buffer.length > 16_384 || !broken.isEmpty()) {
        buffer = new byte[broken.isEmpty() ? 2048 : 0];
      }
    }
  }
}
