// One UDP socket on one loop: reads datagrams in batches, writes what has gathered at the end of a turn of its loop.
package tucket.transport.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.transport.FlowHandler;
import tucket.transport.net.NetworkFigures.Figure;

/// What can't be sent is dropped and counted, as UDP may: the kernel's refusal of one datagram touches no other.
final class DatagramSocketChannel extends SimpleChannelInboundHandler<DatagramPacket> {
  private static final Logger LOG = LoggerFactory.getLogger(DatagramSocketChannel.class);
  private static final int LARGEST_IPV4 = 65_507;
  private static final int LARGEST_IPV6 = 65_527;

  private final DatagramListener listener;
  private final FlowHandler handler;
  private final NetworkFigures figures;
  private final Outbox<Datagram> outbox;
  private final Runnable drain = this::drain;
  private final @Nullable Inbox inbox;
  private volatile @Nullable Channel channel;
  private boolean segments; // on the loop's thread

  DatagramSocketChannel(DatagramListener listener, FlowHandler handler, NetworkFigures figures, int outboxBytes, @Nullable Inbox inbox) {
    this.listener = listener;
    this.handler = handler;
    this.figures = figures;
    this.outbox = new Outbox<>(outboxBytes);
    this.inbox = inbox;
  }

  private record Datagram(byte[] data, InetSocketAddress remote) {}

  boolean send(byte[] data, InetSocketAddress remote) {
    Channel open = channel;
    if (open == null || !open.isActive()) {
      return false;
    }
    if (data.length > (remote.getAddress() instanceof Inet6Address ? LARGEST_IPV6 : LARGEST_IPV4)) {
      figures.count(Figure.DATAGRAMS_DROPPED);
      return false;
    }
    return switch (outbox.push(new Datagram(data, remote), data.length)) {
      case FULL -> {
        figures.count(Figure.DATAGRAMS_DROPPED);
        yield false;
      }
      case FIRST -> {
        yield Loops.atTurnsEnd(open.eventLoop(), drain);
      }
      case MORE -> true;
    };
  }

  boolean isOpen() {
    Channel open = channel;
    return open != null && open.isActive();
  }

  void close() {
    Channel open = channel;
    if (open != null) {
      open.close().awaitUninterruptibly();
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    channel = context.channel();
    segments = context.channel() instanceof EpollDatagramChannel && EpollDatagramChannel.isSegmentedDatagramPacketSupported();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
    ByteBuf content = packet.content();
    byte[] data = new byte[content.readableBytes()];
    content.readBytes(data);
    figures.count(Figure.DATAGRAMS_IN);
    figures.add(Figure.BYTES_IN, data.length);
    InetSocketAddress sender = packet.sender();
    if (inbox == null) {
      received(sender, data);
    } else if (inbox.isFull()) {
      figures.count(Figure.DATAGRAMS_DROPPED);
    } else {
      inbox.put(() -> received(sender, data));
    }
  }

  private void received(InetSocketAddress sender, byte[] data) {
    try {
      handler.received(new DatagramFlow(listener, this, sender), data);
    } catch (RuntimeException ours) {
      LOG.error("handling a datagram from {} failed", sender, ours);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    // A datagram that the kernel refused (no route, a bad address); the socket lives on.
    figures.count(Figure.DATAGRAMS_DROPPED);
    if (inbox == null) {
      LOG.debug("UDP {}: {}", listener.local(), cause.toString());
    } else {
      inbox.put(() -> LOG.debug("UDP {}: {}", listener.local(), cause.toString()));
    }
  }

  private void drain() {
    Channel open = channel;
    Outbox.Entry<Datagram> entry = outbox.takeAll();
    if (open == null) {
      return;
    }
    Departure departure = new Departure(open.alloc(), segments && entry != null && entry.next != null);
    long cost = 0;
    long bytes = 0;
    long count = 0;
    while (entry != null) {
      Datagram datagram = entry.value;
      cost += datagram.data.length + Outbox.ENTRY_COST;
      bytes += datagram.data.length;
      count++;
      departure.add(datagram.data, datagram.remote);
      entry = entry.next;
    }
    write(open, departure.packets(), cost);
    figures.add(Figure.DATAGRAMS_OUT, count);
    figures.add(Figure.BYTES_OUT, bytes);
    open.flush();
  }

  private void write(Channel open, List<DatagramPacket> packets, long cost) {
    for (int i = 0; i < packets.size(); i++) {
      DatagramPacket packet = packets.get(i);
      boolean last = i == packets.size() - 1;
      boolean segmented = packet instanceof SegmentedDatagramPacket;
      ChannelFuture sent = open.write(packet, last || segmented ? open.newPromise() : open.voidPromise());
      if (segmented) {
        sent.addListener(done -> segments &= done.isSuccess()); // not every device can cut them: then each goes alone from now on
      }
      if (last) {
        sent.addListener(new Done(cost)); // datagrams leave in order: the last one's end is the end of all
      }
    }
  }

  private final class Done implements ChannelFutureListener {
    private final long cost;

    Done(long cost) {
      this.cost = cost;
    }

    @Override
    public void operationComplete(ChannelFuture future) {
      outbox.release(cost);
      if (!future.isSuccess()) {
        figures.count(Figure.DATAGRAMS_DROPPED);
      }
    }
  }
}
