// A UDP socket of a simulated process together with a remote address.
package tucket.transport.simulated;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import tucket.transport.Flow;
import tucket.transport.Protocol;

/// Two with the same socket and remote address are equal; the hash is the same in every run.
final class SimulatedDatagrams implements Flow {
  private final SimulatedNetwork network;
  private final Port port;
  private final InetSocketAddress remote;

  SimulatedDatagrams(SimulatedNetwork network, Port port, InetSocketAddress remote) {
    this.network = network;
    this.port = port;
    this.remote = remote;
  }

  @Override
  public Protocol protocol() {
    return Protocol.UDP;
  }

  @Override
  public InetSocketAddress local() {
    return port.address();
  }

  @Override
  public InetSocketAddress remote() {
    return remote;
  }

  @Override
  public boolean send(byte[] data) {
    network.datagram(port, remote, data);
    return true;
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public String provenName() {
    return "";
  }

  @Override
  public void close() {}

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SimulatedDatagrams that && port == that.port && remote.equals(that.remote);
  }

  @Override
  public int hashCode() {
    return port.number * 31 + remote.hashCode();
  }
}
