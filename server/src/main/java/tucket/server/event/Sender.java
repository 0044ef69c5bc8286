// How requests leave.
package tucket.server.event;

import tucket.protocol.sip.SipRequest;
import tucket.transport.Deadline;
import tucket.transport.sip.Outcome;
import tucket.transport.sip.Target;

/// Sends a request and waits for its final response, as [tucket.transport.sip.SipStack#send] does.
@FunctionalInterface
public interface Sender {
  Outcome send(SipRequest request, Target target, Deadline by);
}
