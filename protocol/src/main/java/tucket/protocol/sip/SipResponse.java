// A SIP response.
package tucket.protocol.sip;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tucket.protocol.Malformed;
import tucket.protocol.mime.MediaType;

/// A response (RFC 3261 section 7.2).
public final class SipResponse extends SipMessage {
  private static final byte[] HEAD_OF_OK = "SIP/2.0 200 OK\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NOTHING = new byte[0];

  private final int status;

  SipResponse(Parts parts, int status) {
    super(parts);
    this.status = status;
  }

  /// An answer to `request` with its Via headers, From, To, Call-ID and CSeq (RFC 3261 section 8.2.6.2), and for a 100 its Timestamp
  /// (section 8.2.6.1). The To tag and, where a dialog is formed, Record-Route are the caller's affair.
  ///
  /// @param reason line breaks in it become blanks
  /// @throws IllegalArgumentException where the status is not from 100 to 699
  public static SipResponse to(SipRequest request, int status, String reason) {
    return to(request, status, reason, Optional.empty());
  }

  /// The same with that tag on To where it has none, as [#withToTag] gives it.
  public static SipResponse to(SipRequest request, int status, String reason, String tag) {
    try {
      NameAddr to = request.to();
      return to(request, status, reason, to.tag().isPresent() ? Optional.empty() : Optional.of(to.withTag(tag)));
    } catch (Malformed bad) {
      return to(request, status, reason);
    }
  }

  private static SipResponse to(SipRequest request, int status, String reason, Optional<NameAddr> tagged) {
    if (status < 100 || status > 699) {
      throw new IllegalArgumentException("status has to be from 100 to 699");
    }
    byte[] head = head(status, reason);
    int count = 0;
    boolean pending = tagged.isPresent();
    Line[] lines = new Line[request.lines.length];
    for (Line candidate : request.lines) {
      if (tagged.isPresent() && candidate.header == Header.TO) {
        if (pending) {
          lines[count++] = Line.of(Header.TO, candidate.text() + ";tag=" + tagged.get().tag().orElse(""));
          pending = false;
        }
      } else if (goesBack(candidate.header, status)) {
        lines[count++] = candidate;
      }
    }
    Line[] exact = java.util.Arrays.copyOf(lines, count);
    SipResponse response = new SipResponse(new Parts(head, 0, head.length, exact, NOTHING, 0, 0, false), status);
    response.topVia = request.topVia;
    response.from = request.from;
    response.to = tagged.orElse(request.to);
    response.callId = request.callId;
    response.cseq = request.cseq;
    return response;
  }

  private static byte[] head(int status, String reason) {
    if (status == Status.OK && reason.equals("OK")) {
      return HEAD_OF_OK;
    }
    String line = "SIP/2.0 " + status + " " + reason.replace('\r', ' ').replace('\n', ' ') + "\r\n";
    return line.getBytes(StandardCharsets.UTF_8);
  }

  /// The same with the default reason phrase of the status.
  public static SipResponse to(SipRequest request, int status) {
    return to(request, status, Status.reason(status));
  }

  private static boolean goesBack(Header h, int status) {
    return h == Header.VIA
        || h == Header.FROM
        || h == Header.TO
        || h == Header.CALL_ID
        || h == Header.CSEQ
        || h == Header.TIMESTAMP && status == Status.TRYING;
  }

  /// Whether this was made by [#to] for that very request, or from what was: its Via, From, Call-ID and CSeq are the request's own lines.
  public boolean isMadeFor(SipRequest request) {
    int at = 0;
    for (Line theirs : request.lines) {
      if (theirs.header != Header.TO && goesBack(theirs.header, status)) {
        while (at < lines.length && lines[at] != theirs) {
          if (lines[at].header == theirs.header) {
            return false;
          }
          at++;
        }
        if (at++ == lines.length) {
          return false;
        }
      }
    }
    return true;
  }

  public int status() {
    return status;
  }

  /// The reason phrase; may be empty.
  public String reason() {
    // "SIP/2.0 200 OK": the reader made sure of the blank and the three digits behind it
    int from = headFrom;
    while (head[from] != ' ') {
      from++;
    }
    from += 4;
    int to = headTo - 2;
    return from >= to ? "" : new String(head, from, to - from, StandardCharsets.UTF_8).strip();
  }

  public boolean isProvisional() {
    return status < 200;
  }

  public boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  public boolean isFinal() {
    return status >= 200;
  }

  /// The same with a tag on To where it has none (RFC 3261 section 8.2.6.2). A To that cannot be parsed stays as it is.
  public SipResponse withToTag(String tag) {
    try {
      NameAddr to = to();
      if (to.tag().isPresent()) {
        return this;
      }
      SipResponse tagged = edit().with(Header.TO, first(Header.TO).orElse("") + ";tag=" + tag).response();
      tagged.to = to.withTag(tag);
      return tagged;
    } catch (Malformed bad) {
      return this;
    }
  }

  @Override
  public SipResponse with(Header h, String value) {
    return edit().with(h, value).response();
  }

  @Override
  public SipResponse prepend(Header h, String value) {
    return edit().prepend(h, value).response();
  }

  @Override
  public SipResponse append(Header h, String value) {
    return edit().append(h, value).response();
  }

  @Override
  public SipResponse without(Header h) {
    return edit().without(h).response();
  }

  @Override
  public SipResponse withoutFirstValue(Header h) {
    return edit().withoutFirstValue(h).response();
  }

  @Override
  public SipResponse withBody(MediaType type, byte[] body) {
    return edit().body(type, body).response();
  }

  @Override
  public SipResponse withoutBody() {
    return edit().withoutBody().response();
  }
}
