// Wires a whole server: this is the one file that knows every part.
package tucket.app.assembly;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.app.admin.AdminApi;
import tucket.app.admin.AdminToken;
import tucket.app.admin.Administration;
import tucket.app.admin.LocalAdministration;
import tucket.app.config.Config;
import tucket.app.config.Version;
import tucket.protocol.sip.SipUri;
import tucket.server.DurableTrace;
import tucket.server.Metrics;
import tucket.server.core.CoreSettings;
import tucket.server.core.ExternalCore;
import tucket.server.core.MsrpAuthentication;
import tucket.server.core.OwnAddresses;
import tucket.server.core.SipIpCore;
import tucket.server.core.SipListener;
import tucket.server.core.Subscribers;
import tucket.server.event.Notified;
import tucket.server.event.Notifier;
import tucket.server.im.ImServer;
import tucket.server.media.MsrpMedia;
import tucket.server.reference.Im7ClientServer;
import tucket.server.reference.Im1ClientCore;
import tucket.server.reference.Im2ServerCore;
import tucket.store.Engine;
import tucket.transport.Deadline;
import tucket.transport.Endpoint;
import tucket.transport.World;
import tucket.transport.http.HttpServer;
import tucket.transport.msrp.MsrpStack;
import tucket.transport.net.SystemWorld;
import tucket.transport.net.TlsMaterial;
import tucket.transport.sip.SipStack;

/// A server that runs from [#start] to [#stop] or [#close]. The order in `start` is the order in which the parts depend on each other; they
/// are closed the other way round. Several servers may run in one process.
public final class Assembly implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Assembly.class);

  private final Config config;
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final List<Endpoint> listening = new ArrayList<>();
  private final AtomicBoolean open = new AtomicBoolean();
  private final World world;
  private final SipListener listener;
  private final Im1ClientCore calls;
  private final SipStack stack;
  private final List<String> labUsers;
  private final Administration administration;
  private final Optional<HttpServer> http;
  private final Optional<HttpServer> xcap;

  /// Starts a server and returns when it takes requests. Throws [tucket.transport.Unavailable] or [tucket.store.Unavailable] with a
  /// sentence that says what to do; nothing is left running then.
  public static Assembly start(Config config) {
    return start(config, real -> real);
  }

  /// The same with a world that `seenAs` makes of the real one: another clock, other chances.
  public static Assembly start(Config config, UnaryOperator<World> seenAs) {
    return new Assembly(config, seenAs);
  }

  private Assembly(Config config, UnaryOperator<World> seenAs) {
    this.config = config;
    try {
      Translation to = new Translation(config);
      TlsMaterial tls = to.tls();
      SystemWorld system = closing(new SystemWorld(to.network(), tls, true));
      world = seenAs.apply(system.world());
      Engine engine = closing(DataFolder.engine(config));
      Metrics metrics = new Metrics(new PrometheusRegistry());

      CoreSettings coreSettings = to.core();
      Subscribers subscribers = new Subscribers(engine, coreSettings, config.limits());
      labUsers = LabUsers.make(config, subscribers);
      OwnAddresses addresses = new OwnAddresses(coreSettings);
      listener = new SipListener(world, config.limits(), metrics, coreSettings.serverName());
      stack = closing(new SipStack(world, to.sip(), closing(new Resolvers(config, world)), listener));
      WireMetrics.of(metrics, stack, system.network().figures());
      Core core = core(coreSettings, engine, subscribers, addresses, metrics);
      calls = core.im1;
      XdmParts xdm = closing(new XdmParts(config, world, coreSettings, engine, subscribers, tls, metrics));
      xdm.notifyBy(core.notifier);

      DurableTrace trace = new DurableTrace(engine, world.clock(), Math.max(1, config.limits().traceEventsInMemory()));
      UserServices users = closing(new UserServices(world, config, engine, subscribers, core.notifier, xdm.shared(), metrics, stack::begin, addresses));
      Optional<Im7ClientServer> media = media(coreSettings, subscribers, metrics);
      ImServer im = closing(new ImServer(new ImServer.Parts(world, core.im2, engine, trace, users.sources(), config.limits(), media), to.im()));
      core.notifier.add(im.waitingNotice());
      core.serve.accept(users.serve(im));

      var stored = new LocalAdministration.Stored(config.domain(), subscribers, trace, im.deferred().queue(), engine);
      administration = new LocalAdministration(stored, Optional.of(new LocalAdministration.Running(core.im2, im, tls::reload)), () -> {});
      xcap = config.xdms().listen().map(at -> closing(xdm.serve(at, tls)));
      http = config.http().map(at -> closing(serveHttp(at, metrics)));
      for (Endpoint at : config.sip().listen()) {
        Endpoint here = stack.listen(at);
        addresses.listening(here);
        listening.add(here);
      }
      listener.open(core.im1);
      xdm.follow(core.watch, stack::begin, addresses);
      users.follow(core.watch);
      open.set(true);
      users.start();
      im.start(); // last: what waits is pushed at once, which wants the sockets, and phones answer with notifications at once
    } catch (RuntimeException | Error e) {
      closeParts();
      throw e;
    }
    LOG.info("event=started version={} domain={} listening={} storage={}", Version.NUMBER, config.domain(), listening, config.storage());
  }

  /// Both faces of the core that was chosen, and how functions and event packages are put on it.
  private record Core(Im1ClientCore im1, Im2ServerCore im2, Notifier notifier, Consumer<Im2ServerCore.Application> serve, Consumer<Notified> watch) {}

  private Core core(CoreSettings settings, Engine engine, Subscribers subscribers, OwnAddresses addresses, Metrics metrics) {
    if (config.core().mode() == Config.Mode.EXTERNAL) {
      SipUri route = config.core().external().route().orElseThrow();
      ExternalCore core = new ExternalCore(world, settings, route, config.limits(), engine, addresses, stack::begin, metrics);
      if (!config.msrp().listen().isEmpty()) {
        core.serveCalls(stack);
      }
      return new Core(core, core, core.notifier(), core::serve, core::watch);
    }
    SipIpCore core = new SipIpCore(world, settings, config.limits(), engine, subscribers, addresses, stack::begin, metrics);
    if (!config.msrp().listen().isEmpty()) {
      core.serveCalls(stack);
    }
    return new Core(core, core, core.notifier(), core::serve, core::watch);
  }

  private Optional<Im7ClientServer> media(CoreSettings core, Subscribers subscribers, Metrics metrics) {
    if (config.msrp().listen().isEmpty()) {
      return Optional.empty();
    }
    MsrpStack msrp = closing(new MsrpStack(world, new Translation(config).msrp()));
    new Translation(config).relay().ifPresent(how ->
        msrp.relay(how, new MsrpAuthentication(world, core, config.limits().failuresRemembered(), subscribers, metrics)));
    config.msrp().listen().forEach(msrp::listen);
    metrics.gauge("tucket_msrp_relay_paths", "Paths that the MSRP relay has handed out", msrp::relayed);
    metrics.gauge("tucket_msrp_sessions", "MSRP sessions", msrp::size);
    return Optional.of(new MsrpMedia(world, msrp));
  }

  private HttpServer serveHttp(InetSocketAddress at, Metrics metrics) {
    AdminToken token = AdminToken.in(config.data(), world.chance());
    return AdminApi.serve(at, new Translation(config).http(), administration, token, metrics.registry(), open::get);
  }

  private <T extends AutoCloseable> T closing(T part) {
    parts.push(part);
    return part;
  }

  public Config config() {
    return config;
  }

  /// Where SIP is spoken, with the ports that were chosen.
  public List<Endpoint> listening() {
    return List.copyOf(listening);
  }

  /// Where the admin API is.
  public Optional<InetSocketAddress> http() {
    return http.map(HttpServer::local);
  }

  /// Where XCAP is spoken.
  public Optional<InetSocketAddress> xcap() {
    return xcap.map(HttpServer::local);
  }

  /// The lab users that this start has made.
  public List<String> labUsers() {
    return labUsers;
  }

  public Administration administration() {
    return administration;
  }

  /// Turns new requests away, lets those under way come to their end for at most `grace`, and closes.
  public void stop(Duration grace) {
    if (open.compareAndSet(true, false)) {
      LOG.info("event=stopping");
      listener.shut();
      calls.endCalls(Deadline.in(grace, world.clock()));
      stack.drain(Deadline.in(grace, world.clock()));
      close();
      LOG.info("event=stopped");
    }
  }

  /// Closes at once. Nothing that was acknowledged is lost by it.
  @Override
  public void close() {
    open.set(false);
    listener.shut(); // so that the end of a connection is not taken for the leaving of a device
    closeParts();
  }

  private synchronized void closeParts() {
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception e) {
        LOG.warn("{} could not be closed", part.getClass().getSimpleName(), e);
      }
    }
  }
}
