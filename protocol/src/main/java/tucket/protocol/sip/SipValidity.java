// Whether a message has all that RFC 3261 demands of every message.
package tucket.protocol.sip;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import tucket.protocol.Malformed;

/// The verdicts of RFC 4475 and RFC 5118 that need nothing but the message. What needs to know the server (methods, extensions, schemes,
/// hop count) is in [RequestChecks].
public final class SipValidity {
  /// What is wrong.
  ///
  /// @param status what to answer a request with; a faulty response is dropped, whatever stands here
  /// @param reason a reason phrase that names the header
  public record Fault(int status, String reason) {}

  private static final List<Header> ONCE =
      List.of(Header.CALL_ID, Header.CSEQ, Header.FROM, Header.TO, Header.CONTENT_LENGTH, Header.CONTENT_TYPE, Header.MAX_FORWARDS);

  private SipValidity() {}

  /// The first fault, or empty where the message is good.
  public static Optional<Fault> check(SipMessage message) {
    if (message.valid) {
      return Optional.empty();
    }
    try {
      if (message instanceof SipRequest request && !isVersion2(request)) {
        return Optional.of(new Fault(Status.VERSION_NOT_SUPPORTED, "SIP version is not 2.0"));
      }
      framing(message);
      common(message);
      if (message instanceof SipRequest request) {
        request(request);
      }
      message.valid = true;
      return Optional.empty();
    } catch (Malformed bad) {
      return Optional.of(new Fault(Status.BAD_REQUEST, String.valueOf(bad.getMessage())));
    }
  }

  private static boolean isVersion2(SipRequest request) {
    byte[] head = request.head;
    int to = request.headTo - 2;
    while (head[to - 1] == ' ') {
      to--;
    }
    // the reader made sure of a blank, SIP in any case, a slash and a digit
    return to - request.headFrom > 8 && head[to - 8] == ' ' && head[to - 3] == '2' && head[to - 2] == '.' && head[to - 1] == '0';
  }

  private static void framing(SipMessage message) {
    for (Header h : ONCE) {
      if (message.count(h) > 1) {
        throw new Malformed(h.name() + " is there more than once");
      }
    }
    for (Line line : message.lines) {
      if (line.header == Header.BROKEN) {
        throw new Malformed("header line has no name or no colon");
      }
      if (line.hasBareCr()) {
        // some readers take it for a line end, and would see a header that others do not see
        throw new Malformed((line.header == Header.OTHER ? "header" : line.header.name()) + " has a CR that ends no line");
      }
      if (line.header == Header.CONTENT_LENGTH) {
        int length = SipReader.length(line);
        if (length < 0) {
          throw new Malformed("Content-Length is not a number");
        }
        if (length != message.bodyLength()) {
          throw new Malformed("Content-Length is larger than the body");
        }
      }
    }
  }

  private static void common(SipMessage message) {
    message.callId();
    CSeq cseq = message.cseq();
    message.from();
    message.to();
    branch(message.topVia());
    if (message.hasSeveralVias()) {
      message.vias().forEach(SipValidity::branch);
    }
    if (message instanceof SipRequest request && !cseq.method().equals(request.method())) {
      throw new Malformed("CSeq has another method than the request");
    }
    message.addresses(Header.ROUTE);
    message.addresses(Header.RECORD_ROUTE);
  }

  private static void branch(Via via) {
    if (via.branch().orElse("").equals(Via.MAGIC_COOKIE)) {
      throw new Malformed("Via has a branch without identifier");
    }
  }

  private static void request(SipRequest request) {
    String line = StartLine.fault(request.startLine());
    if (!line.isEmpty()) {
      throw new Malformed(line);
    }
    if (request.uri() instanceof SipUri uri && !uri.headers().isEmpty()) {
      throw new Malformed("Request-URI has headers");
    }
    if (request.contentType().isEmpty() && request.bodyLength() > 0) {
      throw new Malformed("Content-Type is missing");
    }
    if (!request.isContactStar()) {
      request.addresses(Header.CONTACT);
    }
    OptionalInt hops = request.number(Header.MAX_FORWARDS);
    if (hops.isPresent() && hops.getAsInt() > 255) {
      throw new Malformed("Max-Forwards is larger than 255");
    }
    request.number(Header.EXPIRES);
  }
}
