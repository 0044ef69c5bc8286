// The network of the machine: UDP, TCP and TLS on IPv4 and IPv6.
package tucket.transport.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tucket.transport.Endpoint;
import tucket.transport.Flow;
import tucket.transport.FlowHandler;
import tucket.transport.Network;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;

/// Thread-safe. [#listen] and [#connect] block and so must not be called by a handler on a loop's own thread (they throw
/// [IllegalStateException] there); on a virtual thread they only park.
///
/// UDP flows have no [FlowHandler#opened] and no [FlowHandler#closed]. A connection is told as opened when bytes can flow: under TLS
/// after the handshake.
public final class NettyNetwork implements Network {
  /// How long [#close] lets connections write what they have queued.
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  private final NetworkSettings settings;
  private final NetworkFigures figures = new NetworkFigures();
  private final Loops loops;
  private final StreamContext context;
  private final Set<Listener> listeners = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /// A network that trusts the JDK's authorities and has no certificate of its own.
  public NettyNetwork(NetworkSettings settings) {
    this(settings, TlsMaterial.load(TlsSettings.CLIENT));
  }

  public NettyNetwork(NetworkSettings settings, TlsMaterial tls) {
    this.settings = settings;
    loops = new Loops(settings.loops(), settings.nativeSockets());
    NetworkLimits limits = settings.limits();
    Map<EventLoop, Sweep> sweeps = new IdentityHashMap<>();
    long period = limits.sweep().toMillis();
    for (EventLoop loop : loops.all()) {
      Sweep sweep = new Sweep(limits.outboxTotalBytes() / loops.all().size());
      sweeps.put(loop, sweep);
      var unused = loop.scheduleWithFixedDelay(sweep, period, period, TimeUnit.MILLISECONDS);
    }
    context = new StreamContext(limits, figures, new Slots(limits.connections(), limits.connectionsPerAddress()), sweeps, tls, loops);
  }

  public NetworkFigures figures() {
    return figures;
  }

  /// Whether epoll drives the sockets (NIO otherwise).
  public boolean nativeSockets() {
    return loops.epoll();
  }

  Loops loops() {
    return loops;
  }

  @Override
  public Listener listen(Endpoint local, FlowHandler handler) {
    return listen(local, handler, ACCEPTED);
  }

  @Override
  public Listener listenForAny(Endpoint local, FlowHandler handler) {
    return listen(local, handler, ACCEPTED_ANY);
  }

  @Override
  public Optional<byte[]> certificate() {
    return Optional.of(context.tls().forAny().certificate());
  }

  private Listener listen(Endpoint local, FlowHandler handler, StreamFlow.Opening opening) {
    mayBlock();
    Listener listener =
        switch (local.protocol()) {
          case UDP -> DatagramListener.open(local, handler, loops, settings, figures);
          case TCP, TLS -> new StreamListener(bind(local, handler, opening), local.protocol());
          case WS, WSS ->
              throw new Unavailable("Can't listen on " + local + ": WebSocket is not supported yet; configure udp, tcp or tls.");
        };
    listeners.add(listener);
    return listener;
  }

  private Channel bind(Endpoint local, FlowHandler handler, StreamFlow.Opening opening) {
    if (local.protocol() == Protocol.TLS && !opening.any() && context.tls().server().isEmpty()) {
      throw new Unavailable(
          "Can't listen on " + local + ": no certificate is configured; name a certificate and its key, or make one for the lab.");
    }
    ChannelInitializer<Channel> accept =
        new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel channel) {
            accepted(channel, local.protocol(), handler, opening);
          }
        };
    ChannelFuture bound =
        loops.server(local.address().getAddress(), settings.limits()).childHandler(accept).bind(local.address()).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw Failures.listening(local, bound.cause());
    }
    return bound.channel();
  }

  private void accepted(Channel channel, Protocol protocol, FlowHandler handler, StreamFlow.Opening opening) {
    InetSocketAddress remote = (InetSocketAddress) channel.remoteAddress();
    if (remote == null || closed) {
      channel.close();
      return;
    }
    if (!context.slots().takeFor(remote.getAddress())) {
      figures.count(NetworkFigures.Figure.REFUSED);
      channel.close();
      return;
    }
    channel.closeFuture().addListener(ended -> context.slots().giveBackOf(remote.getAddress()));
    if (protocol == Protocol.TLS) {
      SslContext tls = opening.any() ? context.tls().forAny().server() : context.tls().server().orElseThrow();
      addTls(channel, tls.newHandler(channel.alloc()));
    }
    channel.pipeline().addLast(new StreamFlow(channel, protocol, remote, context, handler, opening));
  }

  private void addTls(Channel channel, SslHandler handler) {
    handler.setHandshakeTimeoutMillis(settings.limits().handshake().toMillis());
    handler.setCloseNotifyFlushTimeoutMillis(1000);
    channel.pipeline().addLast(handler);
  }

  @Override
  public Flow connect(Endpoint remote, String name, FlowHandler handler, Duration within) {
    return connect(remote, new Connecting(name, false), handler, within);
  }

  @Override
  public Flow connectToAny(Endpoint remote, FlowHandler handler, Duration within) {
    return connect(remote, new Connecting("", true), handler, within);
  }

  private Flow connect(Endpoint remote, Connecting connecting, FlowHandler handler, Duration within) {
    mayBlock();
    if (remote.protocol() != Protocol.TCP && remote.protocol() != Protocol.TLS) {
      throw new Unavailable("Can't connect to " + remote + ": only tcp and tls connect.");
    }
    if (!context.slots().take()) {
      throw new Unavailable(
          "Can't connect to " + remote + ": all " + settings.limits().connections() + " connections are in use; raise the limit.");
    }
    Bootstrap bootstrap =
        loops.client(remote.address().getAddress(), settings.limits())
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.clamp(within.toMillis(), 1, Integer.MAX_VALUE))
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    if (remote.protocol() == Protocol.TLS) {
                      SslContext tls = connecting.any() ? context.tls().forAny().client() : context.tls().client();
                      addTls(channel, tls.newHandler(channel.alloc(), hostOf(connecting.wanted(), remote), remote.port()));
                    }
                    channel.pipeline().addLast(new StreamFlow(channel, remote.protocol(), remote.address(), context, handler, connecting));
                  }
                });
    ChannelFuture connected = bootstrap.connect(remote.address());
    connected.channel().closeFuture().addListener(ended -> context.slots().giveBack());
    connected.addListener(
        (ChannelFuture done) -> {
          if (!done.isSuccess()) {
            connecting.failed(done.cause());
          }
        });
    return connecting.await(remote, within, connected.channel());
  }

  /// The name for SNI; an address is none (RFC 6066 section 3).
  private static String hostOf(String name, Endpoint remote) {
    return name.isEmpty() ? remote.host() : name;
  }

  private void mayBlock() {
    if (Loops.current() != null) {
      throw new IllegalStateException("a loop must not wait for sockets; do it on a virtual thread");
    }
    if (closed) {
      throw new Unavailable("The network has been closed.");
    }
  }

  /// Stops listening, lets connections write what they have queued (2 seconds at most), and ends the loops.
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    listeners.forEach(Listener::close);
    long until = System.nanoTime() + FAREWELL.toNanos();
    context.sweeps().forEach((loop, sweep) -> loop.execute(() -> sweep.closeAll("shutting down")));
    while (System.nanoTime() < until && figures.open() > 0) {
      try {
        Thread.sleep(5);
      } catch (InterruptedException hurried) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    loops.close();
  }

  private static final StreamFlow.Opening ACCEPTED = new Accepted(false);
  private static final StreamFlow.Opening ACCEPTED_ANY = new Accepted(true);

  private record Accepted(boolean any) implements StreamFlow.Opening {
    @Override
    public void opened(StreamFlow flow) {}

    @Override
    public void failed(Throwable cause) {}

    @Override
    public String wanted() {
      return "";
    }

    @Override
    public boolean ours() {
      return false;
    }
  }

  /// Somebody who waits for a connection to open.
  private record Connecting(String wanted, boolean any, CompletableFuture<StreamFlow> flow) implements StreamFlow.Opening {
    Connecting(String wanted, boolean any) {
      this(wanted, any, new CompletableFuture<>());
    }

    @Override
    public void opened(StreamFlow opened) {
      flow.complete(opened);
    }

    @Override
    public void failed(Throwable cause) {
      flow.completeExceptionally(cause);
    }

    @Override
    public boolean ours() {
      return true;
    }

    StreamFlow await(Endpoint remote, Duration within, Channel channel) {
      @Nullable Throwable cause;
      try {
        return flow.get(within.toNanos(), TimeUnit.NANOSECONDS);
      } catch (ExecutionException failure) {
        cause = failure.getCause();
      } catch (TimeoutException slow) {
        cause = new Unavailable("no connection within " + Failures.seconds(within));
      } catch (InterruptedException unwanted) {
        Thread.currentThread().interrupt();
        cause = new Unavailable("interrupted");
      }
      channel.close();
      throw Failures.connecting(remote, within, cause);
    }
  }

  /// A TCP or TLS port that is listened on.
  private record StreamListener(Channel channel, Protocol protocol) implements Listener {
    @Override
    public Endpoint local() {
      return new Endpoint(protocol, (InetSocketAddress) channel.localAddress());
    }

    @Override
    public Flow flowTo(InetSocketAddress remote) {
      throw new IllegalStateException("a " + protocol + " listener has no flow to " + remote + ": connect");
    }

    @Override
    public void close() {
      channel.close().awaitUninterruptibly();
    }
  }
}
