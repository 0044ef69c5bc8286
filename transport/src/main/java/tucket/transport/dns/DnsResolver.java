// RFC 3263 over the real DNS.
package tucket.transport.dns;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tucket.protocol.sip.SipUri;
import tucket.transport.Chance;
import tucket.transport.Clock;
import tucket.transport.Endpoint;

/// NAPTR, SRV, A and AAAA over UDP, over TCP where the answer is too long for UDP; with a cache of its own and one thread of its own. A
/// look-up blocks for at most [DnsSettings#query] times [DnsSettings#queries] a record. The answer carries no names: whose certificate is
/// wanted under TLS is the URI's own host (RFC 5922 section 7.3), never a name that DNS gave.
public final class DnsResolver implements Resolver, AutoCloseable {
  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("dns", true), NioIoHandler.newFactory());
  private final DnsNameResolver asker;
  private final DnsRecords records;
  private final Rfc3263 procedures;

  public DnsResolver(DnsSettings settings, Clock clock, Chance chance) {
    DnsServerAddressStreamProvider servers =
        settings.nameServers().isEmpty()
            ? DnsServerAddressStreamProviders.platformDefault()
            : new SequentialDnsServerAddressStreamProvider(settings.nameServers());
    asker =
        new DnsNameResolverBuilder(loop.next())
            .datagramChannelType(NioDatagramChannel.class)
            .socketChannelType(NioSocketChannel.class)
            .queryTimeoutMillis(settings.query().toMillis())
            .nameServerProvider(servers)
            .build();
    records = new DnsRecords(asker, servers, settings, clock);
    procedures = new Rfc3263(records, chance, settings.transports());
  }

  @Override
  public List<Endpoint> resolve(SipUri uri) {
    return procedures.resolve(uri);
  }

  /// Everything that the DNS has for SIP under `domain`; never throws, what nobody answered is in [Survey#failures]. Blocks.
  public Survey survey(String domain) {
    return Survey.of(records, domain);
  }

  /// Answers that are kept.
  public int cached() {
    return records.cached();
  }

  @Override
  public void close() {
    asker.close();
    loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
  }
}
