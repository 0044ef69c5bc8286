// A whole server with sessions on loopback: core, IM Server, MSRP.
package tucket.server.im;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.SipUri;
import tucket.server.DurableTrace;
import tucket.server.Limits;
import tucket.server.Metrics;
import tucket.server.core.CoreSettings;
import tucket.server.core.OwnAddresses;
import tucket.server.core.SipIpCore;
import tucket.server.core.SipListener;
import tucket.server.core.Subscribers;
import tucket.server.im.participating.Circumstances;
import tucket.server.im.participating.ServiceSettings;
import tucket.server.im.settings.ImSettings;
import tucket.server.media.MsrpMedia;
import tucket.server.reference.MemoryXdms;
import tucket.server.reference.Presence;
import tucket.store.Engine;
import tucket.store.MemoryEngine;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.World;
import tucket.transport.msrp.MsrpSettings;
import tucket.transport.msrp.MsrpStack;
import tucket.transport.net.NetworkSettings;
import tucket.transport.net.SystemWorld;
import tucket.transport.net.TlsMaterial;
import tucket.transport.net.TlsSettings;
import tucket.transport.sip.SipSettings;
import tucket.transport.sip.SipStack;

final class SessionLab implements AutoCloseable {
  static final String DOMAIN = "example.test";

  final SystemWorld system = new SystemWorld(NetworkSettings.DEFAULT.withLoops(1), TlsMaterial.load(TlsSettings.CLIENT));
  final World world = system.world();
  final Engine engine = new MemoryEngine();
  final MemoryXdms xdms = new MemoryXdms();
  final MsrpStack msrp = new MsrpStack(world, MsrpSettings.DEFAULT);
  final ImServer im;
  final SipIpCore core;
  final SipStack stack;
  final Endpoint udp;
  final Endpoint tcp;
  private final List<SessionPhone> phones = new ArrayList<>();
  private final Subscribers subscribers;

  SessionLab() {
    this(shortPush(Limits.DEFAULT));
  }

  /// A push timeout that a test can wait for.
  private static Limits shortPush(Limits l) {
    return new Limits(l.messageBytes(), l.inflatedBytes(), l.queueMessagesPerUser(), l.queueBytesPerUser(), l.devicesPerUser(),
        l.devicesRememberedPerUser(), l.registrationsTotal(), l.subscriptionsTotal(), l.subscriptionsPerUser(), l.aliasesPerUser(),
        l.requestsInFlightPerUser(), l.requestsPerSecondPerUser(), l.requestsInFlightTotal(), l.failuresRemembered(), l.traceEventsInMemory(),
        l.requestTimeout(), Duration.ofSeconds(2), l.settle(), l.registrationMin(), l.registrationMax(), l.subscriptionMin(),
        l.subscriptionMax(), l.deviceRemembered());
  }

  SessionLab(Limits limits) {
    Metrics metrics = new Metrics(new PrometheusRegistry());
    CoreSettings settings = CoreSettings.of(DOMAIN);
    OwnAddresses addresses = new OwnAddresses(settings);
    subscribers = new Subscribers(engine, settings, limits);
    SipListener listener = new SipListener(world, limits, metrics, settings.serverName());
    stack = new SipStack(world, SipSettings.DEFAULT, uri -> {
      Protocol protocol = uri.transport().filter("tcp"::equals).isPresent() ? Protocol.TCP : Protocol.UDP;
      return List.of(new Endpoint(protocol, new InetSocketAddress(InetAddress.ofLiteral(uri.host()), uri.port())));
    }, listener);
    core = new SipIpCore(world, settings, limits, engine, subscribers, addresses, stack::begin, metrics);
    core.serveCalls(stack);
    msrp.listen(at(Protocol.TCP));
    im = new ImServer(new ImServer.Parts(world, core, engine, new DurableTrace(engine, world.clock(), 10_000),
        new Circumstances.Sources(ServiceSettings.none(), Presence.none(), Optional.of(xdms), user -> user, List::of), limits,
        Optional.of(new MsrpMedia(world, msrp))), ImSettings.of(DOMAIN));
    core.serve(im);
    im.start();
    udp = stack.listen(at(Protocol.UDP));
    tcp = stack.listen(at(Protocol.TCP));
    addresses.listening(udp);
    addresses.listening(tcp);
    listener.open(core);
  }

  static Endpoint at(Protocol protocol) {
    return new Endpoint(protocol, new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
  }

  static AddressOfRecord user(String name) {
    return AddressOfRecord.of(SipUri.of(name, DOMAIN));
  }

  SessionPhone phone(String name, Protocol protocol) {
    subscribers.add(user(name), "secret of " + name, "", List.of());
    SessionPhone phone = new SessionPhone(world, name, protocol == Protocol.UDP ? udp : tcp);
    phones.add(phone);
    return phone;
  }

  SessionPhone registered(String name) {
    SessionPhone phone = phone(name, Protocol.TCP);
    if (phone.register().status() != 200) {
      throw new IllegalStateException("not registered");
    }
    return phone;
  }

  int waiting(String name) {
    return im.deferred().queue().list(user(name), 1000, w -> true).size();
  }

  @Override
  public void close() {
    phones.forEach(SessionPhone::close);
    im.close();
    msrp.close();
    stack.close();
    system.close();
    engine.close();
  }
}
