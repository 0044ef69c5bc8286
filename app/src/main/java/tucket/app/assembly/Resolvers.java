// Where a SIP URI leads: what the configuration knows first, then the DNS.
package tucket.app.assembly;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tucket.app.config.Config;
import tucket.protocol.sip.SipUri;
import tucket.transport.Endpoint;
import tucket.transport.Unavailable;
import tucket.transport.World;
import tucket.transport.dns.DnsResolver;
import tucket.transport.dns.DnsSettings;
import tucket.transport.dns.Resolver;
import tucket.transport.dns.StaticResolver;

/// Thread-safe.
final class Resolvers implements Resolver, AutoCloseable {
  private final StaticResolver known;
  private final DnsResolver dns;

  Resolvers(Config config, World world) {
    Map<String, List<InetAddress>> hosts = new HashMap<>();
    config.sip().hosts().forEach((name, address) -> hosts.put(name, List.of(address)));
    known = StaticResolver.of(Map.of(), hosts);
    dns = new DnsResolver(DnsSettings.DEFAULT, world.clock(), world.chance());
  }

  @Override
  public List<Endpoint> resolve(SipUri uri) {
    try {
      return known.resolve(uri);
    } catch (Unavailable notKnown) {
      return dns.resolve(uri);
    }
  }

  @Override
  public void close() {
    dns.close();
  }
}
