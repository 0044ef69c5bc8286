// The event loops, and the kind of sockets they drive.
package tucket.transport.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// One thread a loop. The thread knows its loop ([#current]), which is how work started on a loop can stay there.
final class Loops {
  /// Buffers of all sockets; pooled, since Netty's adaptive default keeps none as large as a datagram batch.
  static final ByteBufAllocator POOL = PooledByteBufAllocator.DEFAULT;

  private static final int LARGEST_DATAGRAM = 1 << 16;

  private final EventLoopGroup group;
  private final List<EventLoop> loops;
  private final boolean epoll;
  private final Map<EventLoop, Inbox> inboxes = new ConcurrentHashMap<>();
  private final AtomicInteger turn = new AtomicInteger();

  Loops(int count, boolean nativeSockets) {
    epoll = nativeSockets && Epoll.isAvailable();
    AtomicInteger number = new AtomicInteger();
    IoHandlerFactory handlers = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    ThreadFactory threads = body -> new LoopThread(body, "loop-" + number.getAndIncrement());
    group = TurnLoop.group(count > 0 ? count : Runtime.getRuntime().availableProcessors(), threads, handlers);
    List<EventLoop> all = new ArrayList<>();
    for (EventExecutor executor : group) {
      EventLoop loop = (EventLoop) executor;
      all.add(loop);
      loop.submit(() -> LoopThread.here().loop = loop).syncUninterruptibly();
    }
    loops = Collections.unmodifiableList(all);
  }

  /// The loop whose thread is the caller, if it is one.
  static @Nullable EventLoop current() {
    return Thread.currentThread() instanceof LoopThread thread ? thread.loop : null;
  }

  /// Runs `task` when the loop has nothing else to do before it waits for its sockets again: whatever it reads in one go, and what is done for that, is
  /// behind it. False where the loop has been shut down.
  static boolean atTurnsEnd(EventLoop loop, Runnable task) {
    try {
      ((SingleThreadEventLoop) loop).executeAfterEventLoopIteration(task);
      return true;
    } catch (RejectedExecutionException shut) {
      return false;
    }
  }

  /// From now on what `loop` has to tell goes through `inbox`.
  void tellBy(EventLoop loop, Inbox inbox) {
    inboxes.put(loop, inbox);
  }

  /// The inbox of a loop; null where handlers are called on the loop's own thread.
  @Nullable Inbox inboxOf(EventLoop loop) {
    return inboxes.get(loop);
  }

  EventLoopGroup group() {
    return group;
  }

  List<EventLoop> all() {
    return loops;
  }

  EventLoop next() {
    return loops.get(Math.floorMod(turn.getAndIncrement(), loops.size()));
  }

  boolean epoll() {
    return epoll;
  }

  /// A listening stream socket's settings; dead peers are noticed by the kernel (RFC 1122 4.2.3.6), unacknowledged data by
  /// TCP_USER_TIMEOUT (RFC 5482).
  ServerBootstrap server(InetAddress local, NetworkLimits limits) {
    SocketProtocolFamily family = family(local);
    ChannelFactory<ServerChannel> sockets = epoll ? () -> new EpollServerSocketChannel(family) : NioServerSocketChannel::new;
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(group)
            .channelFactory(sockets)
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.SO_BACKLOG, limits.backlog())
            .childOption(ChannelOption.ALLOCATOR, POOL)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true);
    if (epoll) {
      bootstrap.childOption(EpollChannelOption.TCP_USER_TIMEOUT, millis(limits));
    }
    return bootstrap;
  }

  Bootstrap client(InetAddress remote, NetworkLimits limits) {
    SocketProtocolFamily family = family(remote);
    ChannelFactory<SocketChannel> sockets = epoll ? () -> new EpollSocketChannel(family) : NioSocketChannel::new;
    Bootstrap bootstrap =
        new Bootstrap()
            .group(next())
            .channelFactory(sockets)
            .option(ChannelOption.ALLOCATOR, POOL)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true);
    if (epoll) {
      bootstrap.option(EpollChannelOption.TCP_USER_TIMEOUT, millis(limits));
    }
    return bootstrap;
  }

  Bootstrap datagrams(EventLoop loop, InetAddress local, int bufferBytes, boolean shared) {
    SocketProtocolFamily family = family(local);
    ChannelFactory<DatagramChannel> sockets = epoll ? () -> new EpollDatagramChannel(family) : () -> new NioDatagramChannel(family);
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channelFactory(sockets)
            .option(ChannelOption.ALLOCATOR, POOL)
            .option(ChannelOption.SO_RCVBUF, bufferBytes)
            .option(ChannelOption.SO_SNDBUF, bufferBytes)
            .option(ChannelOption.RECVBUF_ALLOCATOR, new DatagramBuffers(epoll ? DatagramBuffers.BATCH : 1, LARGEST_DATAGRAM));
    if (epoll) {
      // recvmmsg: one system call reads up to BATCH datagrams.
      bootstrap.option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, LARGEST_DATAGRAM).option(EpollChannelOption.SO_REUSEPORT, shared);
    }
    return bootstrap;
  }

  void close() {
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
    inboxes.values().forEach(Inbox::close);
  }

  private static int millis(NetworkLimits limits) {
    return (int) Math.min(Integer.MAX_VALUE, limits.stall().toMillis());
  }

  private static SocketProtocolFamily family(InetAddress address) {
    return address instanceof Inet6Address ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
  }

  /// A thread that knows its loop.
  private static final class LoopThread extends FastThreadLocalThread {
    private @Nullable EventLoop loop;

    LoopThread(Runnable body, String name) {
      super(body, name);
      setDaemon(true);
    }

    static LoopThread here() {
      return (LoopThread) Thread.currentThread();
    }
  }
}
