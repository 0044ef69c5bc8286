// What both server transaction machines have in common.
package tucket.protocol.sip.transaction;

import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;

/// A server transaction (RFC 3261 section 17.2). Not thread-safe; `now` is in nanoseconds of a clock that never goes back.
public sealed interface ServerMachine permits InviteServerTransaction, NonInviteServerTransaction {
  State state();

  /// Delivers the request that the machine was made for and starts the timers.
  void start(long now, Output out);

  /// The same request again, or the ACK of an INVITE.
  void receive(SipRequest request, long now, Output out);

  /// The transaction user's response; one that the state does not allow is dropped.
  void respond(SipResponse response, long now, Output out);

  /// A scheduled timer has come; one that is not running any more is ignored.
  void fire(TimerName timer, long now, Output out);

  /// A response could not be sent. The machine stays as it is and goes on absorbing retransmissions (RFC 6026 section 8.8).
  default void transportFailed(long now, Output out) {}
}
