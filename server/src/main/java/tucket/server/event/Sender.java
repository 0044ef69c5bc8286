// How requests leave.
package tucket.server.event;

import tucket.protocol.sip.SipRequest;
import tucket.transport.Deadline;
import tucket.transport.sip.Outcome;
import tucket.transport.sip.Sending;
import tucket.transport.sip.SipStack;
import tucket.transport.sip.Target;

/// Sends requests as [SipStack] does.
@FunctionalInterface
public interface Sender {
  /// As [SipStack#begin].
  Sending begin(SipRequest request, Target target, Deadline by);

  /// Sends a request and waits for its final response, as [SipStack#send] does.
  default Outcome send(SipRequest request, Target target, Deadline by) {
    return begin(request, target, by).outcome().await();
  }
}
