// The flow between a UDP listener and one remote address.
package tucket.transport.net;

import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tucket.transport.Flow;
import tucket.transport.Protocol;

/// A value: made anew for every datagram, equal by listener and remote address.
final class DatagramFlow implements Flow {
  private final DatagramListener listener;
  private final DatagramSocketChannel socket;
  private final InetSocketAddress remote;

  DatagramFlow(DatagramListener listener, DatagramSocketChannel socket, InetSocketAddress remote) {
    this.listener = listener;
    this.socket = socket;
    this.remote = remote;
  }

  @Override
  public Protocol protocol() {
    return Protocol.UDP;
  }

  @Override
  public InetSocketAddress local() {
    return listener.local().address();
  }

  @Override
  public InetSocketAddress remote() {
    return remote;
  }

  @Override
  public boolean send(byte[] data) {
    return socket.send(data, remote);
  }

  @Override
  public boolean isOpen() {
    return socket.isOpen();
  }

  @Override
  public String provenName() {
    return "";
  }

  @Override
  public void close() {}

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof DatagramFlow that && listener == that.listener && remote.equals(that.remote);
  }

  @Override
  public int hashCode() {
    return Objects.hash(System.identityHashCode(listener), remote);
  }

  @Override
  public String toString() {
    return "udp:" + remote;
  }
}
