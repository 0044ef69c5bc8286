// A UDP port that is listened on, by one socket or by one a loop.
package tucket.transport.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import tucket.transport.Endpoint;
import tucket.transport.Flow;
import tucket.transport.FlowHandler;
import tucket.transport.Network;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;

/// With several sockets the kernel gives each remote address to always the same one, so a flow's datagrams are handled one after the other.
final class DatagramListener implements Network.Listener {
  private final List<DatagramSocketChannel> sockets = new ArrayList<>();
  private volatile Endpoint local;

  private DatagramListener(Endpoint asked) {
    local = asked;
  }

  static DatagramListener open(Endpoint asked, FlowHandler handler, Loops loops, NetworkSettings settings, NetworkFigures figures) {
    DatagramListener listener = new DatagramListener(asked);
    boolean many = loops.epoll() && settings.datagramSocketPerLoop() && loops.all().size() > 1;
    if (many && asked.port() != 0) {
      // SO_REUSEPORT would share the port with a stranger in silence; without it the kernel tells.
      bind(listener, asked.address(), loops.next(), false, handler, loops, settings, figures).close();
    }
    List<EventLoop> homes = many ? loops.all() : List.of(loops.next());
    InetSocketAddress address = asked.address();
    try {
      for (EventLoop home : homes) {
        listener.sockets.add(bind(listener, address, home, many, handler, loops, settings, figures));
        address = listener.local.address();
      }
    } catch (Unavailable failure) {
      listener.close();
      throw failure;
    }
    return listener;
  }

  private static DatagramSocketChannel bind(
      DatagramListener listener,
      InetSocketAddress address,
      EventLoop home,
      boolean shared,
      FlowHandler handler,
      Loops loops,
      NetworkSettings settings,
      NetworkFigures figures) {
    DatagramSocketChannel socket = new DatagramSocketChannel(listener, handler, figures, settings.limits().datagramOutboxBytes(), loops.inboxOf(home));
    Bootstrap bootstrap = loops.datagrams(home, address.getAddress(), settings.datagramBufferBytes(), shared).handler(socket);
    ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw Failures.listening(new Endpoint(Protocol.UDP, address), bound.cause());
    }
    listener.local = new Endpoint(Protocol.UDP, (InetSocketAddress) bound.channel().localAddress());
    return socket;
  }

  @Override
  public Endpoint local() {
    return local;
  }

  @Override
  public Flow flowTo(InetSocketAddress remote) {
    return new DatagramFlow(this, sockets.get(Math.floorMod(remote.hashCode(), sockets.size())), remote);
  }

  @Override
  public void close() {
    sockets.forEach(DatagramSocketChannel::close);
  }
}
