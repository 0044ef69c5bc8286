// Reference point IM-1: IM Client to SIP/IP Core.
package tucket.server.reference;

import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.transport.Deadline;
import tucket.transport.Flow;
import tucket.transport.Pending;
import tucket.transport.sip.ServerTransaction;

/// What a client may ask of the Core: every request it sends, before anything in it is believed (OMA AD SIMPLE IM section 5.5.1). On a wire
/// this is SIP as the Gm reference point has it.
public interface Im1ClientCore {
  /// Handles one request of a client that reached us over `flow` and returns the final response, or what will become it. May block; runs on a
  /// virtual thread.
  Pending<SipResponse> handle(SipRequest request, Flow flow, Deadline by);

  /// Serves an INVITE, or a request within a call; blocks until it is answered. False where it is neither: then [#handle] is for it.
  default boolean call(ServerTransaction tx) {
    return false;
  }

  /// The caller gives up an INVITE that has no final response yet.
  default void cancelled(ServerTransaction invite) {}

  /// An ACK for a 2xx.
  default void acknowledged(SipRequest ack) {}

  /// Ends all calls, and gives up those that are not answered yet: the server stops. Blocks until everybody knows, at most until the deadline.
  default void endCalls(Deadline by) {}

  /// The response to `request` is on its way. What must not overtake it begins here: pushes after a registration, the first NOTIFY of a
  /// subscription. Returns at once.
  default void answered(SipRequest request, SipResponse response, Flow flow) {}

  /// A client's connection has ended.
  default void closed(Flow flow) {}
}
