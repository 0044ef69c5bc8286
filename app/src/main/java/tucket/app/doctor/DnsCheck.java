// Whether others find this server by its domain, and whether the DNS answers us.
package tucket.app.doctor;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tucket.app.config.Config;
import tucket.protocol.sip.SipUri;
import tucket.transport.Endpoint;
import tucket.transport.Unavailable;
import tucket.transport.World;
import tucket.transport.dns.DnsResolver;
import tucket.transport.dns.DnsSettings;
import tucket.transport.dns.Survey;

/// RFC 3263 from the side of somebody who looks for us. A server on loopback alone needs no DNS.
final class DnsCheck implements Check {
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final String RESERVED = "(?i)(.*\\.)?(example|test|invalid|localhost|local|internal)|(.*\\.)?example\\.(com|net|org)";
  private static final String ZONE = "add to the zone: `_sip._udp.%s. SRV 0 0 %d %s.` and likewise _sip._tcp and _sips._tcp (docs/install.md)";

  private final World world;
  private final List<InetSocketAddress> nameServers;

  DnsCheck(World world, List<InetSocketAddress> nameServers) {
    this.world = world;
    this.nameServers = nameServers;
  }

  /// Those of `/etc/resolv.conf`.
  static List<InetSocketAddress> nameServers(Machine machine) {
    List<InetSocketAddress> found = new ArrayList<>();
    for (String line : machine.lines("etc/resolv.conf")) {
      String[] words = line.strip().split("\\s+");
      if (words.length > 1 && words[0].equals("nameserver")) {
        try {
          found.add(new InetSocketAddress(InetAddress.ofLiteral(words[1]), 53));
        } catch (IllegalArgumentException senseless) {
          continue;
        }
      }
    }
    return found;
  }

  @Override
  public String area() {
    return "dns";
  }

  @Override
  public void look(Config config, Findings to) {
    boolean alone = config.onlyLoopback() && config.core().peers().isEmpty() && config.core().mode() == Config.Mode.EMBEDDED;
    if (alone) {
      to.ok("not needed: every listener is on loopback");
      return;
    }
    if (config.domain().matches(RESERVED)) {
      to.warning(config.domain() + " is a name that the DNS never has (RFC 2606, RFC 6761)", "set domain to a name of your own");
    }
    boolean anyAnswers = false;
    for (InetSocketAddress server : nameServers) {
      anyAnswers |= answers(server, config.domain(), to);
    }
    if (nameServers.isEmpty()) {
      to.problem("this machine has no name server", "name one in /etc/resolv.conf: `nameserver 192.0.2.53`, or name every peer in sip.hosts");
    }
    if (anyAnswers) {
      domain(config, to);
    }
  }

  private boolean answers(InetSocketAddress server, String domain, Findings to) {
    String shown = "name server " + server.getAddress().getHostAddress();
    try (DnsResolver resolver = resolver(List.of(server))) {
      List<String> failures = resolver.survey(domain).failures();
      if (failures.isEmpty()) {
        to.ok(shown + " answers");
        return true;
      }
      String remedy = "take it out of /etc/resolv.conf, or open UDP and TCP port 53 to it in the firewall";
      if (nameServers.size() > 1) {
        to.warning(shown + " does not answer", remedy);
      } else {
        to.problem(shown + " does not answer", remedy + "; peers can also be named in sip.hosts");
      }
      return false;
    }
  }

  private void domain(Config config, Findings to) {
    try (DnsResolver resolver = resolver(nameServers)) {
      Survey survey = resolver.survey(config.domain());
      int port = config.sip().listen().isEmpty() ? 5060 : config.sip().listen().getFirst().port();
      String host = config.sip().advertise().isEmpty() ? config.domain() : config.sip().advertise();
      if (survey.naptr().isEmpty() && survey.srv().isEmpty() && survey.addresses().isEmpty()) {
        to.problem("the DNS knows no NAPTR, SRV, A or AAAA record of " + config.domain(), String.format(ZONE, config.domain(), port, host));
        return;
      }
      to.ok(
          String.format(
              "%s has %d NAPTR, %d SRV and %d address records",
              config.domain(), survey.naptr().size(), survey.srv().size(), survey.addresses().size()));
      to.warningIf(
          survey.srv().isEmpty(),
          "SRV: " + String.join(", ", survey.srv()),
          "no SRV record says which port and transport " + config.domain() + " is served at",
          String.format(ZONE, config.domain(), port, host));
      leads(config, resolver.resolve(SipUri.of("", config.domain())), to);
    } catch (Unavailable nowhere) {
      to.problem("the records of " + config.domain() + " lead nowhere: " + nowhere.getMessage(), "give the targets of the SRV records A or AAAA records");
    }
  }

  /// Compares where others are sent with where we listen.
  private static void leads(Config config, List<Endpoint> found, Findings to) {
    Set<InetAddress> own = ownAddresses();
    String all = found.stream().map(Endpoint::toString).distinct().collect(Collectors.joining(", "));
    boolean here = found.stream().anyMatch(e -> own.contains(e.address().getAddress()));
    String shown = "sip:" + config.domain() + " leads to " + all;
    to.warningIf(
        !here,
        shown + ", which is here",
        shown + ", no address of this machine",
        "correct the records, or, behind NAT or a load balancer, set sip.advertise to the name or address that leads to this server");
    Set<String> kinds = new LinkedHashSet<>();
    for (Endpoint e : found) {
      boolean served = config.sip().listen().stream().anyMatch(l -> l.protocol() == e.protocol() && l.port() == e.port());
      if (own.contains(e.address().getAddress()) && !served) {
        kinds.add(e.protocol().name().toLowerCase(java.util.Locale.ROOT) + " port " + e.port());
      }
    }
    if (!kinds.isEmpty()) {
      String missing = String.join(", ", kinds);
      to.warning("the DNS sends others to " + missing + " here, which is not listened on", "add it to sip.listen, or take its record out of the zone");
    }
  }

  private static Set<InetAddress> ownAddresses() {
    try {
      return NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses).map(DnsCheck::plain).collect(Collectors.toSet());
    } catch (SocketException unknown) {
      return Set.of();
    }
  }

  /// Without the scope of a link-local address.
  private static InetAddress plain(InetAddress address) {
    try {
      return InetAddress.getByAddress(address.getAddress());
    } catch (java.net.UnknownHostException impossible) {
      return address;
    }
  }

  private DnsResolver resolver(List<InetSocketAddress> servers) {
    return new DnsResolver(DnsSettings.DEFAULT.withNameServers(servers).withQuery(PATIENCE, 2 * servers.size()), world.clock(), world.chance());
  }
}
