// One domain, or two whose servers trust each other.
package tucket.app.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.net.SelfSigned;
import tucket.transport.net.TlsSettings;

/// Two know each other by their certificates and talk over IM-2 and IM-8. Both keep what can't be delivered.
final class Homes {
  private static final String PARTNER = "partner.example";

  private Homes() {}

  static List<Home> of(Torture.Plan plan, FreePorts ports) {
    return plan.domains() == 1 ? List.of(alone(plan, ports)) : pair(plan, ports);
  }

  private static Home alone(Torture.Plan plan, FreePorts ports) {
    Home.Place place = new Home.Place(Stage.DOMAIN, ports.take(Protocol.UDP), ports.take(Protocol.TCP), plan.data(), plan.logs());
    return new Home(place, ports.take(Protocol.TCP), List.of(listen(place, List.of())));
  }

  private record Side(Home.Place place, Endpoint tls, TlsSettings.Identity identity) {
    static Side of(String domain, Torture.Plan plan, FreePorts ports) {
      Path folder = plan.logs().resolve(domain);
      try {
        Files.createDirectories(folder);
      } catch (IOException e) {
        throw new UncheckedIOException("can't make " + folder, e);
      }
      Home.Place place = new Home.Place(domain, ports.take(Protocol.UDP), ports.take(Protocol.TCP), plan.data().resolve(domain), folder);
      Endpoint tls = new Endpoint(Protocol.TLS, ports.take(Protocol.TCP).address());
      return new Side(place, tls, SelfSigned.make(folder.resolve("tls"), List.of(domain), Duration.ofDays(1)));
    }
  }

  private static List<Home> pair(Torture.Plan plan, FreePorts ports) {
    Side here = Side.of(Stage.DOMAIN, plan, ports);
    Side there = Side.of(PARTNER, plan, ports);
    return List.of(home(here, there, ports), home(there, here, ports));
  }

  private static Home home(Side own, Side other, FreePorts ports) {
    String peer = other.place.domain();
    List<String> settings = new ArrayList<>(List.of(
        listen(own.place, List.of(own.tls)),
        "msrp.listen=[\"" + ports.take(Protocol.TCP) + "\"]",
        "sip.tls.certificate=\"" + own.identity.certificateChain() + "\"",
        "sip.tls.key=\"" + own.identity.privateKey() + "\"",
        "sip.tls.trust=\"" + other.identity.certificateChain() + "\"",
        "sip.tls.ask-peers=true",
        "sip.hosts={\"" + peer + "\"=\"" + other.tls.host() + "\"}",
        "core.peers=[{name=other,domains=[\"" + peer + "\"],route=\"sip:" + peer + ":" + other.tls.port()
            + ";transport=tls;lr\",trusted=true,sources=[],certificates=[\"" + peer + "\"],defers=true}]"));
    return new Home(own.place, ports.take(Protocol.TCP), settings);
  }

  private static String listen(Home.Place place, List<Endpoint> more) {
    List<String> all = new ArrayList<>(List.of("\"" + place.udp() + "\"", "\"" + place.tcp() + "\""));
    more.forEach(e -> all.add("\"" + e + "\""));
    return "sip.listen=[" + String.join(",", all) + "]";
  }
}
