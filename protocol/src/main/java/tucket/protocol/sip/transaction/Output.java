// What a transaction machine asks of whoever runs it.
package tucket.protocol.sip.transaction;

import tucket.protocol.sip.SipMessage;

/// The actions of one event, in order. A machine never keeps a reference to its output. A timer has one time: scheduling it again moves
/// it. At most two timers of one machine are running at any time, and [#transmit], [#retransmit] and [#deliver] happen at most once an
/// event.
public interface Output {
  /// Sends a message that was not sent before.
  void transmit(SipMessage message);

  /// Sends the last message given to [#transmit] again, byte for byte: so the runner may keep bytes and the machine need not keep the
  /// message.
  void retransmit();

  /// Hands a message to the transaction user.
  void deliver(SipMessage message);

  /// Has `fire(timer)` called at `atNanos` on the clock that `now` is read from.
  void schedule(TimerName timer, long atNanos);

  /// Without effect where the timer is not running.
  void cancel(TimerName timer);

  /// The last action of a machine: it is to be forgotten, and its timers with it.
  void ended(Ending why);
}
