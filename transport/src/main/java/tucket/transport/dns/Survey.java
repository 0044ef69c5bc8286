// What the DNS says about a SIP domain, kind by kind, for a diagnosis.
package tucket.transport.dns;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import tucket.transport.Unavailable;

/// The records that RFC 3263 section 4 goes through, whether a resolution would look at them or not.
///
/// @param naptr each as `SIP+D2T _sip._tcp.example.org`
/// @param srv each as `_sip._tcp.example.org 192.0.2.1:5060`, with the target as the record names it
/// @param addresses A and AAAA of the domain itself
/// @param failures look-ups that nobody answered, a sentence each; empty where the DNS works
public record Survey(List<String> naptr, List<String> srv, List<InetAddress> addresses, List<String> failures) {
  public Survey {
    naptr = List.copyOf(naptr);
    srv = List.copyOf(srv);
    addresses = List.copyOf(addresses);
    failures = List.copyOf(failures);
  }

  static Survey of(Records records, String domain) {
    List<String> failures = new ArrayList<>();
    List<String> naptr = asked(records::naptr, domain, failures).stream().map(n -> n.service() + " " + n.replacement()).toList();
    List<String> srv = new ArrayList<>();
    for (String service : List.of("_sips._tcp.", "_sip._tcp.", "_sip._udp.")) {
      asked(records::srv, service + domain, failures).forEach(s -> srv.add(service + domain + " " + s.target() + ":" + s.port()));
    }
    return new Survey(naptr, srv, asked(records::addresses, domain, failures), failures);
  }

  private static <T> List<T> asked(Function<String, List<T>> kind, String name, List<String> failures) {
    try {
      return kind.apply(name);
    } catch (Unavailable silent) {
      failures.add(String.valueOf(silent.getMessage()));
      return List.of();
    }
  }
}
