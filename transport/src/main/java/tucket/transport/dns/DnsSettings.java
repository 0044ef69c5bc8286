// How DNS is asked.
package tucket.transport.dns;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import tucket.transport.Protocol;

/// @param nameServers whom to ask, in turn; empty: those of the machine.
/// @param query how long one server may take; the next is then asked.
/// @param queries how many packets one look-up may send.
/// @param cacheEntries answers kept, the least used going first.
/// @param longestLife the longest that an answer is kept, whatever its TTL says.
/// @param emptyLife how long it is kept that a name has no such record.
/// @param failureLife how long it is kept that nobody answered.
/// @param transports what we can send by, the preferred first, for domains that have no NAPTR records.
public record DnsSettings(
    List<InetSocketAddress> nameServers,
    Duration query,
    int queries,
    int cacheEntries,
    Duration longestLife,
    Duration emptyLife,
    Duration failureLife,
    List<Protocol> transports) {

  public static final DnsSettings DEFAULT =
      new DnsSettings(
          List.of(),
          Duration.ofSeconds(2),
          6,
          10_000,
          Duration.ofHours(1),
          Duration.ofSeconds(60),
          Duration.ofSeconds(5),
          List.of(Protocol.TLS, Protocol.TCP, Protocol.UDP));

  public DnsSettings {
    nameServers = List.copyOf(nameServers);
    transports = List.copyOf(transports);
    if (query.toMillis() < 1 || queries < 1 || cacheEntries < 1 || transports.isEmpty()) {
      throw new IllegalArgumentException("DNS times and counts must be positive, and some transport must be there");
    }
  }

  public DnsSettings withNameServers(List<InetSocketAddress> servers) {
    return new DnsSettings(servers, query, queries, cacheEntries, longestLife, emptyLife, failureLife, transports);
  }

  public DnsSettings withQuery(Duration newQuery, int newQueries) {
    return new DnsSettings(nameServers, newQuery, newQueries, cacheEntries, longestLife, emptyLife, failureLife, transports);
  }

  public DnsSettings withCacheEntries(int entries) {
    return new DnsSettings(nameServers, query, queries, entries, longestLife, emptyLife, failureLife, transports);
  }

  public DnsSettings withTransports(List<Protocol> some) {
    return new DnsSettings(nameServers, query, queries, cacheEntries, longestLife, emptyLife, failureLife, some);
  }
}
