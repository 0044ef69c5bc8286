// Which devices of a user a request is meant for.
package tucket.server.reference;

import java.util.Set;

/// A choice among the registered devices of one user.
public sealed interface Devices {
  /// Every registered device that the request's caller preferences (RFC 3841) leave.
  record All() implements Devices {}

  /// These devices alone, as far as they are registered.
  record Only(Set<DeviceId> ids) implements Devices {
    public Only {
      ids = Set.copyOf(ids);
    }
  }
}
