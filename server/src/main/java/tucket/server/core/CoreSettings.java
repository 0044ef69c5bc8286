// What an operator can set about the Core.
package tucket.server.core;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.digest.Algorithm;

/// The bounds are in [tucket.server.Limits].
///
/// @param domains the SIP domains whose users are ours, in lower case; the first is the one meant where only an address is given
/// @param hosts further names and addresses of this machine, with or without `:port`; as a Request-URI's host they mean the first domain
/// @param realm the realm of digest challenges
/// @param region two letters of the country (ISO 3166) whose plan national telephone numbers are read by; empty: not at all
/// @param algorithms what is offered in challenges, the most wanted first (RFC 8760 section 2.4)
/// @param nonceLife how long a nonce may be used
/// @param streams when a request over TCP, TLS or WebSocket needs no challenge
/// @param datagrams when a request over UDP needs no challenge
/// @param services public service identities: requests to them go to the IM Server
/// @param peers other cores that are known by address, certificate or route
/// @param foreign whether users may send to domains that are not named among the peers
/// @param registration how long a registration lasts where the client says nothing
/// @param flowTimer how often a client is to give a sign of life over its flow (RFC 5626 section 9)
/// @param temporaryGruus whether temporary GRUUs are handed out (RFC 5627)
/// @param serverName the Server header of our own responses
public record CoreSettings(
    List<String> domains,
    Set<String> hosts,
    String realm,
    String region,
    List<Algorithm> algorithms,
    Duration nonceLife,
    Trust streams,
    Trust datagrams,
    Set<AddressOfRecord> services,
    List<Peer> peers,
    boolean foreign,
    Duration registration,
    Duration flowTimer,
    boolean temporaryGruus,
    String serverName) {

  /// When a request needs no credentials of its own.
  public enum Trust {
    /// Never: each request is challenged.
    EVERY_REQUEST,
    /// After a successful REGISTER over the same connection, or from the same UDP address, for the identities of that user.
    REGISTERED_FLOW
  }

  public CoreSettings {
    domains = domains.stream().map(d -> d.toLowerCase(Locale.ROOT)).toList();
    hosts = Set.copyOf(hosts);
    algorithms = List.copyOf(algorithms);
    services = Set.copyOf(services);
    peers = List.copyOf(peers);
    if (domains.isEmpty()) {
      throw new IllegalArgumentException("a core needs at least one domain");
    }
    if (algorithms.isEmpty()) {
      throw new IllegalArgumentException("a core needs at least one digest algorithm");
    }
  }

  /// Sensible settings for one domain, named by it.
  public static CoreSettings of(String domain) {
    return new CoreSettings(
        List.of(domain),
        Set.of(),
        domain,
        "",
        List.of(Algorithm.SHA_256, Algorithm.MD5),
        Duration.ofMinutes(30),
        Trust.REGISTERED_FLOW,
        Trust.EVERY_REQUEST,
        Set.of(),
        List.of(),
        true,
        Duration.ofHours(1),
        Duration.ofSeconds(120),
        true,
        "IM-serv/OMA1.0 Tucket");
  }

  /// The domain meant where a URI only names this machine.
  public String domain() {
    return domains.getFirst();
  }

  public CoreSettings withAlgorithms(List<Algorithm> to) {
    return new CoreSettings(domains, hosts, realm, region, to, nonceLife, streams, datagrams, services, peers, foreign, registration,
        flowTimer, temporaryGruus, serverName);
  }

  public CoreSettings withTrust(Trust onStreams, Trust onDatagrams) {
    return new CoreSettings(domains, hosts, realm, region, algorithms, nonceLife, onStreams, onDatagrams, services, peers, foreign,
        registration, flowTimer, temporaryGruus, serverName);
  }

  public CoreSettings withPeers(List<Peer> to) {
    return new CoreSettings(domains, hosts, realm, region, algorithms, nonceLife, streams, datagrams, services, to, foreign, registration,
        flowTimer, temporaryGruus, serverName);
  }

  public CoreSettings withServices(Set<AddressOfRecord> to) {
    return new CoreSettings(domains, hosts, realm, region, algorithms, nonceLife, streams, datagrams, to, peers, foreign, registration,
        flowTimer, temporaryGruus, serverName);
  }

  public CoreSettings withRegion(String to) {
    return new CoreSettings(domains, hosts, realm, to, algorithms, nonceLife, streams, datagrams, services, peers, foreign, registration,
        flowTimer, temporaryGruus, serverName);
  }

  public CoreSettings withNonceLife(Duration to) {
    return new CoreSettings(domains, hosts, realm, region, algorithms, to, streams, datagrams, services, peers, foreign, registration,
        flowTimer, temporaryGruus, serverName);
  }
}
