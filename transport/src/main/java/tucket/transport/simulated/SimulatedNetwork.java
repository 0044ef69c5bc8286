// The network between simulated machines: who listens where, and what becomes of packets and connections.
package tucket.transport.simulated;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;

/// For the simulating thread and the threads in the simulation.
public final class SimulatedNetwork {
  private static final int FIRST_FREE_PORT = 20_000;

  private final Simulator simulator;
  private final List<Machine> machines = new ArrayList<>();
  private final Map<String, Port> ports = new LinkedHashMap<>();
  private final Set<SimulatedStream> streams = new LinkedHashSet<>();
  private Weather weather = Weather.CLEAR;
  private Consumer<Packet> tap = packet -> {};
  private int nextPort = FIRST_FREE_PORT;
  private int streamNumbers;

  /// What a process hands to the network: a datagram, or what it wrote into a stream at once. `data` must not be changed.
  public record Packet(SimulatedProcess from, Protocol protocol, InetSocketAddress source, InetSocketAddress destination, byte[] data) {}

  public SimulatedNetwork(Simulator simulator) {
    this.simulator = simulator;
  }

  /// A new machine at that address.
  public Machine machine(String name, InetAddress address) {
    Machine fresh = new Machine(simulator, this, name, address);
    machines.add(fresh);
    return fresh;
  }

  /// The weather from now on.
  public void weather(Weather next) {
    weather = next;
    simulator.note("weather " + next);
  }

  Weather weather() {
    return weather;
  }

  /// Who sees each packet at the moment in which it is sent.
  public void tap(Consumer<Packet> listener) {
    tap = listener;
  }

  void sent(SimulatedProcess from, Protocol protocol, InetSocketAddress source, InetSocketAddress destination, byte[] data) {
    simulator.note(from.machine() + " " + protocol + " " + source.getPort() + " > " + text(destination), data);
    tap.accept(new Packet(from, protocol, source, destination, data));
  }

  private static String text(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  Optional<Machine> at(InetAddress address) {
    for (Machine m : machines) {
      if (m.address().equals(address)) {
        return Optional.of(m);
      }
    }
    return Optional.empty();
  }

  int freePort() {
    return nextPort++;
  }

  int nextStream() {
    return ++streamNumbers;
  }

  // ---- listening

  private static String key(SimulatedProcess process, Protocol protocol, int port) {
    return protocol + " " + process + " " + port;
  }

  void bind(Port port) {
    if (ports.putIfAbsent(key(port.process, port.protocol, port.number), port) != null) {
      throw new Unavailable("port " + port.number + " of " + port.process + " is in use");
    }
  }

  void unbind(Port port) {
    ports.remove(key(port.process, port.protocol, port.number), port);
  }

  /// Who listens there now; empty also where the machine is dark or nothing runs on it.
  Optional<Port> listening(Protocol protocol, InetSocketAddress at) {
    return at(at.getAddress()).filter(m -> !m.isDark()).flatMap(Machine::process)
        .map(p -> ports.get(key(p, protocol, at.getPort())));
  }

  // ---- datagrams

  void datagram(Port from, InetSocketAddress to, byte[] data) {
    InetSocketAddress source = from.address();
    sent(from.process, Protocol.UDP, source, to, data);
    if (from.process.machine().isDark()) {
      return;
    }
    for (int copies = weather.copies(simulator.random()); copies > 0; copies--) {
      simulator.after(weather.delay(simulator.random()), () -> listening(Protocol.UDP, to).ifPresent(port -> {
        try {
          port.handler.received(port.flowTo(source), data.clone());
        } catch (Throwable failure) {
          simulator.fault(port.process + " datagram", failure);
        }
      }));
    }
  }

  // ---- streams

  void opened(SimulatedStream stream) {
    streams.add(stream);
  }

  void over(SimulatedStream stream) {
    streams.remove(stream);
  }

  /// A connection between processes of these machines, the oldest first.
  List<SimulatedStream> streams(@Nullable Machine of) {
    return streams.stream().filter(s -> of == null || s.process().machine() == of).toList();
  }

  /// How many ends of connections are open.
  public int openStreams() {
    return streams.size();
  }

  /// The connections to that port that are open at both ends.
  public List<String> connections(int port) {
    return streams.stream().filter(s -> s.remote().getPort() == port && streams.contains(s.peer())).map(SimulatedStream::toString).toList();
  }

  /// Cuts one connection of `machine`, drawn by the seed: both ends are reset, or only one of them hears of it and the other stays half-open.
  public void cut(Machine machine, boolean halfOpen) {
    List<SimulatedStream> candidates = streams(machine);
    if (!candidates.isEmpty()) {
      SimulatedStream chosen = candidates.get(simulator.random().nextInt(candidates.size()));
      simulator.note("connection " + chosen + " is cut" + (halfOpen ? " at one end" : ""));
      SimulatedStream other = chosen.peer();
      chosen.reset("connection reset", Duration.ZERO);
      if (!halfOpen) {
        other.reset("connection reset", weather.delay(simulator.random()));
      }
    }
  }

  void died(SimulatedProcess process, boolean heard) {
    ports.values().removeIf(p -> p.process == process);
    for (SimulatedStream stream : streams.stream().filter(s -> s.process() == process).toList()) {
      stream.vanish();
      if (heard && !process.machine().isDark()) {
        stream.peer().reset("connection reset", weather.delay(simulator.random()));
      }
    }
  }

  void moved(SimulatedProcess process) {
    for (SimulatedStream stream : streams.stream().filter(s -> s.process() == process).toList()) {
      stream.reset("the address has changed", Duration.ZERO);
    }
  }
}
