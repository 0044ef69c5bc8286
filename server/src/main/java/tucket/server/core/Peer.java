// Another core that this one knows.
package tucket.server.core;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tucket.protocol.sip.SipUri;
import tucket.transport.Flow;

/// @param name for logs and metrics
/// @param domains the domains it serves, in lower case; for an S-CSCF in front of us these are our own users' domains
/// @param route where requests for these domains are sent; empty: RFC 3263 on the domain
/// @param trusted whether it belongs to our trust domain (RFC 3325 section 2): P-Asserted-Identity goes to it and is believed from it
/// @param sources where its requests come from; port 0 stands for any port. Only to be used for networks where addresses can't be forged
/// @param certificates names that its TLS certificate proves
/// @param defers whether its IM Server performs the Deferred Messaging Function (OMA AD SIMPLE IM section 5.3.2.1.3)
public record Peer(
    String name, Set<String> domains, Optional<SipUri> route, boolean trusted, List<Source> sources, Set<String> certificates,
    boolean defers) {
  /// An address that requests come from.
  public record Source(InetAddress address, int port) {
    boolean matches(InetSocketAddress remote) {
      return address.equals(remote.getAddress()) && (port == 0 || port == remote.getPort());
    }
  }

  public Peer {
    domains = Set.copyOf(domains);
    sources = List.copyOf(sources);
    certificates = Set.copyOf(certificates);
  }

  /// Whether a request over that flow comes from this peer.
  public boolean isAt(Flow flow) {
    return !flow.provenName().isEmpty() && certificates.contains(flow.provenName())
        || sources.stream().anyMatch(s -> s.matches(flow.remote()));
  }
}
