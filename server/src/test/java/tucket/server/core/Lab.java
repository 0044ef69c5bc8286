// A whole core on loopback, for tests.
package tucket.server.core;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.SipUri;
import tucket.server.Limits;
import tucket.server.Metrics;
import tucket.store.Engine;
import tucket.store.MemoryEngine;
import tucket.transport.Deadline;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;
import tucket.transport.World;
import tucket.transport.dns.Resolver;
import tucket.transport.net.NetworkSettings;
import tucket.transport.net.SystemWorld;
import tucket.transport.net.TlsMaterial;
import tucket.transport.net.TlsSettings;
import tucket.transport.sip.SipSettings;
import tucket.transport.sip.SipStack;

final class Lab implements AutoCloseable {
  static final String DOMAIN = "example.test";

  final SystemWorld system;
  final ShiftableClock clock;
  final World world;
  final Engine engine;
  final Limits limits;
  final CoreSettings settings;
  final OwnAddresses addresses;
  final Subscribers subscribers;
  final Metrics metrics = new Metrics(new PrometheusRegistry());
  final SipStack stack;
  final SipListener listener;
  final SipIpCore core;
  final RelayingIm im;
  final Endpoint udp;
  final Endpoint tcp;
  final Map<String, Endpoint> names = new ConcurrentHashMap<>();
  private final List<Phone> phones = new ArrayList<>();

  static Lab start() {
    return new Lab(CoreSettings.of(DOMAIN), Limits.DEFAULT, new MemoryEngine(), "127.0.0.1");
  }

  static Lab with(UnaryOperator<CoreSettings> change) {
    return new Lab(change.apply(CoreSettings.of(DOMAIN)), Limits.DEFAULT, new MemoryEngine(), "127.0.0.1");
  }

  static Lab with(Limits limits) {
    return new Lab(CoreSettings.of(DOMAIN), limits, new MemoryEngine(), "127.0.0.1");
  }

  Lab(CoreSettings settings, Limits limits, Engine engine, String host) {
    this.settings = settings;
    this.limits = limits;
    this.engine = engine;
    system = systemWorld();
    clock = new ShiftableClock(system.world().clock());
    world = new World(clock, system.world().network(), system.world().chance(), system.world().threads());
    addresses = new OwnAddresses(settings);
    subscribers = new Subscribers(engine, settings, limits);
    listener = new SipListener(world, limits, metrics, settings.serverName());
    stack = new SipStack(system.world(), SipSettings.DEFAULT, resolver(), listener);
    // deadlines are measured by the clock of the core: the stack gets what is left by its own
    core = new SipIpCore(world, settings, limits, engine, subscribers, addresses,
        (request, target, by) -> stack.begin(request, target, Deadline.in(by.left(clock), system.world().clock())), metrics);
    im = new RelayingIm(core);
    core.serve(im);
    listener.open(core);
    udp = stack.listen(at(Protocol.UDP, host, 0));
    tcp = stack.listen(at(Protocol.TCP, host, 0));
    addresses.listening(udp);
    addresses.listening(tcp);
  }

  static SystemWorld systemWorld() {
    return new SystemWorld(NetworkSettings.DEFAULT.withLoops(1), TlsMaterial.load(TlsSettings.CLIENT));
  }

  static Endpoint at(Protocol protocol, String host, int port) {
    return new Endpoint(protocol, new InetSocketAddress(InetAddress.ofLiteral(host), port));
  }

  /// Resolves addresses, and the names a test has given.
  Resolver resolver() {
    return uri -> {
      Endpoint named = names.get(uri.host());
      if (named != null) {
        return List.of(named);
      }
      try {
        Protocol protocol = uri.transport().filter("tcp"::equals).isPresent() ? Protocol.TCP : Protocol.UDP;
        return List.of(at(protocol, uri.host(), uri.port() < 0 ? 5060 : uri.port()));
      } catch (IllegalArgumentException name) {
        throw new Unavailable("no address for " + uri.host());
      }
    };
  }

  static AddressOfRecord user(String name) {
    return AddressOfRecord.of(SipUri.of(name, DOMAIN));
  }

  private AddressOfRecord here(String name) {
    return AddressOfRecord.of(SipUri.of(name, settings.domain()));
  }

  AddressOfRecord add(String name, String... aliases) {
    Change change = subscribers.add(here(name), "secret of " + name, "", List.of(aliases).stream().map(AddressOfRecord::of).toList());
    if (change instanceof Change.Refused refused) {
      throw new IllegalStateException(refused.why());
    }
    return here(name);
  }

  /// A phone of that user, which is not registered yet.
  Phone phone(String name, Protocol protocol) {
    Phone phone = new Phone(this, name, "secret of " + name, protocol);
    phones.add(phone);
    return phone;
  }

  /// A phone that has registered.
  Phone registered(String name, Protocol protocol) {
    Phone phone = phone(name, protocol);
    if (phone.register().status() != 200) {
      throw new IllegalStateException("not registered");
    }
    return phone;
  }

  @Override
  public void close() {
    phones.forEach(Phone::close);
    stack.close();
    system.close();
  }
}
