// The machine with the server: its process, which may be killed at any step, and its disk, which stays.
package tucket.app.simulate;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.SipUri;
import tucket.server.core.Change;
import tucket.server.core.CoreSettings;
import tucket.server.core.Subscribers;
import tucket.server.im.message.SystemMessages;
import tucket.store.MemoryEngine;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.simulated.Machine;
import tucket.transport.simulated.SimulatedNetwork;
import tucket.transport.simulated.SimulatedProcess;
import tucket.transport.simulated.Simulator;

/// For the simulating thread and the threads in the simulation.
final class Site {
  private static final Duration AGAIN = Duration.ofSeconds(2);

  private final Simulator simulator;
  private final Ledger ledger;
  private final Plan plan;
  private final Sabotage sabotage;
  private final Machine machine;
  private final MemoryEngine durable = new MemoryEngine();
  private final SimulatedEngine.Disk disk;
  private final QueueWatch watch;
  private @Nullable SimulatedServer server;
  private int systemMessages;

  Site(Simulator simulator, SimulatedNetwork network, Ledger ledger, Plan plan, Sabotage sabotage) {
    this.simulator = simulator;
    this.ledger = ledger;
    this.plan = plan;
    this.sabotage = sabotage;
    machine = network.machine("server", InetAddress.ofLiteral("10.0.0.1"));
    disk = new SimulatedEngine.Disk(simulator.random());
    watch = new QueueWatch(ledger, plan.limits(), durable, new SiteClock(simulator, machine), machine::wall, simulator::now);
  }

  Machine machine() {
    return machine;
  }

  SimulatedEngine.Disk disk() {
    return disk;
  }

  QueueWatch watch() {
    return watch;
  }

  Endpoint at(Protocol protocol) {
    return new Endpoint(protocol, new InetSocketAddress(machine.address(), SimulatedServer.PORT));
  }

  /// Makes a user before anything runs; returns the identity.
  String user(String name) {
    AddressOfRecord id = AddressOfRecord.of(SipUri.of(name, SimulatedServer.DOMAIN));
    Subscribers subscribers = new Subscribers(durable, CoreSettings.of(SimulatedServer.DOMAIN), plan.limits());
    if (subscribers.add(id, "secret of " + name, "", List.of()) instanceof Change.Refused refused) {
      throw new IllegalStateException(refused.why());
    }
    return id.value();
  }

  /// Starts a server on what is durable; what runs is killed. Where the disk does not let it start, it is tried again.
  void start() {
    server = null;
    SimulatedProcess process = machine.start();
    ledger.count("server starts");
    process.world().threads().start("main", () -> {
      try {
        SimulatedEngine engine = new SimulatedEngine(durable, disk, process.world().clock(), watch);
        server = new SimulatedServer(process.world(), machine.address(), sabotage.engine(engine), plan, sabotage, ledger::isKeeping);
      } catch (tucket.store.Unavailable notNow) {
        simulator.note("the server does not start: " + notNow.getMessage());
        simulator.after(AGAIN, () -> {
          if (machine.process().filter(process::equals).isPresent()) {
            start();
          }
        });
      }
    });
  }

  void kill(boolean heard) {
    server = null;
    ledger.count("server kills");
    machine.kill(heard);
  }

  Optional<SimulatedServer> server() {
    return Optional.ofNullable(server);
  }

  /// From now on the user's pager messages wait until he asks for them, or no longer.
  void keep(String user, boolean on) {
    boolean changed = ledger.isKeeping(user) != on;
    ledger.keeps(user, on, watch.waiting(user).stream().map(r -> r.waiting().messageId()).toList());
    SimulatedServer running = server;
    if (changed) {
      simulator.note(user + (on ? " has his messages kept" : " has his messages pushed"));
    }
    if (changed && running != null && machine.process().isPresent()) {
      machine.process().get().world().threads().start("setting", () -> running.settingsChanged(user));
    }
  }

  /// The operator sends a message to these users.
  void tell(List<String> users) {
    SimulatedServer running = server;
    if (running == null || machine.process().isEmpty()) {
      return;
    }
    String text = "system message no. " + ++systemMessages;
    machine.process().get().world().threads().start("operator", () -> {
      SystemMessages.Report report = running.tell(users, text);
      for (String user : users) {
        if (report.failed().stream().noneMatch(f -> f.value().equals(user))) {
          ledger.served(ledger.system(report.messageId(), user, text));
        }
      }
    });
  }
}
