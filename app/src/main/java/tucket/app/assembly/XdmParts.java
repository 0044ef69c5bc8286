// Puts the XDMSs and the Aggregation Proxy together.
package tucket.app.assembly;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import tucket.app.config.Config;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.SipUri;
import tucket.protocol.xcap.XcapDiff;
import tucket.server.Metrics;
import tucket.server.core.CoreSettings;
import tucket.server.core.HttpAuthentication;
import tucket.server.core.OwnAddresses;
import tucket.server.core.Subscribers;
import tucket.server.event.Notified;
import tucket.server.event.Notifier;
import tucket.server.event.Sender;
import tucket.server.event.Watcher;
import tucket.server.im.settings.ServiceAddresses;
import tucket.server.reference.Im3ImXdms;
import tucket.server.reference.Im4SharedXdms;
import tucket.server.xdms.AggregationProxy;
import tucket.server.xdms.EmbeddedXdms;
import tucket.server.xdms.RemoteXdms;
import tucket.server.xdms.XcapDiffEvents;
import tucket.server.xdms.XdmsSettings;
import tucket.server.xdms.usage.Asker;
import tucket.store.Engine;
import tucket.transport.Protocol;
import tucket.transport.World;
import tucket.transport.http.HttpCalls;
import tucket.transport.http.HttpLimits;
import tucket.transport.http.HttpServer;
import tucket.transport.net.TlsMaterial;

/// What [Assembly] needs of XDM: the XDMSs themselves, here or in another process, and the HTTP server in front of them where one is wanted.
final class XdmParts implements AutoCloseable {
  private static final String PATH = "/xcap";
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration LEAST_INTERVAL = Duration.ofSeconds(1);
  private static final int KEPT = 100_000;
  private static final String WATCHER = "xdm";

  private final Config config;
  private final HttpAuthentication authentication;
  private final World world;
  private final EmbeddedXdms xdms;
  private final Optional<HttpCalls> calls;
  private final Optional<RemoteXdms> remote;
  private final Metrics metrics;
  private final AtomicReference<InetSocketAddress> bound = new AtomicReference<>();

  private final Deque<Watcher> watchers = new ConcurrentLinkedDeque<>();

  XdmParts(Config config, World world, CoreSettings core, Engine engine, Subscribers subscribers, TlsMaterial tls, Metrics metrics) {
    this.config = config;
    this.world = world;
    this.metrics = metrics;
    this.authentication = new HttpAuthentication(world, core, config.limits().failuresRemembered(), subscribers, metrics);
    this.calls = config.xdms().remote().map(at -> new HttpCalls(HttpCalls.Version.HTTP_1_1, Optional.of(tls), PATIENCE, 4 * config.xdms().documentBytes()));
    this.remote = calls.map(c -> new RemoteXdms(config.xdms().remote().orElseThrow(), c, KEPT, authentication::home, world.clock()));
    this.xdms = new EmbeddedXdms(world, engine, settings(), authentication::home);
  }

  private XdmsSettings settings() {
    Config.Xdms own = config.xdms();
    XdmsSettings usual = XdmsSettings.of("");
    return new XdmsSettings(
        this::root, own.documentBytes(), own.documents(), own.bytes(), usual.cachedCharacters(), usual.searchResults());
  }

  private String root() {
    Config.Xdms own = config.xdms();
    if (!own.root().isEmpty()) {
      return own.root();
    }
    String host = Optional.ofNullable(bound.get()).or(own::listen).map(at -> at.getAddress().getHostAddress() + ":" + at.getPort()).orElse("localhost");
    return (own.tls() ? "https://" : "http://") + host + PATH;
  }

  /// IM-3: where the documents of the IM service are.
  Im3ImXdms im() {
    return remote.<Im3ImXdms>map(r -> r).orElse(xdms);
  }

  /// IM-4: where the shared documents are.
  Im4SharedXdms shared() {
    return remote.<Im4SharedXdms>map(r -> r).orElse(xdms);
  }

  /// Lets users, and trusted servers, subscribe to changes of the documents here.
  void notifyBy(Notifier notifier) {
    AddressOfRecord server = ServiceAddresses.of(config.domain()).system();
    for (String name : List.of("xcap-diff", "ua-profile")) {
      notifier.add(new XcapDiffEvents(name, LEAST_INTERVAL, xdms, who -> who.equals(server) ? Asker.SERVER : user(who), notifier::changed));
    }
  }

  /// Behind another core that one knows the users.
  private Asker user(AddressOfRecord who) {
    return config.core().mode() == Config.Mode.EXTERNAL ? Asker.asserted(who) : Asker.of(who);
  }

  /// Subscribes to the changes of the documents there, once the SIP sockets are open. `listening` hears the NOTIFYs of a watcher. Behind another core
  /// the subscription goes through that.
  void follow(Consumer<Notified> listening, Sender sender, OwnAddresses addresses) {
    if (remote.isEmpty()) {
      return;
    }
    SipUri there = config.xdms().remoteSip().orElseThrow();
    Optional<SipUri> through = config.core().mode() == Config.Mode.EXTERNAL ? config.core().external().route().map(XdmParts::loose) : Optional.empty();
    SipUri at = through.orElse(there);
    MediaType diff = MediaType.parse(XcapDiff.TYPE);
    Protocol protocol = protocol(at);
    Watcher.Wish wish =
        new Watcher.Wish(at, there, ServiceAddresses.of(config.domain()).system(), addresses.by(protocol, WATCHER), "xcap-diff", diff, MediaType.RESOURCE_LISTS,
            remote.get().wanted(), through);
    Watcher watcher = new Watcher(world, sender, wish, remote.get());
    watchers.add(watcher);
    listening.accept(watcher);
    watcher.start();
  }

  private static SipUri loose(SipUri core) {
    return core.isLoose() ? core : core.withParam("lr");
  }

  /// How a next hop is reached.
  static Protocol protocol(SipUri at) {
    return at.params().value("transport").filter("tcp"::equalsIgnoreCase).isPresent() ? Protocol.TCP : Protocol.UDP;
  }

  @Override
  public void close() {
    watchers.forEach(Watcher::close);
    calls.ifPresent(HttpCalls::close);
  }

  /// Serves XCAP; throws [tucket.transport.Unavailable] where the address is not to be had.
  HttpServer serve(InetSocketAddress at, TlsMaterial tls) {
    Config.Xdms own = config.xdms();
    AggregationProxy.Trust trust = new AggregationProxy.Trust(Set.copyOf(own.trusted()), Set.copyOf(own.certificates()));
    AggregationProxy.Behind behind = remote.<AggregationProxy.Behind>map(r -> r).orElse(xdms.server()::answer);
    AggregationProxy proxy = new AggregationProxy(xdms.settings().path(), authentication, trust, behind, metrics);
    HttpLimits limits = new Translation(config).http().withBodyBytes(own.documentBytes());
    HttpServer server = HttpServer.start(at, own.tls() ? Optional.of(tls) : Optional.empty(), proxy.routes(), limits);
    bound.set(server.local());
    return server;
  }
}
