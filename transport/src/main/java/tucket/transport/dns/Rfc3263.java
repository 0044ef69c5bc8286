// How a client finds a SIP server by DNS: the procedures of RFC 3263, above any source of records.
package tucket.transport.dns;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tucket.protocol.sip.SipUri;
import tucket.transport.Chance;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;
import tucket.transport.dns.Records.Naptr;
import tucket.transport.dns.Records.Srv;

/// Section 4.1 (transport) and 4.2 (addresses and ports), with RFC 2782's order by priority and weight.
final class Rfc3263 implements Resolver {
  /// What an answer may make us try; records beyond it are not looked at.
  static final int MOST_ENDPOINTS = 32;

  private static final int MOST_RECORDS = 32;

  private final Records records;
  private final Chance chance;
  private final List<Protocol> transports;

  /// @param transports what we can send by, the preferred first.
  Rfc3263(Records records, Chance chance, List<Protocol> transports) {
    this.records = records;
    this.chance = chance;
    this.transports = List.copyOf(transports);
  }

  @Override
  public List<Endpoint> resolve(SipUri uri) {
    Wanted wanted = Wanted.of(uri);
    if (wanted.numeric().isPresent()) {
      return wanted.at(List.of(wanted.numeric().get()));
    }
    Set<Endpoint> found = new LinkedHashSet<>();
    if (wanted.port() >= 0) {
      found.addAll(wanted.at(records.addresses(wanted.host())));
    } else if (wanted.transport().isPresent()) {
      servers(serviceName(wanted.host(), wanted.transport().get()), wanted.transport().get(), found);
    } else {
      byServices(wanted, found);
    }
    if (found.isEmpty() && wanted.port() < 0) {
      found.addAll(wanted.at(records.addresses(wanted.host())));
    }
    if (found.isEmpty()) {
      throw wanted.unknown("DNS has no " + (wanted.port() < 0 ? "NAPTR, SRV, A or AAAA" : "A or AAAA") + " record of " + wanted.host());
    }
    return found.stream().limit(MOST_ENDPOINTS).toList();
  }

  /// Neither port nor transport is given: NAPTR, or else SRV for each transport that we have.
  private void byServices(Wanted wanted, Set<Endpoint> found) {
    List<Naptr> services =
        records.naptr(wanted.host()).stream()
            .limit(MOST_RECORDS)
            .filter(record -> protocolOf(record.service(), wanted.uri().secure()).isPresent())
            // RFC 3403 section 4.1: order strictly, preference as a hint among equals.
            .sorted(Comparator.comparingInt(Naptr::order).thenComparingInt(Naptr::preference))
            .toList();
    for (Naptr service : services) {
      Protocol protocol = protocolOf(service.service(), wanted.uri().secure()).orElseThrow();
      if (service.flags().equals("s")) {
        servers(service.replacement(), protocol, found);
      } else {
        addAll(records.addresses(service.replacement()), Wanted.defaultPort(protocol), protocol, found);
      }
    }
    if (!services.isEmpty() && !found.isEmpty()) {
      return;
    }
    // WebSocket has no place among these: RFC 7118 section 5.5 knows it by NAPTR or by the URI alone.
    List<Protocol> usable =
        transports.stream()
            .filter(one -> one != Protocol.WS && one != Protocol.WSS)
            .filter(one -> one.secure() || !wanted.uri().secure())
            .toList();
    records.expect(usable.stream().map(protocol -> serviceName(wanted.host(), protocol)).toList());
    for (Protocol protocol : usable) {
      servers(serviceName(wanted.host(), protocol), protocol, found);
    }
  }

  /// The transport behind a NAPTR service, if it is one that we have and that the URI allows; RFC 7118 section 5.5 adds D2W.
  private Optional<Protocol> protocolOf(String service, boolean secure) {
    Optional<Protocol> protocol =
        switch (service.toUpperCase(Locale.ROOT)) {
          case "SIPS+D2T" -> Optional.of(Protocol.TLS);
          case "SIP+D2T" -> Optional.of(Protocol.TCP);
          case "SIP+D2U" -> Optional.of(Protocol.UDP);
          case "SIPS+D2W" -> Optional.of(Protocol.WSS);
          case "SIP+D2W" -> Optional.of(Protocol.WS);
          default -> Optional.empty();
        };
    return protocol.filter(one -> transports.contains(one) && (one.secure() || !secure));
  }

  private static String serviceName(String domain, Protocol protocol) {
    return switch (protocol) {
      case UDP -> "_sip._udp.";
      case TCP -> "_sip._tcp.";
      case TLS -> "_sips._tcp.";
      case WS -> "_sip._ws.";
      case WSS -> "_sips._ws.";
    } + domain;
  }

  private void servers(String name, Protocol protocol, Set<Endpoint> found) {
    List<Srv> servers = records.srv(name).stream().filter(server -> !server.target().isEmpty()).limit(MOST_RECORDS).toList();
    Unavailable silent = null;
    int before = found.size();
    for (Srv server : inOrder(servers)) {
      if (found.size() >= MOST_ENDPOINTS) {
        return;
      }
      try {
        addAll(records.addresses(server.target()), server.port(), protocol, found);
      } catch (Unavailable failure) {
        // One server whose name can't be found must not hide the others.
        silent = failure;
      }
    }
    if (silent != null && found.size() == before) {
      throw silent;
    }
  }

  private static void addAll(List<InetAddress> addresses, int port, Protocol protocol, Set<Endpoint> found) {
    for (InetAddress address : addresses) {
      found.add(new Endpoint(protocol, new InetSocketAddress(address, port)));
    }
  }

  /// RFC 2782 "Usage rules": priorities upwards; among equals the next is drawn by weight, those of weight 0 having a very small chance.
  private List<Srv> inOrder(List<Srv> servers) {
    Map<Integer, List<Srv>> byPriority = new TreeMap<>();
    for (Srv server : servers) {
      byPriority.computeIfAbsent(server.priority(), priority -> new ArrayList<>()).add(server);
    }
    List<Srv> ordered = new ArrayList<>();
    for (List<Srv> equals : byPriority.values()) {
      equals.sort(Comparator.comparingInt(Srv::weight));
      while (!equals.isEmpty()) {
        long total = equals.stream().mapToLong(Srv::weight).sum();
        long drawn = draw(total + 1);
        int at = 0;
        long running = equals.getFirst().weight();
        while (running < drawn) {
          running += equals.get(++at).weight();
        }
        ordered.add(equals.remove(at));
      }
    }
    return ordered;
  }

  private long draw(long below) {
    byte[] random = new byte[7];
    chance.fill(random);
    long value = 0;
    for (byte one : random) {
      value = value << 8 | one & 0xFF;
    }
    return value % below;
  }
}
