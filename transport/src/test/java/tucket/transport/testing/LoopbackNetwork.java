// A network inside the process: datagrams and streams between listeners, with loss and duplication by order of the test.
package tucket.transport.testing;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import tucket.transport.Endpoint;
import tucket.transport.Flow;
import tucket.transport.FlowHandler;
import tucket.transport.Network;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;

/// One event thread delivers everything in order. Thread-safe.
public final class LoopbackNetwork implements Network {
  /// One datagram on its way.
  public record Datagram(InetSocketAddress from, InetSocketAddress to, byte[] data) {
    public String text() {
      return new String(data, java.nio.charset.StandardCharsets.UTF_8);
    }
  }

  private final ExecutorService loop = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("loopback").factory());
  private final Map<Endpoint, Port> ports = new ConcurrentHashMap<>();
  private final AtomicInteger nextPort = new AtomicInteger(20_000);
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicInteger connects = new AtomicInteger();
  private volatile ToIntFunction<Datagram> copies = datagram -> 1;

  /// How many copies of each datagram arrive: 0 loses it.
  public void copies(ToIntFunction<Datagram> rule) {
    copies = rule;
  }

  /// How many connections have been asked for.
  public int connects() {
    return connects.get();
  }

  private void later(Runnable event) {
    underWay.incrementAndGet();
    try {
      loop.execute(() -> {
        try {
          event.run();
        } finally {
          underWay.decrementAndGet();
        }
      });
    } catch (RejectedExecutionException closed) {
      underWay.decrementAndGet(); // the network is gone: nothing arrives any more
    }
  }

  /// Waits until nothing is under way any more: all that was sent has been received, and what that caused on the event thread too.
  public void settle() {
    while (underWay.get() > 0 && !loop.isShutdown()) {
      LockSupport.parkNanos(20_000);
    }
  }

  @Override
  public Listener listen(Endpoint local, FlowHandler handler) {
    int number = local.port() == 0 ? nextPort.getAndIncrement() : local.port();
    Endpoint bound = new Endpoint(local.protocol(), new InetSocketAddress(local.address().getAddress(), number));
    Port port = new Port(bound, handler);
    if (ports.putIfAbsent(bound, port) != null) {
      throw new Unavailable(bound + " is in use");
    }
    return port;
  }

  @Override
  public Flow connect(Endpoint remote, String name, FlowHandler handler, Duration within) {
    connects.incrementAndGet();
    Port port = ports.get(remote);
    if (port == null) {
      throw new Unavailable("nobody listens at " + remote);
    }
    InetSocketAddress local = new InetSocketAddress(remote.address().getAddress(), nextPort.getAndIncrement());
    Stream here = new Stream(remote.protocol(), local, remote.address(), handler);
    Stream there = new Stream(remote.protocol(), remote.address(), local, port.handler);
    here.peer = there;
    there.peer = here;
    later(() -> port.handler.opened(there));
    later(() -> handler.opened(here));
    return here;
  }

  @Override
  public void close() {
    loop.shutdownNow();
  }

  private final class Port implements Listener {
    private final Endpoint local;
    private final FlowHandler handler;

    Port(Endpoint local, FlowHandler handler) {
      this.local = local;
      this.handler = handler;
    }

    @Override
    public Endpoint local() {
      return local;
    }

    @Override
    public Flow flowTo(InetSocketAddress remote) {
      if (local.protocol() != Protocol.UDP) {
        throw new IllegalStateException("a stream has to be connected");
      }
      return new Datagrams(this, remote);
    }

    @Override
    public void close() {
      ports.remove(local, this);
    }
  }

  private final class Datagrams implements Flow {
    private final Port port;
    private final InetSocketAddress remote;

    Datagrams(Port port, InetSocketAddress remote) {
      this.port = port;
      this.remote = remote;
    }

    @Override
    public Protocol protocol() {
      return Protocol.UDP;
    }

    @Override
    public InetSocketAddress local() {
      return port.local.address();
    }

    @Override
    public InetSocketAddress remote() {
      return remote;
    }

    @Override
    public boolean send(byte[] data) {
      int times = copies.applyAsInt(new Datagram(local(), remote, data));
      for (int i = 0; i < times; i++) {
        later(() -> {
          Port to = ports.get(new Endpoint(Protocol.UDP, remote));
          if (to != null) {
            to.handler.received(to.flowTo(local()), data.clone());
          }
        });
      }
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
      return other instanceof Datagrams that && port == that.port && remote.equals(that.remote);
    }

    @Override
    public int hashCode() {
      return Objects.hash(System.identityHashCode(port), remote);
    }
  }

  private final class Stream implements Flow {
    private final Protocol protocol;
    private final InetSocketAddress local;
    private final InetSocketAddress remote;
    private final FlowHandler handler;
    private volatile boolean open = true;
    private @Nullable Stream peer;

    Stream(Protocol protocol, InetSocketAddress local, InetSocketAddress remote, FlowHandler handler) {
      this.protocol = protocol;
      this.local = local;
      this.remote = remote;
      this.handler = handler;
    }

    @Override
    public Protocol protocol() {
      return protocol;
    }

    @Override
    public InetSocketAddress local() {
      return local;
    }

    @Override
    public InetSocketAddress remote() {
      return remote;
    }

    @Override
    public boolean send(byte[] data) {
      Stream to = Objects.requireNonNull(peer);
      if (!open) {
        return false;
      }
      later(() -> {
        if (to.open) {
          to.handler.received(to, data.clone());
        }
      });
      return true;
    }

    @Override
    public boolean isOpen() {
      return open;
    }

    @Override
    public String provenName() {
      return "";
    }

    @Override
    public void close() {
      Stream to = Objects.requireNonNull(peer);
      if (open) {
        open = false;
        later(() -> handler.closed(this, "closed here"));
        later(to::closedByPeer);
      }
    }

    private void closedByPeer() {
      if (open) {
        open = false;
        handler.closed(this, "closed by the peer");
      }
    }
  }
}
