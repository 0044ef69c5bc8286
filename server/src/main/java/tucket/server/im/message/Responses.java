// The final responses of the IM Server's functions.
package tucket.server.im.message;

import java.util.List;
import tucket.protocol.mime.ContentEncoding;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.server.im.policy.Verdict;
import tucket.transport.Chance;

/// One place where a decision becomes a status. Stateless; thread-safe.
public final class Responses {
  /// What the IM Server understands itself.
  public static final String ALLOW = "MESSAGE, OPTIONS";

  private static final List<Header> RELAYED =
      List.of(Header.WARNING, Header.RETRY_AFTER, Header.ACCEPT, Header.ACCEPT_ENCODING, Header.ALLOW, Header.UNSUPPORTED, Header.REASON,
          Header.SERVER);

  private final String host;
  private final Chance chance;

  /// `host` is the name that Warning headers give.
  public Responses(String host, Chance chance) {
    this.host = host;
    this.chance = chance;
  }

  /// A bare response with the default reason phrase.
  public SipResponse of(SipRequest request, int status) {
    return of(request, status, Status.reason(status));
  }

  public SipResponse of(SipRequest request, int status, String reason) {
    return SipResponse.to(request, status, reason, chance.token(8));
  }

  /// A refusal with its Warning: code 399, our host, and the text that terminals look into (protocol of the field: the three digits stand
  /// in the text).
  public SipResponse of(SipRequest request, Verdict.Refuse refusal) {
    SipResponse response = of(request, refusal.status(), refusal.reason());
    return refusal.warning().isEmpty() ? response : warned(response, refusal.warning());
  }

  public SipResponse warned(SipResponse response, String warning) {
    return response.with(Header.WARNING, "399 " + host + " \"" + warning + "\"");
  }

  /// 415 that says what could be decoded.
  public SipResponse undecodable(SipRequest request) {
    return of(request, Status.UNSUPPORTED_MEDIA_TYPE, "Content-Encoding not known").with(Header.ACCEPT_ENCODING, ContentEncoding.ACCEPTED);
  }

  /// An error that passes: try again after `seconds`.
  public SipResponse later(SipRequest request, int status, String reason, int seconds) {
    return of(request, status, reason).with(Header.RETRY_AFTER, Integer.toString(seconds));
  }

  public SipResponse notAllowed(SipRequest request) {
    return of(request, Status.METHOD_NOT_ALLOWED).with(Header.ALLOW, ALLOW);
  }

  /// What the next hop answered, as our answer to `request`. What another function in this process has answered to it is that already.
  public SipResponse relay(SipRequest request, SipResponse answer) {
    if (answer.isMadeFor(request)) {
      return answer.to().tag().isPresent() ? answer : answer.withToTag(chance.token(8));
    }
    String reason = answer.reason().isEmpty() ? Status.reason(answer.status()) : answer.reason();
    SipResponse own = of(request, answer.status(), reason);
    return RELAYED.stream().anyMatch(answer::has) ? with(own, answer) : own;
  }

  private static SipResponse with(SipResponse own, SipResponse answer) {
    Edit edit = own.edit();
    for (Header h : RELAYED) {
      edit.copy(h, answer);
    }
    return edit.response();
  }
}
