// The IM Server as a source of presence.
package tucket.server.im.participating;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import tucket.protocol.sip.AddressOfRecord;
import tucket.server.reference.Presence;

/// OMA requirement S22: tells the presence server when a user becomes open for instant messages and when he ceases to be, and nothing in between.
/// Remembers only who is open. Thread-safe; returns at once.
public final class PresencePublisher {
  private final Presence presence;
  private final Predicate<AddressOfRecord> isOpen;
  private final Map<AddressOfRecord, Boolean> open = new ConcurrentHashMap<>();

  public PresencePublisher(Presence presence, Predicate<AddressOfRecord> isOpen) {
    this.presence = presence;
    this.isOpen = isOpen;
    presence.source(isOpen);
  }

  /// A device of the user came or went, or his settings are others.
  public void look(AddressOfRecord user) {
    boolean now = isOpen.test(user);
    boolean before = now ? open.put(user, true) != null : open.remove(user) != null;
    if (now != before) {
      presence.changed(user);
    }
  }
}
