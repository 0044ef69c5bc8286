// Names each setting once, with its type and its bounds, and checks what must hold between them.
package tucket.app.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tucket.protocol.Malformed;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.digest.Algorithm;
import tucket.server.Limits;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;

/// One use reads one configuration.
final class Settings {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration YEAR = Duration.ofDays(366);
  private static final String SIP_URI = "a SIP URI such as \"sip:192.0.2.1;lr;transport=tcp\"";
  private static final String SOURCE = "a numeric address, or address:port";
  private static final List<String> PEER_KEYS = List.of("name", "domains", "route", "trusted", "sources", "certificates", "defers");

  /// A chunk of a message over MSRP, with its head.
  private static final int CHUNK = 11 << 10;

  private final Reader in;

  Settings(Reader in) {
    this.in = in;
  }

  Config read() {
    Config config =
        new Config(
            in.parsed("domain", "a domain name such as im.example", Settings::domain),
            in.parsedList("aliases", "a domain name or numeric address", Settings::domain),
            Path.of(in.text("data")),
            sip(),
            msrp(),
            in.parsedIfSet("http.listen", "an address such as \"127.0.0.1:8080\"", Reader::socketAddress),
            xdms(),
            in.choice("storage.engine", Config.Storage.class),
            core(),
            im(),
            new Config.Presence(in.flag("presence.on"), in.choice("presence.unknown-watchers", Config.Watchers.class),
                in.parsedIfSet("presence.external", SIP_URI, Settings::sipUri)),
            limits(),
            connections(),
            new Config.Lab(in.flag("lab.users")),
            log());
    together(config);
    return config;
  }

  private Config.Msrp msrp() {
    return new Config.Msrp(
        in.parsedList("msrp.listen", "an address such as \"tcp:127.0.0.1:2855\"", Settings::stream), in.text("msrp.advertise"),
        in.choice("msrp.relay", Config.Relay.class), sessions());
  }

  private Config.Sessions sessions() {
    Duration least = Duration.ofMillis(100);
    Duration hour = Duration.ofHours(1);
    long mebi = 1L << 20;
    return new Config.Sessions(
        in.number("limits.sessions", 1, 10_000_000),
        (int) in.bytes("limits.session-message", 256, 256 * mebi),
        (int) in.bytes("limits.session-early", 0, 256 * mebi),
        in.number("limits.session-requests", 1, 10_000),
        in.number("limits.session-queue", 1, 1_000_000),
        in.number("limits.session-undecided", 1, 1_000_000),
        in.number("limits.relay-paths", 1, 10_000_000),
        in.number("limits.relay-paths-of-user", 1, 1_000_000),
        in.number("limits.relay-hops-of-path", 1, 10_000),
        new Config.SessionTimes(
            in.time("limits.session-idle-time", least, YEAR),
            in.time("limits.session-response-time", least, hour),
            in.time("limits.session-bind-time", least, hour),
            in.time("limits.session-connect-time", least, hour),
            in.time("limits.ringing-time", least, hour),
            in.time("limits.report-time", Duration.ZERO, hour),
            in.time("limits.push-linger-time", Duration.ZERO, hour),
            in.time("limits.relay-time", least, YEAR)));
  }

  private Config.Sip sip() {
    return new Config.Sip(
        in.parsedList("sip.listen", "an address such as \"udp:127.0.0.1:5060\"", Settings::listener),
        in.text("sip.advertise"),
        new Config.Tls(
            file("sip.tls.certificate"), file("sip.tls.key"), in.flag("sip.tls.lab"), file("sip.tls.trust"), in.flag("sip.tls.ask-peers")),
        new Config.Timers(
            in.time("sip.timers.t1", Duration.ofMillis(10), Duration.ofSeconds(10)),
            in.time("sip.timers.t2", Duration.ofMillis(20), Duration.ofMinutes(1)),
            in.time("sip.timers.t4", Duration.ofMillis(20), Duration.ofMinutes(1))),
        hosts());
  }

  private Map<String, InetAddress> hosts() {
    Map<String, InetAddress> hosts = new TreeMap<>();
    in.map("sip.hosts", "names and numeric addresses, such as { \"ims.example\" = \"192.0.2.7\" }")
        .forEach(
            (name, address) -> {
              try {
                hosts.put(name, InetAddress.ofLiteral(address));
              } catch (IllegalArgumentException e) {
                in.reject("sip.hosts", "\"" + name + "\" wants a numeric address; found \"" + address + "\"");
              }
            });
    return hosts;
  }

  private Config.Core core() {
    return new Config.Core(
        in.choice("core.mode", Config.Mode.class),
        in.text("core.realm"),
        in.parsed("core.region", "two letters of a country, or \"\"", Settings::region),
        in.parsedList("core.algorithms", "one of SHA-512-256, SHA-256, MD5", Settings::algorithm),
        in.time("core.nonce-life", SECOND, DAY),
        in.choice("core.challenge.streams", Config.Challenge.class),
        in.choice("core.challenge.datagrams", Config.Challenge.class),
        in.time("core.registration", SECOND, YEAR),
        in.time("core.flow-timer", SECOND, DAY),
        in.flag("core.temporary-gruus"),
        in.flag("core.foreign"),
        in.objects("core.peers", "a list of { name, domains, route, trusted, sources, certificates, defers }", PEER_KEYS, Settings::peer),
        new Config.External(
            in.parsedIfSet("core.external.route", SIP_URI, Settings::sipUri), in.parsedList("core.external.trusted", SOURCE, Settings::source)));
  }

  private static Config.Peer peer(com.typesafe.config.Config c) {
    return new Config.Peer(
        c.getString("name"),
        c.getStringList("domains").stream().map(Settings::domain).toList(),
        c.hasPath("route") ? Optional.of(sipUri(c.getString("route"))) : Optional.empty(),
        c.hasPath("trusted") && c.getBoolean("trusted"),
        c.hasPath("sources") ? c.getStringList("sources").stream().map(Settings::source).toList() : List.of(),
        c.hasPath("certificates") ? List.copyOf(c.getStringList("certificates")) : List.of(),
        !c.hasPath("defers") || c.getBoolean("defers"));
  }

  private Config.Im im() {
    return new Config.Im(
        in.time("im.message-life", SECOND, YEAR.multipliedBy(10)),
        in.choice("im.devices", Config.Devices.class),
        in.choice("im.cpim-rewrite", Config.CpimRewrite.class),
        in.parsedList("im.accepted-types", "a media type such as \"text/plain\" or \"image/*\"", Settings::mediaType),
        in.number("im.push-parallel", 1, 1_000_000),
        in.time("im.trace-retention", Duration.ZERO, YEAR),
        in.time("im.charging-retention", Duration.ZERO, YEAR.multipliedBy(10)),
        in.flag("im.deferral"),
        in.flag("im.media-path"),
        in.choice("im.anonymity", Config.Anonymity.class));
  }

  private Config.Xdms xdms() {
    long mebi = 1L << 20;
    return new Config.Xdms(
        xdmsListen(),
        in.flag("xdms.tls"),
        in.parsed("xdms.root", "a URI such as \"https://xcap.im.example/xcap\", or \"\"", Settings::root),
        in.parsedList("xdms.trusted.addresses", "a numeric address", InetAddress::ofLiteral),
        in.parsedList("xdms.trusted.certificates", "a domain name", Settings::domain),
        in.parsedIfSet("xdms.remote.root", "a URI such as \"https://xdms.im.example/xcap\"", text -> URI.create(root(text))),
        in.parsedIfSet("xdms.remote.sip", SIP_URI, Settings::sipUri),
        (int) in.bytes("limits.xdm-document", 1024, 4 * mebi),
        in.number("limits.xdm-documents-of-one-user", 1, 10_000),
        in.bytes("limits.xdm-of-one-user", 1024, 1024 * mebi));
  }

  /// `auto` is the port behind that of http.listen, any free one where that has any, and none where there is none.
  private Optional<InetSocketAddress> xdmsListen() {
    if (!in.text("xdms.listen").equals("auto")) {
      return in.parsedIfSet("xdms.listen", "an address such as \"127.0.0.1:8081\", or auto", Reader::socketAddress);
    }
    return in.parsedIfSet("http.listen", "an address such as \"127.0.0.1:8080\"", Reader::socketAddress)
        .map(at -> new InetSocketAddress(at.getAddress(), at.getPort() == 0 || at.getPort() == 65_535 ? 0 : at.getPort() + 1));
  }

  private static String root(String text) {
    if (!text.isEmpty() && !text.matches("https?://[A-Za-z0-9.:\\[\\]-]+(/[A-Za-z0-9._~-]+)*")) {
      throw new IllegalArgumentException("\"" + text + "\"");
    }
    return text;
  }

  private Limits limits() {
    long mebi = 1L << 20;
    return new Limits(
        (int) in.bytes("limits.message", 256, 64 * mebi),
        (int) in.bytes("limits.inflated", 256, 256 * mebi),
        in.number("limits.queue-messages", 1, 10_000_000),
        in.bytes("limits.queue", 1024, mebi << 20),
        in.number("limits.devices", 1, 1000),
        in.number("limits.devices-remembered", 0, 1000),
        in.number("limits.registrations", 1, 100_000_000),
        in.number("limits.subscriptions", 1, 100_000_000),
        in.number("limits.subscriptions-of-one-user", 1, 10_000),
        in.number("limits.identities", 0, 1000),
        in.number("limits.requests-of-one-user", 1, 1_000_000),
        in.number("limits.requests-a-second-of-one-user", 0, 1_000_000),
        in.number("limits.requests", 1, 10_000_000),
        in.number("limits.wrong-passwords-remembered", 1, 100_000_000),
        in.number("limits.trace-events", 0, 100_000_000),
        in.time("limits.request-time", Duration.ofMillis(100), Duration.ofMinutes(3)),
        in.time("limits.push-time", Duration.ofMillis(100), Duration.ofMinutes(3)),
        in.time("limits.settle", Duration.ZERO, Duration.ofMinutes(3)),
        in.time("limits.registration-least", SECOND, YEAR),
        in.time("limits.registration-most", SECOND, YEAR),
        in.time("limits.subscription-least", SECOND, YEAR),
        in.time("limits.subscription-most", SECOND, YEAR),
        in.time("limits.device-memory", Duration.ZERO, YEAR));
  }

  private Config.Connections connections() {
    Duration least = Duration.ofMillis(100);
    Duration hour = Duration.ofHours(1);
    long mebi = 1L << 20;
    return new Config.Connections(
        in.number("limits.connections", 10, 10_000_000),
        in.number("limits.connections-from-one-address", 1, 10_000_000),
        in.number("limits.requests-a-second-from-one-address", 0, 10_000_000),
        in.parsedList("limits.unlimited-addresses", "a numeric address", InetAddress::ofLiteral),
        in.number("limits.http-connections", 1, 1_000_000),
        in.number("limits.http-requests", 1, 1_000_000),
        in.number("limits.transactions", 1, 100_000_000),
        in.number("limits.connections-not-accepted", 1, 1_000_000),
        (int) in.bytes("limits.unsent-of-one-connection", 1024, 1024 * mebi),
        in.bytes("limits.unsent", 1024, mebi << 20),
        (int) in.bytes("limits.unsent-datagrams", 1024, 1024 * mebi),
        in.number("limits.header-lines", 20, 100_000),
        (int) in.bytes("limits.header", 2048, 16 * mebi),
        (int) in.bytes("limits.header-line", 512, 16 * mebi),
        in.time("limits.wait-time", Duration.ZERO, hour),
        in.time("limits.connect-time", least, hour),
        in.time("limits.handshake-time", least, hour),
        in.time("limits.first-byte-time", least, hour),
        in.time("limits.message-time", least, hour),
        in.time("limits.stall-time", least, hour),
        in.time("limits.idle-time", least, YEAR),
        in.time("limits.http-request-time", least, hour),
        in.time("limits.http-idle-time", least, YEAR));
  }

  private Config.Log log() {
    Map<String, String> levels = in.map("log.levels", "names of parts and their levels, such as { \"tucket.server.im\" = debug }");
    List<String> known = List.of("error", "warn", "info", "debug", "trace");
    levels.forEach(
        (part, level) -> {
          if (!known.contains(level.toLowerCase(Locale.ROOT))) {
            in.reject("log.levels", "\"" + part + "\" wants one of " + String.join(", ", known) + "; found \"" + level + "\"");
          }
        });
    return new Config.Log(in.choice("log.format", Config.Format.class), in.choice("log.level", Config.Level.class), levels);
  }

  /// What no setting can be right or wrong about alone.
  private void together(Config config) {
    Config.Sip sip = config.sip();
    Config.Tls tls = sip.tls();
    if (sip.listen().isEmpty()) {
      in.reject("sip.listen", "must name at least one address");
    }
    msrp(config.msrp(), sip);
    if (config.msrp().relay() != Config.Relay.OFF && config.core().mode() == Config.Mode.EXTERNAL) {
      in.reject("msrp.relay", "wants the passwords of the embedded core; with core.mode = external it must be off");
    }
    if ((long) config.msrp().sessions().requests() * CHUNK > config.connections().outbox()) {
      in.reject("limits.session-requests", "times the 11 KiB of a chunk must not be more than limits.unsent-of-one-connection");
    }
    boolean listensTls = sip.listen().stream().anyMatch(e -> e.protocol().secure());
    if (listensTls && !tls.lab() && (tls.certificate().isEmpty() || tls.key().isEmpty())) {
      in.reject("sip.tls", "a tls listener wants sip.tls.certificate and sip.tls.key, or sip.tls.lab = true for a trial on loopback");
    }
    if (tls.certificate().isPresent() != tls.key().isPresent()) {
      in.reject("sip.tls", "certificate and key are given together or not at all");
    }
    if (tls.lab() && !config.onlyLoopback()) {
      in.reject("sip.tls.lab", "the lab certificate is refused where a listener can be reached from other machines");
    }
    order("limits.registration-least", config.limits().registrationMin(), config.core().registration(), "core.registration");
    order("core.registration", config.core().registration(), config.limits().registrationMax(), "limits.registration-most");
    order("limits.subscription-least", config.limits().subscriptionMin(), config.limits().subscriptionMax(), "limits.subscription-most");
    order("sip.timers.t1", sip.timers().t1(), sip.timers().t2(), "sip.timers.t2");
    if (config.limits().inflatedBytes() < config.limits().messageBytes()) {
      in.reject("limits.inflated", "must not be less than limits.message");
    }
    if (config.connections().outboxes() < config.connections().outbox()) {
      in.reject("limits.unsent", "must not be less than limits.unsent-of-one-connection");
    }
    if (config.core().algorithms().isEmpty()) {
      in.reject("core.algorithms", "must name at least one of SHA-512-256, SHA-256, MD5");
    }
    if (config.xdms().tls() && tls.certificate().isEmpty() && !tls.lab()) {
      in.reject("xdms.tls", "wants sip.tls.certificate and sip.tls.key");
    }
    if (config.xdms().remote().isPresent() != config.xdms().remoteSip().isPresent()) {
      in.reject("xdms.remote", "root and sip are given together or not at all");
    }
    if (config.core().mode() == Config.Mode.EXTERNAL) {
      external(config.core().external());
    }
  }

  private void msrp(Config.Msrp msrp, Config.Sip sip) {
    if (msrp.advertise().isEmpty() && msrp.listen().stream().anyMatch(e -> e.address().getAddress().isAnyLocalAddress())) {
      in.reject("msrp.advertise", "must name the address that clients connect to where msrp.listen has 0.0.0.0 or [::]");
    }
    boolean afar = sip.listen().stream().anyMatch(e -> !e.address().getAddress().isLoopbackAddress());
    if (afar && !msrp.listen().isEmpty() && msrp.listen().stream().allMatch(e -> e.address().getAddress().isLoopbackAddress())) {
      in.reject("msrp.listen", "must have an address that clients reach, as sip.listen has, or be [] for no sessions");
    }
    boolean certificate = sip.tls().certificate().isPresent() || sip.tls().lab();
    if (!certificate && msrp.listen().stream().anyMatch(e -> e.protocol() == Protocol.TLS)) {
      in.reject("msrp.listen", "tls wants sip.tls.certificate and sip.tls.key");
    }
  }

  private void external(Config.External external) {
    if (external.route().isEmpty()) {
      in.reject("core.external.route", "core.mode = external wants the SIP URI of the core, such as \"sip:scscf.ims.example;lr\"");
    }
    if (external.trusted().isEmpty()) {
      in.reject("core.external.trusted", "core.mode = external wants the addresses of the core, such as [\"192.0.2.1\"]");
    }
  }

  private void order(String path, Duration less, Duration more, String than) {
    if (less.compareTo(more) > 0) {
      in.reject(path, "must not be longer than " + than);
    }
  }

  private Optional<Path> file(String path) {
    return in.parsedIfSet(
        path,
        "a file that can be read",
        text -> {
          if (!Files.isReadable(Path.of(text))) {
            throw new IllegalArgumentException("\"" + text + "\", which is not there or can't be read");
          }
          return Path.of(text);
        });
  }

  private static Endpoint stream(String text) {
    Endpoint endpoint = listener(text);
    if (endpoint.protocol() == Protocol.UDP) {
      throw new IllegalArgumentException("\"" + text + "\"; MSRP goes over tcp and tls");
    }
    return endpoint;
  }

  private static Endpoint listener(String text) {
    Endpoint endpoint = Reader.endpoint(text);
    if (endpoint.protocol() == Protocol.WS || endpoint.protocol() == Protocol.WSS) {
      throw new IllegalArgumentException("\"" + text + "\"; only udp, tcp and tls are served");
    }
    return endpoint;
  }

  /// `192.0.2.9` or `192.0.2.9:5060`; without a port, port 0 stands for any.
  private static InetSocketAddress source(String text) {
    try {
      return new InetSocketAddress(InetAddress.ofLiteral(text.replaceAll("^\\[(.*)]$", "$1")), 0);
    } catch (IllegalArgumentException e) {
      return Reader.socketAddress(text);
    }
  }

  private static SipUri sipUri(String text) {
    try {
      return SipUri.parse(text);
    } catch (Malformed e) {
      throw new IllegalArgumentException("\"" + text + "\": " + e.getMessage(), e);
    }
  }

  private static Algorithm algorithm(String text) {
    return Algorithm.of(text).orElseThrow(() -> new IllegalArgumentException("\"" + text + "\""));
  }

  private static String region(String text) {
    if (!text.matches("([A-Za-z]{2})?")) {
      throw new IllegalArgumentException("\"" + text + "\"");
    }
    return text.toUpperCase(Locale.ROOT);
  }

  private static String mediaType(String text) {
    if (!text.matches("[A-Za-z0-9!#$&^_.+-]+/([A-Za-z0-9!#$&^_.+-]+|\\*)")) {
      throw new IllegalArgumentException("\"" + text + "\"");
    }
    return text.toLowerCase(Locale.ROOT);
  }

  private static String domain(String text) {
    if (!text.matches("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]+]")) {
      throw new IllegalArgumentException("\"" + text + "\"");
    }
    return text.toLowerCase(Locale.ROOT);
  }
}
