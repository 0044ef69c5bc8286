// A device of a user as the Core knows it.
package tucket.server.reference;

import tucket.protocol.sip.FeatureSet;

/// `registered`: it has a live binding. `lasting`: it is named by its instance, so that it will be known again when it comes back; a lasting
/// device that is gone is remembered for the time the operator set. `features`: the capabilities of its Contact (RFC 3840). `secure`: it is
/// reached over TLS.
public record Device(DeviceId id, boolean registered, boolean lasting, FeatureSet features, boolean secure) {
  /// One that is not reached over TLS.
  public Device(DeviceId id, boolean registered, boolean lasting, FeatureSet features) {
    this(id, registered, lasting, features, false);
  }
}
