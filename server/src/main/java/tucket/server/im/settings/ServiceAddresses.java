// The addresses of the IM Server's own services in a domain.
package tucket.server.im.settings;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.SipUri;

/// Addresses that no user has. `system` sends system messages and takes none; `deferred` is the deferred-msg-func-uri of the terminals'
/// provisioning, `delete` their delete-uri, `exploder` their exploder-uri: the MESSAGE URI-list service (RFC 5365).
public record ServiceAddresses(AddressOfRecord system, AddressOfRecord deferred, AddressOfRecord delete, AddressOfRecord exploder) {
  public static ServiceAddresses of(String domain) {
    return new ServiceAddresses(service("im-system", domain), service("deferred-messages", domain), service("delete-messages", domain),
        service("exploder", domain));
  }

  private static AddressOfRecord service(String user, String domain) {
    return AddressOfRecord.of(SipUri.of(user, domain));
  }

  public Set<AddressOfRecord> all() {
    return new LinkedHashSet<>(List.of(system, deferred, delete, exploder));
  }

  /// The domain they are in.
  public String domain() {
    return ((SipUri) system.uri()).host();
  }

  /// Whether it is one of these.
  public boolean isService(AddressOfRecord address) {
    return address.equals(system) || address.equals(deferred) || address.equals(delete) || address.equals(exploder);
  }
}
