// One event package: what can be watched, by whom, and how its state is written.
package tucket.server.event;

import java.time.Duration;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.SipRequest;

/// An event package of RFC 6665 section 5.4. A package is a class; [Notifier] keeps its subscriptions. Thread-safe; `state` may block.
public interface EventPackage {
  /// The token of the Event header, such as `reg`.
  String name();

  /// The type of the bodies, `application/reginfo+xml` for instance.
  MediaType type();

  /// How long a subscription lasts where the subscriber says nothing, in seconds (RFC 6665 section 5.4.4).
  default int defaultExpires() {
    return 3600;
  }

  /// Whether `who` may watch `what`.
  boolean mayWatch(AddressOfRecord who, AddressOfRecord what);

  /// How `who` stands to `what` (RFC 6665 section 4.1.3, RFC 5025 section 3.2.1).
  enum Standing {
    /// He is told the state, or what [#state] makes of it for him.
    ACTIVE,
    /// Somebody has to allow it first: he is told that he waits, and nothing more.
    PENDING,
    /// He is refused.
    REFUSED
  }

  /// The same with more shades; [Notifier#reconsider] asks again for those who watch already.
  default Standing standing(AddressOfRecord who, AddressOfRecord what) {
    return mayWatch(who, what) ? Standing.ACTIVE : Standing.REFUSED;
  }

  /// The least time between two NOTIFYs of one subscription of `who`; what changes meanwhile is told by one. A SUBSCRIBE is answered by one at once.
  default Duration leastInterval(AddressOfRecord who) {
    return Duration.ZERO;
  }

  /// What a new subscription is told; [tucket.protocol.Malformed] where its body can't be understood.
  default Narration begin(SipRequest subscribe, AddressOfRecord who, AddressOfRecord what) {
    return version -> state(what, who, version);
  }

  /// The whole state of `what` as `who` may see it, as a body of [#type]. `version` counts the notifications of that subscription from 0,
  /// for documents that carry it. Empty bytes mean a NOTIFY without body.
  byte[] state(AddressOfRecord what, AddressOfRecord who, long version);
}
