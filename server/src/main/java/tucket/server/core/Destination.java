// Where a Request-URI leads.
package tucket.server.core;

import java.util.Optional;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Uri;
import tucket.server.reference.DeviceId;

/// What the [Router] finds.
public sealed interface Destination {
  /// A user of ours; `device` where a GRUU names one of his (RFC 5627 section 5.1).
  record User(Subscriber subscriber, Optional<DeviceId> device) implements Destination {}

  /// A public service identity.
  record Service(AddressOfRecord identity) implements Destination {}

  /// This core itself: a URI of ours without user, or with one that we gave out as our Contact or route.
  record Ourselves() implements Destination {}

  /// Another domain.
  record Elsewhere(Uri uri) implements Destination {}

  /// Nobody of ours, though it would have to be.
  record Nobody(AddressOfRecord identity) implements Destination {}
}
