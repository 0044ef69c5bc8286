// What tells one transaction from another.
package tucket.protocol.sip.transaction;

import java.util.Locale;
import tucket.protocol.sip.RequestOutline;
import tucket.protocol.sip.SipMessage;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Via;

/// The identity of a transaction, for use as a map key. Of a response: branch and CSeq method (RFC 3261 section 17.1.3), `host` empty. Of
/// a request: branch, sent-by of the topmost Via and method, where ACK counts as INVITE (section 17.2.3). Where the branch lacks the
/// magic cookie, `branch` is a text made of Request-URI, tags, Call-ID, CSeq and topmost Via, as RFC 2543 peers need.
public record TransactionKey(String branch, String host, int port, String method) {
  public static final String MAGIC_COOKIE = "z9hG4bK";

  private static final int PORT_UNSAID = -1;

  /// The key under which `message` finds its transaction; throws [tucket.protocol.Malformed] where Via or CSeq can't be read.
  public static TransactionKey of(SipMessage message) {
    return message instanceof SipRequest request ? ofRequest(request) : ofResponse(message);
  }

  private static TransactionKey ofResponse(SipMessage response) {
    return new TransactionKey(response.topVia().branch().orElse(""), "", PORT_UNSAID, response.cseq().method());
  }

  private static TransactionKey ofRequest(SipRequest request) {
    Via via = request.topVia();
    String method = request.method().equals("ACK") ? "INVITE" : request.method();
    String branch = via.branch().orElse("");
    if (!branch.startsWith(MAGIC_COOKIE) || branch.length() == MAGIC_COOKIE.length()) {
      branch = oldStyle(request, via, method);
    }
    return new TransactionKey(branch, via.host().toLowerCase(Locale.ROOT), via.port(), method);
  }

  // RFC 3261 section 17.2.3, second list. The To tag stays out of the keys of INVITE and CANCEL: an ACK has the one that we gave.
  private static String oldStyle(SipRequest request, Via via, String method) {
    String toTag = method.equals("INVITE") || method.equals("CANCEL") ? "" : request.to().tag().orElse("");
    return String.join("\n", request.uri().toString(), request.from().tag().orElse(""), toTag, request.callId(),
        Long.toString(request.cseq().number()), via.toString());
  }

  /// The same as [#of] tells of the message of which that is the outline.
  public static TransactionKey of(RequestOutline outline) {
    return new TransactionKey(outline.branch(), outline.host().toLowerCase(Locale.ROOT), outline.port(), outline.method());
  }

  /// The key of the request that `response` answers, where its branch has the magic cookie: a response has the Via and the CSeq of its request.
  /// Throws [tucket.protocol.Malformed] where they can't be read.
  public static TransactionKey answeredBy(SipResponse response) {
    Via via = response.topVia();
    return new TransactionKey(via.branch().orElse(""), via.host().toLowerCase(Locale.ROOT), via.port(), response.cseq().method());
  }

  /// The key of the client transaction that sends `request` with a fresh branch.
  public static TransactionKey client(String branch, String method) {
    return new TransactionKey(branch, "", PORT_UNSAID, method);
  }

  /// The key of the transaction that differs in its method only: how a CANCEL finds what it cancels (RFC 3261 section 9.2).
  public TransactionKey withMethod(String other) {
    return new TransactionKey(branch, host, port, other);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * branch.hashCode() + method.hashCode()) + port;
  }
}
