// A listening socket of a simulated process.
package tucket.transport.simulated;

import java.net.InetSocketAddress;
import tucket.transport.Endpoint;
import tucket.transport.Flow;
import tucket.transport.FlowHandler;
import tucket.transport.Network;
import tucket.transport.Protocol;

/// Listens at whatever address its machine has.
final class Port implements Network.Listener {
  final SimulatedProcess process;
  final Protocol protocol;
  final int number;
  final FlowHandler handler;
  private final SimulatedNetwork network;

  Port(SimulatedNetwork network, SimulatedProcess process, Protocol protocol, int number, FlowHandler handler) {
    this.network = network;
    this.process = process;
    this.protocol = protocol;
    this.number = number;
    this.handler = handler;
  }

  InetSocketAddress address() {
    return new InetSocketAddress(process.machine().address(), number);
  }

  @Override
  public Endpoint local() {
    return new Endpoint(protocol, address());
  }

  @Override
  public Flow flowTo(InetSocketAddress remote) {
    if (protocol != Protocol.UDP) {
      throw new IllegalStateException("a stream has to be connected");
    }
    return new SimulatedDatagrams(network, this, remote);
  }

  @Override
  public void close() {
    network.unbind(this);
  }
}
