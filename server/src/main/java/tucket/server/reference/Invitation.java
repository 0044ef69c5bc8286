// An INVITE on its way to somebody.
package tucket.server.reference;

import java.util.Optional;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;

/// One INVITE that arrived outside of a dialog (RFC 3261 section 13.3), to be answered once. Thread-safe.
public interface Invitation {
  /// With P-Asserted-Identity of the sender.
  SipRequest request();

  /// Passes a provisional response on to the caller; only its status, reason, body and end-to-end headers count.
  void ring(SipResponse provisional);

  /// Answers with a 2xx and begins the dialog; empty where the caller has cancelled before. Of `answer` the body and the end-to-end headers
  /// count, and the parameters of its Contact; the Contact itself is ours.
  Optional<Call> accept(SipResponse answer);

  /// Answers with a final error; without effect where it has been answered or cancelled.
  void refuse(SipResponse answer);

  /// Is run once when the caller gives up before the answer, at once where he already has. Must not block.
  void onCancelled(Runnable listener);

  /// Whether it is answered or cancelled.
  boolean isOver();
}
