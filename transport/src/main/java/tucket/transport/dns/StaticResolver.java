// Where to send, by what is configured and what needs no DNS.
package tucket.transport.dns;

import io.netty.resolver.DefaultHostsFileEntriesResolver;
import io.netty.resolver.ResolvedAddressTypes;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import tucket.protocol.sip.SipUri;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;

/// Knows numeric addresses, `localhost`, configured domains, and configured hosts with the entries of the hosts file behind them; all
/// else is [Unavailable]. Never blocks on the network; thread-safe.
///
/// A configured **domain** stands for a finished answer of RFC 3263: its endpoints are taken as they are, in their order. Where the URI
/// names a transport or is `sips:`, only the endpoints of that transport count, and a URI with a port is for a host and not for the
/// domain's servers. A **host** is a name for addresses; port and transport come from the URI.
public final class StaticResolver implements Resolver {
  private final Map<String, List<Endpoint>> domains;
  private final Function<String, List<InetAddress>> hosts;

  private StaticResolver(Map<String, List<Endpoint>> domains, Function<String, List<InetAddress>> hosts) {
    this.domains = domains;
    this.hosts = hosts;
  }

  /// With the machine's hosts file.
  public static StaticResolver of(Map<String, List<Endpoint>> domains, Map<String, List<InetAddress>> hosts) {
    Map<String, List<InetAddress>> configured = lower(hosts);
    DefaultHostsFileEntriesResolver file = new DefaultHostsFileEntriesResolver();
    return new StaticResolver(
        lower(domains),
        name -> {
          List<InetAddress> own = configured.get(name);
          if (own != null) {
            return own;
          }
          List<InetAddress> listed = file.addresses(name, ResolvedAddressTypes.IPV4_PREFERRED);
          return listed == null ? List.of() : List.copyOf(listed);
        });
  }

  /// Without the hosts file: numeric addresses, localhost and these.
  public static StaticResolver only(Map<String, List<Endpoint>> domains, Map<String, List<InetAddress>> hosts) {
    Map<String, List<InetAddress>> configured = lower(hosts);
    return new StaticResolver(lower(domains), name -> configured.getOrDefault(name, List.of()));
  }

  @Override
  public List<Endpoint> resolve(SipUri uri) {
    Wanted wanted = Wanted.of(uri);
    if (wanted.numeric().isPresent()) {
      return wanted.at(List.of(wanted.numeric().get()));
    }
    List<Endpoint> servers = domains.get(wanted.host());
    if (servers != null && wanted.port() < 0) {
      List<Endpoint> fitting = servers.stream().filter(server -> fits(server, wanted)).toList();
      if (fitting.isEmpty()) {
        throw wanted.unknown("none of its configured addresses " + servers + " has the transport that is wanted");
      }
      return fitting;
    }
    List<InetAddress> addresses = hosts.apply(wanted.host());
    if (!addresses.isEmpty()) {
      return wanted.at(addresses);
    }
    if (wanted.host().equals("localhost")) {
      return wanted.at(List.of(InetAddress.ofLiteral("127.0.0.1")));
    }
    if (servers != null) {
      // The domain's name as a host, with a port of its own: its servers' addresses are the best that is known.
      return wanted.at(servers.stream().map(Endpoint::address).map(InetSocketAddress::getAddress).distinct().toList());
    }
    throw wanted.unknown("neither a configured domain or host nor in the hosts file");
  }

  private static boolean fits(Endpoint server, Wanted wanted) {
    if (wanted.transport().isPresent()) {
      return server.protocol() == wanted.transport().get();
    }
    return !wanted.uri().secure() || server.protocol().secure() && server.protocol() != Protocol.WSS;
  }

  private static <T> Map<String, List<T>> lower(Map<String, List<T>> table) {
    Map<String, List<T>> lower = new HashMap<>();
    table.forEach(
        (name, values) -> {
          if (values.isEmpty()) {
            throw new Unavailable("No address is configured for " + name + ": give it one, or leave the name out.");
          }
          lower.put(name.toLowerCase(Locale.ROOT), List.copyOf(values));
        });
    return Map.copyOf(lower);
  }
}
