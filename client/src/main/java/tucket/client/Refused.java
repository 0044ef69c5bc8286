// A final response that says no.
package tucket.client;

import java.util.Optional;
import tucket.protocol.sip.SipResponse;

/// Thrown to the caller for a request that was refused; and thrown by a [Pager.Listener] to refuse a message that arrived. The message
/// names status and
/// reason as they stood on the wire.
public final class Refused extends RuntimeException {
  private final int status;
  private final transient Optional<SipResponse> response;

  public Refused(int status, String reason) {
    super(status + " " + reason);
    this.status = status;
    this.response = Optional.empty();
  }

  /// What the server answered.
  Refused(SipResponse answer) {
    super(answer.status() + " " + answer.reason());
    this.status = answer.status();
    this.response = Optional.of(answer);
  }

  /// The response itself, such as for its Warning; empty where none came, or this was thrown by a listener.
  public Optional<SipResponse> response() {
    return response;
  }

  public int status() {
    return status;
  }
}
