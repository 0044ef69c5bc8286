// One subscription: a dialog in which somebody is told of a state.
package tucket.server.event;

import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.transaction.Dialog;
import tucket.transport.Clock;
import tucket.transport.Flow;

/// What [Notifier] keeps of it; all that changes is guarded by `lock`.
final class Subscription {
  final EventPackage events;
  final String eventHeader;
  final AddressOfRecord who;
  final AddressOfRecord what;
  final SipUri contact;
  final Narration narration;
  final ReentrantLock lock = new ReentrantLock();

  Dialog dialog;
  Optional<Flow> flow;
  long untilNanos;
  long version;
  /// Whether he is told the state, or that he waits.
  EventPackage.Standing standing = EventPackage.Standing.ACTIVE;
  /// No NOTIFY before that time, and whether one is set for then.
  long notBeforeNanos;
  boolean delayed;
  /// Something is to be told.
  boolean dirty;
  /// A NOTIFY is on its way: never two at a time, so that they cannot overtake each other.
  boolean sending;
  /// Why it ends with the next NOTIFY; empty text while it goes on.
  String ending = "";
  Optional<Clock.Alarm> alarm = Optional.empty();

  Subscription(EventPackage events, String eventHeader, AddressOfRecord who, AddressOfRecord what, SipUri contact,
      Narration narration, Dialog dialog, Optional<Flow> flow) {
    this.events = events;
    this.eventHeader = eventHeader;
    this.who = who;
    this.what = what;
    this.contact = contact;
    this.narration = narration;
    this.dialog = dialog;
    this.flow = flow;
  }
}
