// Whether this server is the one that keeps something.
package tucket.server.im.deferred;

import tucket.protocol.sip.AddressOfRecord;
import tucket.server.Envelope;
import tucket.server.reference.Im2ServerCore;

/// [Responsibility] for two users, each of whom is ours or of another domain. Thread-safe.
final class Placement {
  private final Im2ServerCore core;
  private final boolean enabled;

  /// `enabled` says whether this server performs the function.
  Placement(Im2ServerCore core, boolean enabled) {
    this.core = core;
    this.enabled = enabled;
  }

  /// Whether what `from` sends to `to` and can't be delivered is ours to keep.
  boolean isOurs(Responsibility.Mode mode, Envelope.Kind kind, AddressOfRecord from, AddressOfRecord to) {
    if (kind == Envelope.Kind.SYSTEM) {
      return enabled; // to users of ours alone
    }
    boolean notification = kind == Envelope.Kind.NOTIFICATION;
    Responsibility.Item item = notification ? Responsibility.Item.NOTIFICATION : Responsibility.Item.MESSAGE;
    AddressOfRecord originator = notification ? to : from;
    AddressOfRecord recipient = notification ? from : to;
    return switch (Responsibility.keeper(mode, item, defers(originator), defers(recipient))) {
      case ORIGINATING -> core.mayUseIm(originator);
      case TERMINATING -> core.mayUseIm(recipient);
      case NOBODY -> false;
    };
  }

  private boolean defers(AddressOfRecord user) {
    return core.mayUseIm(user) ? enabled : core.defersElsewhere(user);
  }
}
