// Which hosts in URIs mean this core.
package tucket.server.core;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import tucket.protocol.sip.SipUri;
import tucket.transport.Endpoint;
import tucket.transport.Flow;
import tucket.transport.Protocol;

/// Our domains, the hosts that the operator named, and the addresses we listen at. Thread-safe.
public final class OwnAddresses {
  private static final int MAX_LEARNED = 256;
  private static final int SIP_PORT = 5060;
  private static final int SIPS_PORT = 5061;

  private final CoreSettings settings;
  private final Set<String> addresses = ConcurrentHashMap.newKeySet();
  private final Set<InetSocketAddress> reached = ConcurrentHashMap.newKeySet();
  private final List<Endpoint> listening = new CopyOnWriteArrayList<>();

  public OwnAddresses(CoreSettings settings) {
    this.settings = settings;
    settings.hosts().forEach(h -> addresses.add(h.toLowerCase(Locale.ROOT)));
  }

  /// We listen there.
  public void listening(Endpoint at) {
    addresses.add(at.hostPort());
    listening.add(at);
  }

  /// A packet that reached us was meant for us: its destination is ours, also where we listen at all addresses.
  void reachedBy(Flow flow) {
    InetSocketAddress local = flow.local();
    if (!reached.contains(local) && addresses.size() < MAX_LEARNED && !local.getAddress().isAnyLocalAddress()) {
      reached.add(local);
      addresses.add(new Endpoint(flow.protocol(), flow.local()).hostPort());
    }
  }

  /// The domain of ours that the URI's host means; empty where it is not ours.
  public Optional<String> domain(SipUri uri) {
    String host = uri.host().toLowerCase(Locale.ROOT);
    if (host.endsWith(".")) {
      host = host.substring(0, host.length() - 1);
    }
    if (settings.domains().contains(host)) {
      return Optional.of(host);
    }
    int port = uri.port() >= 0 ? uri.port() : uri.secure() || uri.transport().filter("tls"::equals).isPresent() ? SIPS_PORT : SIP_PORT;
    boolean ours = addresses.contains(host) || addresses.contains(host + ":" + port);
    return ours ? Optional.of(settings.domain()) : Optional.empty();
  }

  /// Whether the URI names this machine and not only a domain of ours: behind another core that domain is the core's.
  boolean isHere(SipUri uri) {
    return isOurs(uri) && !settings.domains().contains(uri.host().toLowerCase(Locale.ROOT));
  }

  public boolean isOurs(SipUri uri) {
    return domain(uri).isPresent();
  }

  /// A URI of ours at which the peer of that flow reaches us again: `sip:user@host:port;transport=…`.
  public SipUri at(Flow flow, String user) {
    return at(new Endpoint(flow.protocol(), flow.local()), user);
  }

  /// A URI of ours for a peer that is reached by that protocol and has no flow yet.
  public SipUri by(Protocol protocol, String user) {
    return listening.stream().filter(e -> e.protocol() == protocol).findFirst().or(() -> listening.stream().findFirst())
        .map(e -> at(e, user)).orElseGet(() -> SipUri.of(user, settings.domain()));
  }

  private SipUri at(Endpoint here, String user) {
    boolean any = here.address().getAddress().isAnyLocalAddress();
    String host = any ? settings.hosts().stream().findFirst().orElse(settings.domain()) : hostOf(here);
    SipUri uri = SipUri.of(user, host).withHostPort(host, here.port());
    return switch (here.protocol()) {
      case UDP -> uri;
      case TCP -> uri.withParam("transport", "tcp");
      case TLS -> uri.withParam("transport", "tls");
      case WS, WSS -> uri.withParam("transport", "ws");
    };
  }

  private static String hostOf(Endpoint here) {
    return here.host().indexOf(':') >= 0 ? "[" + here.host() + "]" : here.host();
  }
}
