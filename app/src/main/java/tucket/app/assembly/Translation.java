// Turns the configuration into the settings of the parts.
package tucket.app.assembly;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tucket.app.config.Config;
import tucket.app.config.Version;
import tucket.protocol.sip.SipLimits;
import tucket.protocol.sip.transaction.Timers;
import tucket.server.core.CoreSettings;
import tucket.server.core.Peer;
import tucket.server.im.settings.ImSettings;
import tucket.server.im.settings.ServiceAddresses;
import tucket.server.im.settings.SessionSettings;
import tucket.transport.http.HttpLimits;
import tucket.transport.msrp.MsrpSettings;
import tucket.transport.msrp.RelaySettings;
import tucket.transport.net.NetworkLimits;
import tucket.transport.net.NetworkSettings;
import tucket.transport.net.SelfSigned;
import tucket.transport.net.TlsMaterial;
import tucket.transport.net.TlsSettings;
import tucket.transport.sip.SipSettings;

/// One configuration's translation.
final class Translation {
  private static final Duration LAB_CERTIFICATE_LIFE = Duration.ofDays(365);

  private final Config config;

  Translation(Config config) {
    this.config = config;
  }

  NetworkSettings network() {
    NetworkSettings usual = NetworkSettings.DEFAULT;
    Config.Connections c = config.connections();
    return usual.withLimits(
        new NetworkLimits(
            c.outbox(), c.outboxes(), c.datagramOutbox(), c.total(), c.fromOneAddress(), c.backlog(), c.handshake(), c.firstByte(), c.idle(), c.stall()));
  }

  TlsMaterial tls() {
    Config.Tls tls = config.sip().tls();
    TlsSettings settings = identity(tls).map(TlsSettings::server).orElse(TlsSettings.CLIENT);
    if (tls.trust().isPresent()) {
      settings = settings.withTrust(new TlsSettings.Authorities(tls.trust().get()));
    }
    return TlsMaterial.load(settings.withClientAuth(tls.askPeers() ? TlsSettings.ClientAuth.WANTED : TlsSettings.ClientAuth.NONE));
  }

  private Optional<TlsSettings.Identity> identity(Config.Tls tls) {
    if (tls.certificate().isPresent() && tls.key().isPresent()) {
      return Optional.of(new TlsSettings.Identity(tls.certificate().get(), tls.key().get()));
    }
    if (!tls.lab()) {
      return Optional.empty();
    }
    Path folder = config.data().resolve("lab-tls");
    TlsSettings.Identity made = new TlsSettings.Identity(folder.resolve("lab.crt"), folder.resolve("lab.key"));
    boolean there = Files.isReadable(made.certificateChain()) && Files.isReadable(made.privateKey());
    return Optional.of(there ? made : SelfSigned.make(folder, domains(), LAB_CERTIFICATE_LIFE));
  }

  SipSettings sip() {
    Config.Timers timers = config.sip().timers();
    // Twice what is allowed, so that a body that is too large is read and answered 413 instead of cutting the connection.
    int body = Math.max(SipLimits.DEFAULT.bodyBytes(), (int) Math.min(Integer.MAX_VALUE / 4, 2L * config.limits().messageBytes()));
    Config.Connections c = config.connections();
    SipSettings.Limits limits =
        SipSettings.Limits.DEFAULT
            .withPending(config.limits().requestsInFlightTotal())
            .withRemembered(c.transactions())
            .withRequestsPerSecond(c.requestsPerSecond())
            .withConnections(c.total(), c.fromOneAddress())
            .withTimes(c.connect(), c.idle(), c.message())
            .withWaiting(c.waiting());
    return SipSettings.DEFAULT
        .withTimers(Timers.of(timers.t1(), timers.t2(), timers.t4()))
        .withMessages(new SipLimits(body + c.header(), c.header(), c.headers(), c.headerLine(), body))
        .withLimits(limits)
        .withUnpaced(unpaced())
        .withSentBy(config.sip().advertise());
  }

  /// Where other cores are, each of which speaks for many users, and what the operator names.
  private Set<InetAddress> unpaced() {
    Config.Core core = config.core();
    Stream<InetSocketAddress> peers = core.peers().stream().flatMap(p -> p.sources().stream());
    Stream<InetAddress> cores = Stream.concat(peers, core.external().trusted().stream()).map(InetSocketAddress::getAddress);
    return Stream.concat(cores, config.connections().unlimited().stream()).collect(Collectors.toSet());
  }

  HttpLimits http() {
    return HttpLimits.DEFAULT.withConnections(config.connections().http()).withRequests(config.connections().httpRequests())
        .withTimes(config.connections().httpIdle(), config.connections().httpRequest());
  }

  CoreSettings core() {
    Config.Core core = config.core();
    ServiceAddresses services = ServiceAddresses.of(config.domain());
    return new CoreSettings(
        domains(),
        config.sip().advertise().isEmpty() ? Set.of() : Set.of(config.sip().advertise()),
        core.realm().isEmpty() ? config.domain() : core.realm(),
        core.region(),
        core.algorithms(),
        core.nonceLife(),
        trust(core.challengeStreams()),
        trust(core.challengeDatagrams()),
        services.all(),
        peers(core),
        core.foreign(),
        core.registration(),
        core.flowTimer(),
        core.temporaryGruus(),
        "IM-serv/OMA1.0 Tucket/" + Version.NUMBER);
  }

  ImSettings im() {
    Config.Im im = config.im();
    return new ImSettings(
        config.domain(),
        im.messageLife(),
        im.devices() == Config.Devices.KNOWN ? ImSettings.AwaitedDevices.KNOWN : ImSettings.AwaitedDevices.REGISTERED,
        im.cpimRewrite() == Config.CpimRewrite.CANONICAL ? ImSettings.Rewrite.CANONICAL : ImSettings.Rewrite.VERBATIM,
        im.acceptedTypes(),
        im.pushParallel(),
        im.traceRetention(),
        im.chargingRetention(),
        im.deferral(),
        im.mediaPath())
        .withAnonymity(im.anonymity() == Config.Anonymity.NEVER ? ImSettings.Anonymity.NEVER : ImSettings.Anonymity.BY_RULES)
        .withSessions(sessions());
  }

  private SessionSettings sessions() {
    Config.Sessions sessions = config.msrp().sessions();
    Config.SessionTimes times = sessions.times();
    return new SessionSettings(times.ringing(), times.grace(), times.linger(), sessions.message());
  }

  MsrpSettings msrp() {
    Config.Sessions sessions = config.msrp().sessions();
    Config.SessionTimes times = sessions.times();
    return new MsrpSettings(
        config.msrp().advertise(),
        new MsrpSettings.Bounds(
            sessions.total(), sessions.message(), sessions.early(), sessions.requests(), sessions.queue(), sessions.undecided()),
        new MsrpSettings.Times(times.idle(), times.response(), times.bind(), times.connect()));
  }

  /// Empty where the server is no relay.
  Optional<RelaySettings> relay() {
    Config.Sessions sessions = config.msrp().sessions();
    Duration life = sessions.times().relayed();
    Duration least = RelaySettings.DEFAULT.least().compareTo(life) > 0 ? life : RelaySettings.DEFAULT.least();
    return Optional.of(RelaySettings.DEFAULT.withPaths(sessions.relayed(), sessions.relayedOfUser()).withHops(sessions.hopsOfPath())
        .withLife(life, least, life)
        .withTlsAlone(config.msrp().relay() == Config.Relay.TLS)).filter(r -> config.msrp().relay() != Config.Relay.OFF);
  }

  private List<String> domains() {
    List<String> all = new ArrayList<>(List.of(config.domain()));
    all.addAll(config.aliases());
    return all;
  }

  private List<Peer> peers(Config.Core core) {
    List<Peer> peers = new ArrayList<>(core.peers().stream().map(Translation::peer).toList());
    if (core.mode() == Config.Mode.EXTERNAL) {
      Config.External external = core.external();
      peers.add(new Peer("core", Set.copyOf(domains()), external.route(), true, sources(external.trusted()), Set.of(), true));
    }
    return peers;
  }

  private static List<Peer.Source> sources(List<InetSocketAddress> addresses) {
    return addresses.stream().map(s -> new Peer.Source(s.getAddress(), s.getPort())).toList();
  }

  private static CoreSettings.Trust trust(Config.Challenge challenge) {
    return challenge == Config.Challenge.EVERY_REQUEST ? CoreSettings.Trust.EVERY_REQUEST : CoreSettings.Trust.REGISTERED_FLOW;
  }

  private static Peer peer(Config.Peer peer) {
    return new Peer(
        peer.name(), Set.copyOf(peer.domains()), peer.route(), peer.trusted(), sources(peer.sources()), Set.copyOf(peer.certificates()),
        peer.defers());
  }
}
