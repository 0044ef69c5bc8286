// How the sending of a request has ended.
package tucket.transport.sip;

import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;

/// What [SipStack#send] gives.
public sealed interface Outcome {
  /// A final response, our own Via taken off it.
  record Answered(SipResponse response) implements Outcome {}

  /// Nobody answered: Timer B or F has fired, or the deadline has passed.
  record Silent() implements Outcome {}

  /// It could not be sent, or the connection was lost before the answer: transport or DNS; `why` is a phrase for logs and people.
  record Unreachable(String why) implements Outcome {}

  /// The response that stands for this outcome in an answer to `request`: itself, 408 or 503 (RFC 3261 section 8.1.3.1).
  default SipResponse asResponse(SipRequest request) {
    return switch (this) {
      case Answered answered -> answered.response();
      case Silent silent -> SipResponse.to(request, Status.REQUEST_TIMEOUT, Status.reason(Status.REQUEST_TIMEOUT));
      case Unreachable unreachable -> SipResponse.to(request, Status.SERVICE_UNAVAILABLE, Status.reason(Status.SERVICE_UNAVAILABLE));
    };
  }
}
