// Several changes to a message at once.
package tucket.protocol.sip;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tucket.protocol.mime.MediaType;

/// Collects changes and then makes one new message that shares all untouched lines with the old one. For one thread, and for one use.
/// Values must not have line breaks: [Malformed] otherwise, so that no value can become a header of its own.
public final class Edit {
  private static final byte[] NOTHING = new byte[0];

  private final SipMessage base;
  private byte[] head;
  private int headFrom;
  private int headTo;
  private Line[] lines;
  private int count;
  private byte[] bodySource;
  private int bodyFrom;
  private int bodyTo;
  private boolean lengthRight;
  private @Nullable Uri uri;
  private @Nullable Via via;
  private boolean keepValid = true;
  private boolean keepVia = true;
  private boolean keepFrom = true;
  private boolean keepTo = true;
  private boolean keepCallId = true;
  private boolean keepCseq = true;
  private boolean keepAsserted = true;

  Edit(SipMessage base) {
    this.base = base;
    this.head = base.head;
    this.headFrom = base.headFrom;
    this.headTo = base.headTo;
    this.lines = Arrays.copyOf(base.lines, base.lines.length + 4);
    this.count = base.lines.length;
    this.bodySource = base.bodySource;
    this.bodyFrom = base.bodyFrom;
    this.bodyTo = base.bodyTo;
    this.lengthRight = base.lengthRight;
  }

  /// Sets the Request-URI.
  public Edit uri(Uri uri) {
    if (!(base instanceof SipRequest request)) {
      throw new IllegalStateException("a response has no Request-URI");
    }
    head = StartLine.request(request.method(), uri);
    headFrom = 0;
    headTo = head.length;
    this.uri = uri;
    keepValid = false;
    return this;
  }

  /// Puts `via` in the place of the topmost Via value.
  public Edit topVia(Via via) {
    boolean valid = keepValid;
    int at = find(Header.VIA);
    if (at >= 0 && !lines[at].has((byte) ',')) {
      touch(Header.VIA);
      lines[at] = Line.of(Header.VIA, via.toString());
    } else {
      withoutFirstValue(Header.VIA).prepend(Header.VIA, via.toString());
    }
    this.via = via;
    keepValid = valid;
    return this;
  }

  /// See [SipMessage#with].
  public Edit with(Header h, String value) {
    touch(h);
    Line line = Line.of(h, value);
    int at = find(h);
    if (at < 0) {
      insert(count, line);
      return this;
    }
    removeFrom(at + 1, h);
    lines[at] = line;
    return this;
  }

  /// See [SipMessage#prepend].
  public Edit prepend(Header h, String value) {
    touch(h);
    int at = find(h);
    if (at < 0) {
      at = h == Header.VIA ? 0 : last(Header.VIA) + 1;
    }
    insert(at, Line.of(h, value));
    return this;
  }

  /// See [SipMessage#append].
  public Edit append(Header h, String value) {
    touch(h);
    int last = last(h);
    insert(last < 0 ? count : last + 1, Line.of(h, value));
    return this;
  }

  /// Adds the lines of `h` of another message as they are, behind those that are there.
  public Edit copy(Header h, SipMessage other) {
    touch(h);
    for (Line line : other.lines) {
      if (line.is(h)) {
        insert(count, line);
      }
    }
    return this;
  }

  /// The lines of `h` as they are in `other`, which cost nothing where they are the same already.
  public Edit likeIn(SipMessage other, Header h) {
    int mine = 0;
    int same = 0;
    int theirs = 0;
    for (Line line : other.lines) {
      if (line.is(h)) {
        theirs++;
        int at = next(h, mine);
        same += at >= 0 && lines[at] == line ? 1 : 0;
        mine = at + 1;
      }
    }
    return same == theirs && next(h, mine) < 0 ? this : without(h).copy(h, other);
  }

  /// See [SipMessage#without].
  public Edit without(Header h) {
    if (find(h) >= 0) {
      touch(h);
      removeFrom(0, h);
    }
    return this;
  }

  /// See [SipMessage#withoutFirstValue].
  public Edit withoutFirstValue(Header h) {
    int at = find(h);
    if (at < 0) {
      return this;
    }
    touch(h);
    String text = lines[at].has((byte) ',') ? lines[at].text() : "";
    int comma = Grammar.comma(text, 0);
    String rest = comma >= text.length() ? "" : text.substring(comma + 1).strip();
    if (rest.isEmpty()) {
      System.arraycopy(lines, at + 1, lines, at, count - at - 1);
      count--;
    } else {
      lines[at] = Line.of(h, rest);
    }
    return this;
  }

  /// Sets the body and its Content-Type.
  public Edit body(MediaType type, byte[] body) {
    with(Header.CONTENT_TYPE, type.toString());
    return bytes(body);
  }

  /// Sets the body and leaves the headers alone.
  public Edit bytes(byte[] body) {
    keepValid = false;
    bodySource = body;
    bodyFrom = 0;
    bodyTo = body.length;
    removeFrom(0, Header.CONTENT_LENGTH);
    lengthRight = false;
    return this;
  }

  /// Takes the body away, and the headers that describe it (Content-Type, -Encoding, -Disposition, -Language).
  public Edit withoutBody() {
    without(Header.CONTENT_TYPE).without(Header.CONTENT_ENCODING).without(Header.CONTENT_DISPOSITION).without(Header.CONTENT_LANGUAGE);
    return bytes(NOTHING);
  }

  private int find(Header h) {
    return next(h, 0);
  }

  private int next(Header h, int from) {
    for (int i = from; i < count; i++) {
      if (lines[i].is(h)) {
        return i;
      }
    }
    return -1;
  }

  private int last(Header h) {
    for (int i = count - 1; i >= 0; i--) {
      if (lines[i].is(h)) {
        return i;
      }
    }
    return -1;
  }

  private void insert(int at, Line line) {
    if (count == lines.length) {
      lines = Arrays.copyOf(lines, count + 8);
    }
    System.arraycopy(lines, at, lines, at + 1, count - at);
    lines[at] = line;
    count++;
  }

  private void removeFrom(int from, Header h) {
    int kept = next(h, from);
    if (kept < 0) {
      return;
    }
    for (int i = kept + 1; i < count; i++) {
      if (!lines[i].is(h)) {
        lines[kept++] = lines[i];
      }
    }
    count = kept;
  }

  private void touch(Header h) {
    keepValid = false;
    via = null;
    keepVia &= h != Header.VIA;
    keepFrom &= h != Header.FROM;
    keepTo &= h != Header.TO;
    keepCallId &= h != Header.CALL_ID;
    keepCseq &= h != Header.CSEQ;
    keepAsserted &= h != Header.P_ASSERTED_IDENTITY;
    lengthRight &= h != Header.CONTENT_LENGTH;
  }

  private SipMessage.Parts parts() {
    Line[] exact = count == lines.length ? lines : Arrays.copyOf(lines, count);
    return new SipMessage.Parts(head, headFrom, headTo, exact, bodySource, bodyFrom, bodyTo, lengthRight);
  }

  private <M extends SipMessage> M cached(M made) {
    made.topVia = keepVia ? base.topVia : via;
    made.valid = keepValid && base.valid;
    made.from = keepFrom ? base.from : null;
    made.to = keepTo ? base.to : null;
    made.callId = keepCallId ? base.callId : null;
    made.cseq = keepCseq ? base.cseq : null;
    made.asserted = keepAsserted ? base.asserted : null;
    return made;
  }

  /// The changed request.
  ///
  /// @throws IllegalStateException where the edited message is a response
  public SipRequest request() {
    if (!(base instanceof SipRequest request)) {
      throw new IllegalStateException("a response was edited");
    }
    SipRequest made = cached(new SipRequest(parts(), request.method()));
    made.uri = uri == null ? request.uri : uri;
    return made;
  }

  /// The changed response.
  ///
  /// @throws IllegalStateException where the edited message is a request
  public SipResponse response() {
    if (!(base instanceof SipResponse response)) {
      throw new IllegalStateException("a request was edited");
    }
    return cached(new SipResponse(parts(), response.status()));
  }
}
