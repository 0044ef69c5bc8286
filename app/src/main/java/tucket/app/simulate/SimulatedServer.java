// The server on a simulated world: the same parts as in Assembly, wired the same way.
package tucket.app.simulate;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.SipUri;
import tucket.server.DurableTrace;
import tucket.server.Metrics;
import tucket.server.core.CoreSettings;
import tucket.server.core.OwnAddresses;
import tucket.server.core.SipIpCore;
import tucket.server.core.SipListener;
import tucket.server.core.Subscribers;
import tucket.server.im.ImServer;
import tucket.server.im.message.SystemMessages;
import tucket.server.im.participating.Circumstances;
import tucket.server.im.participating.ServiceSettings;
import tucket.server.im.settings.ImSettings;
import tucket.server.im.settings.ServiceAddresses;
import tucket.server.media.MsrpMedia;
import tucket.store.Engine;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;
import tucket.transport.World;
import tucket.transport.msrp.MsrpSettings;
import tucket.transport.msrp.MsrpStack;
import tucket.transport.sip.SipCounters;
import tucket.transport.sip.SipSettings;
import tucket.transport.sip.SipStack;

/// Made on a thread of its process. It is never closed: its process is killed.
final class SimulatedServer {
  static final String DOMAIN = "example.test";
  static final int PORT = 5060;
  static final int MSRP_PORT = 2855;

  private final SipStack stack;
  private final ImServer im;
  private final Optional<MsrpStack> msrp;
  private final PrometheusRegistry registry = new PrometheusRegistry();

  /// `keeping` says whose pager messages wait until he asks for them.
  SimulatedServer(World world, InetAddress at, Engine engine, Plan plan, Sabotage sabotage, Predicate<String> keeping) {
    ServiceAddresses services = ServiceAddresses.of(DOMAIN);
    CoreSettings settings = CoreSettings.of(DOMAIN)
        .withServices(services.all());
    Metrics metrics = new Metrics(registry);
    Subscribers subscribers = new Subscribers(engine, settings, plan.limits());
    OwnAddresses addresses = new OwnAddresses(settings);
    SipListener listener = new SipListener(world, plan.limits(), metrics, settings.serverName());
    stack = new SipStack(world, SipSettings.DEFAULT, SimulatedServer::resolve, listener);
    SipIpCore core = new SipIpCore(world, settings, plan.limits(), engine, subscribers, addresses, stack::begin, metrics);
    DurableTrace trace = new DurableTrace(engine, world.clock(), plan.limits().traceEventsInMemory());
    ImSettings operator = ImSettings.of(DOMAIN).withMessageLife(plan.life()).withDevices(plan.awaited());
    msrp = plan.sessions() == 0 ? Optional.empty() : Optional.of(new MsrpStack(world, MsrpSettings.DEFAULT));
    msrp.ifPresent(m -> {
      core.serveCalls(stack);
      m.listen(new Endpoint(Protocol.TCP, new InetSocketAddress(at, MSRP_PORT)));
    });
    var sources = Circumstances.Sources.of(ServiceSettings.storing(user -> keeping.test(user.value())));
    im = new ImServer(new ImServer.Parts(world, sabotage.core(core, world), engine, trace, sources, plan.limits(),
        msrp.map(m -> sabotage.media(new MsrpMedia(world, m)))), operator);
    core.notifier().add(im.waitingNotice());
    core.serve(im);
    im.start();
    for (Protocol protocol : List.of(Protocol.UDP, Protocol.TCP)) {
      addresses.listening(stack.listen(new Endpoint(protocol, new InetSocketAddress(at, PORT))));
    }
    listener.open(core);
  }

  /// Addresses only: nobody in the simulation has a name.
  static List<Endpoint> resolve(SipUri uri) {
    try {
      Protocol protocol = uri.transport().filter("tcp"::equalsIgnoreCase).isPresent() ? Protocol.TCP : Protocol.UDP;
      return List.of(new Endpoint(protocol, new InetSocketAddress(InetAddress.ofLiteral(uri.host()), uri.port() < 0 ? PORT : uri.port())));
    } catch (IllegalArgumentException name) {
      throw new Unavailable("no address for " + uri.host());
    }
  }

  /// The setting of that user has changed. Blocks.
  void settingsChanged(String user) {
    im.settingsChanged(new AddressOfRecord(user));
  }

  /// A message of the operator to these. Blocks.
  SystemMessages.Report tell(List<String> users, String text) {
    List<AddressOfRecord> to = new ArrayList<>();
    users.forEach(u -> to.add(new AddressOfRecord(u)));
    return im.systemMessages().send(to, MediaType.TEXT_PLAIN, text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  /// How many MSRP sessions and dialogs there are.
  int sessions() {
    int dialogs = registry.scrape("tucket_calls"::equals).stream().filter(GaugeSnapshot.class::isInstance).map(GaugeSnapshot.class::cast)
        .flatMap(g -> g.getDataPoints().stream()).mapToInt(p -> (int) p.getValue()).sum();
    return dialogs + msrp.map(MsrpStack::size).orElse(0);
  }

  SipCounters counters() {
    return stack.counters();
  }
}
