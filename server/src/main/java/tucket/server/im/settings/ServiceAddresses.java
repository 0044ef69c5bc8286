// The addresses of the IM Server's own services in a domain.
package tucket.server.im.settings;

import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.SipUri;

/// Addresses that no user has. `system` sends system messages and takes none; `deferred` is the deferred-msg-func-uri of the terminals'
/// provisioning, `delete` their delete-uri.
public record ServiceAddresses(AddressOfRecord system, AddressOfRecord deferred, AddressOfRecord delete) {
  public static ServiceAddresses of(String domain) {
    return new ServiceAddresses(service("im-system", domain), service("deferred-messages", domain), service("delete-messages", domain));
  }

  private static AddressOfRecord service(String user, String domain) {
    return AddressOfRecord.of(SipUri.of(user, domain));
  }

  /// Whether it is one of these.
  public boolean isService(AddressOfRecord address) {
    return address.equals(system) || address.equals(deferred) || address.equals(delete);
  }
}
