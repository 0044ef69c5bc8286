// What both client transaction machines have in common.
package tucket.protocol.sip.transaction;

import tucket.protocol.sip.SipResponse;

/// A client transaction (RFC 3261 section 17.1). Not thread-safe; `now` is in nanoseconds of a clock that never goes back.
public sealed interface ClientMachine permits InviteClientTransaction, NonInviteClientTransaction {
  State state();

  /// Sends the request and starts the timers.
  void start(long now, Output out);

  /// A response whose [TransactionKey] is this transaction's.
  void receive(SipResponse response, long now, Output out);

  /// A scheduled timer has come; one that is not running any more is ignored.
  void fire(TimerName timer, long now, Output out);

  /// The transport could not send, or the connection has been lost (section 17.1.4).
  void transportFailed(long now, Output out);
}
