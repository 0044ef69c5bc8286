// The network as one simulated process sees it.
package tucket.transport.simulated;

import java.time.Duration;
import java.util.Optional;
import tucket.transport.Endpoint;
import tucket.transport.Flow;
import tucket.transport.FlowHandler;
import tucket.transport.Network;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;

/// UDP and TCP.
final class ProcessNetwork implements Network {
  private final Simulator simulator;
  private final SimulatedNetwork network;
  private final SimulatedProcess process;

  ProcessNetwork(Simulator simulator, SimulatedNetwork network, SimulatedProcess process) {
    this.simulator = simulator;
    this.network = network;
    this.process = process;
  }

  @Override
  public Listener listen(Endpoint local, FlowHandler handler) {
    int number = local.port() == 0 ? network.freePort() : local.port();
    Port port = new Port(network, process, local.protocol(), number, handler);
    network.bind(port);
    return port;
  }

  @Override
  public Flow connect(Endpoint remote, String name, FlowHandler handler, Duration within) {
    if (remote.protocol() != Protocol.TCP) {
      throw new Unavailable("the simulated network has no " + remote.protocol());
    }
    Duration there = network.weather().delay(simulator.random());
    boolean answers = !process.machine().isDark() && network.at(remote.address().getAddress()).filter(m -> !m.isDark()).isPresent();
    boolean late = there.multipliedBy(2).compareTo(within) > 0;
    process.world().clock().sleep(!answers || late ? within : there.multipliedBy(2));
    Optional<Port> port = network.listening(Protocol.TCP, remote.address());
    if (!answers || late) {
      throw new Unavailable(remote + " does not answer");
    }
    if (port.isEmpty() || process.machine().isDark()) {
      throw new Unavailable("nobody listens at " + remote);
    }
    return SimulatedStream.connect(simulator, network, process, handler, port.get());
  }

  @Override
  public void close() {}
}
