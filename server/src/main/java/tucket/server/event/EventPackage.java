// One event package: what can be watched, by whom, and how its state is written.
package tucket.server.event;

import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.AddressOfRecord;

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

  /// The whole state of `what` as `who` may see it, as a body of [#type]. `version` counts the notifications of that subscription from 0,
  /// for documents that carry it. Empty bytes mean a NOTIFY without body.
  byte[] state(AddressOfRecord what, AddressOfRecord who, long version);
}
