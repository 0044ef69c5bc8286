// One TCP or TLS connection: reads as bytes come, writes what has gathered at the end of a turn of its loop, is cut when the peer does not read.
package tucket.transport.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.net.InetSocketAddress;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.transport.Flow;
import tucket.transport.FlowHandler;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;
import tucket.transport.net.NetworkFigures.Figure;

/// Everything but [#send], [#close], [#reading] and the questions runs on the connection's loop.
final class StreamFlow extends ChannelInboundHandlerAdapter implements Flow {
  private static final Logger LOG = LoggerFactory.getLogger(StreamFlow.class);

  /// Bytes given to the socket at once; what is beyond waits on the heap until the peer has read.
  private static final int CHUNK = 64 << 10;

  private final Channel channel;
  private final Protocol protocol;
  private final StreamContext context;
  private final FlowHandler handler;
  private final Opening opening;
  private final Outbox<byte[]> outbox;
  private final InetSocketAddress remote;
  private final Runnable pump = this::pump;
  private final @Nullable Inbox inbox;

  private volatile boolean closing;
  private volatile boolean wanted = true; // by the handler
  private volatile boolean paused; // since the inbox is full
  private volatile String why = "";
  private volatile PeerNames names = PeerNames.NONE;
  private volatile List<X509Certificate> chain = List.of();
  private volatile @Nullable InetSocketAddress local;

  // Of the loop alone.
  private Outbox.@Nullable Entry<byte[]> waiting;
  private int waitingOffset;
  private int inFlight;
  private boolean opened;
  private boolean heard;
  private long since;
  private long lastByte;
  private long lastProgress;

  /// Who waits for the connection, if anyone: told once that it is open or why it is not.
  interface Opening {
    void opened(StreamFlow flow);

    void failed(Throwable cause);

    /// The name that the peer's certificate must prove (empty: its IP address); only asked on connections that we open.
    String wanted();

    boolean ours();

    /// Whether any certificate is taken, for the handler to judge.
    boolean any();
  }

  StreamFlow(Channel channel, Protocol protocol, InetSocketAddress remote, StreamContext context, FlowHandler handler, Opening opening) {
    this.channel = channel;
    this.protocol = protocol;
    this.context = context;
    this.handler = handler;
    this.opening = opening;
    this.outbox = new Outbox<>(context.limits().outboxBytes());
    this.remote = remote;
    this.inbox = context.loops().inboxOf(channel.eventLoop());
    this.since = System.nanoTime();
  }

  @Override
  public Protocol protocol() {
    return protocol;
  }

  @Override
  public InetSocketAddress local() {
    return Objects.requireNonNull(local, "not open yet");
  }

  @Override
  public InetSocketAddress remote() {
    return remote;
  }

  @Override
  public boolean send(byte[] data) {
    if (!isOpen()) {
      return false;
    }
    if (data.length == 0) {
      return true;
    }
    return switch (outbox.push(data, data.length)) {
      case FULL -> {
        closing = true;
        onLoop(() -> cut(Figure.CUT_OUTBOX, "the peer does not read: its outbox is full"));
        yield false;
      }
      case FIRST -> Loops.atTurnsEnd(channel.eventLoop(), pump);
      case MORE -> true;
    };
  }

  @Override
  public boolean isOpen() {
    return !closing && channel.isActive();
  }

  @Override
  public String provenName() {
    return names.first();
  }

  @Override
  public boolean proves(String domain) {
    return names.proves(domain);
  }

  @Override
  public Optional<byte[]> certificate() {
    try {
      return chain.isEmpty() ? Optional.empty() : Optional.of(chain.getFirst().getEncoded());
    } catch (CertificateEncodingException unreadable) {
      return Optional.empty();
    }
  }

  @Override
  public boolean provesHost(String host) {
    if (protocol != Protocol.TLS) {
      return false;
    }
    TlsMaterial tls = context.tls();
    if (tls.trustsAnyone() || chain.isEmpty()) {
      return tls.trustsAnyone();
    }
    boolean vouched = !opening.any() || tls.trusts(chain, opening.ours());
    return vouched && PeerNames.of(chain.getFirst()).match(host, remote.getAddress());
  }

  @Override
  public void reading(boolean on) {
    wanted = on;
    channel.config().setAutoRead(on && !paused);
  }

  /// Calls the handler: at once, or where work runs on the loops, in order by the loop's inbox.
  private void tell(String doing, Runnable event) {
    if (inbox == null) {
      guarded(doing, event);
    } else {
      inbox.put(() -> guarded(doing, event));
      if (inbox.isFull() && !paused) {
        paused = true;
        channel.config().setAutoRead(false);
        inbox.put(this::goOn); // behind all that waits
      }
    }
  }

  private void goOn() {
    paused = false;
    channel.config().setAutoRead(wanted);
  }

  private void guarded(String doing, Runnable event) {
    try {
      event.run();
    } catch (RuntimeException ours) {
      LOG.error("{} {} failed", doing, this, ours);
      close("internal error");
    }
  }

  @Override
  public void close() {
    close("closed here");
  }

  void close(String reason) {
    closing = true;
    onLoop(
        () -> {
          because(reason);
          pump();
        });
  }

  @Override
  public String toString() {
    return protocol.name().toLowerCase(Locale.ROOT) + ":" + remote;
  }

  private boolean onLoop(Runnable task) {
    try {
      channel.eventLoop().execute(task);
      return true;
    } catch (RejectedExecutionException shut) {
      return false;
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (protocol == Protocol.TCP) {
      open();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (handshake.isSuccess()) {
        verified(ctx.pipeline().get(SslHandler.class));
      } else {
        handshakeFailed(handshake.cause());
      }
    }
  }

  private void verified(SslHandler tls) {
    chain = PeerNames.chain(tls.engine().getSession());
    PeerNames proven = PeerNames.of(chain, context.tls().trustsAnyone() || opening.any());
    if (opening.ours() && !opening.any() && !context.tls().trustsAnyone() && !proven.match(opening.wanted(), remote.getAddress())) {
      String wanted = opening.wanted().isEmpty() ? remote.getAddress().getHostAddress() : opening.wanted();
      handshakeFailed(
          new Unavailable(
              "its certificate is for " + proven + ", not for " + wanted
                  + " (RFC 5922); connect by a name that it holds, or have it reissued"));
      return;
    }
    names = proven;
    open();
  }

  private void handshakeFailed(Throwable cause) {
    context.figures().count(Figure.HANDSHAKES_FAILED);
    because("TLS handshake failed: " + Failures.detail(cause));
    opening.failed(cause);
    channel.close();
  }

  private void open() {
    long now = System.nanoTime();
    local = (InetSocketAddress) channel.localAddress();
    opened = true;
    since = now;
    lastByte = now;
    lastProgress = now;
    context.figures().count(opening.ours() ? Figure.CONNECTED : Figure.ACCEPTED);
    context.sweepOf(channel.eventLoop()).add(this);
    tell("opening", () -> handler.opened(this));
    tell("opening", () -> opening.opened(this));
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf content = (ByteBuf) message;
    byte[] data = new byte[content.readableBytes()];
    content.readBytes(data);
    content.release();
    if (data.length == 0 || !opened) {
      return;
    }
    heard = true;
    lastByte = System.nanoTime();
    context.figures().add(Figure.BYTES_IN, data.length);
    tell("handling bytes of", () -> handler.received(this, data));
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (channel.isWritable()) {
      pump();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    String detail = Failures.detail(cause);
    if (opened && why.isEmpty() && detail.contains("timed out")) {
      // The kernel has given up on what it had to send.
      context.figures().count(Figure.CUT_STALLED);
    }
    because(detail);
    if (!opened) {
      opening.failed(cause);
    }
    channel.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    closing = true;
    because("closed by the peer");
    if (!opened) {
      opening.failed(new Unavailable(why));
      return;
    }
    context.figures().count(Figure.CLOSED);
    context.sweepOf(channel.eventLoop()).remove(this);
    tell("closing", () -> handler.closed(this, why));
  }

  /// Looked at by the loop's sweep; cuts the connection where a time limit has passed.
  void sweep(long now) {
    NetworkLimits limits = context.limits();
    if (outbox.held() == 0) {
      if (closing) {
        channel.close();
      } else if (!heard && !opening.ours() && now - since > limits.firstByte().toNanos()) {
        cut(Figure.CUT_SILENT, "no first byte in time");
      } else if (now - lastByte > limits.idle().toNanos()) {
        cut(Figure.CUT_IDLE, "idle");
      }
    } else if (now - lastProgress > limits.stall().toNanos()) {
      cut(Figure.CUT_STALLED, "the peer does not read: nothing left its outbox in time");
    }
  }

  long held() {
    return outbox.held();
  }

  void cut(Figure figure, String reason) {
    closing = true;
    if (why.isEmpty()) {
      context.figures().count(figure);
    }
    because(reason);
    channel.close();
  }

  private void because(String reason) {
    if (why.isEmpty()) {
      why = reason;
    }
  }

  /// Moves bytes from the outbox to the socket while it takes them.
  private void pump() {
    if (inFlight == 0) {
      lastProgress = System.nanoTime();
    }
    while (channel.isWritable() && moreWaiting()) {
      long cost = 0;
      ByteBuf chunk = channel.alloc().directBuffer(chunkSize());
      while (moreWaiting() && chunk.readableBytes() < CHUNK) {
        Outbox.Entry<byte[]> entry = Objects.requireNonNull(waiting);
        int count = Math.min(entry.value.length - waitingOffset, CHUNK - chunk.readableBytes());
        chunk.writeBytes(entry.value, waitingOffset, count);
        waitingOffset += count;
        cost += count;
        if (waitingOffset == entry.value.length) {
          waiting = entry.next;
          waitingOffset = 0;
          cost += Outbox.ENTRY_COST;
        }
      }
      int bytes = chunk.readableBytes();
      long released = cost;
      inFlight++;
      channel.writeAndFlush(chunk).addListener((ChannelFuture done) -> written(done.isSuccess(), bytes, released));
    }
    if (closing && outbox.held() == 0) {
      channel.close();
    }
  }

  private boolean moreWaiting() {
    if (waiting == null) {
      waiting = outbox.takeAll();
    }
    return waiting != null;
  }

  private int chunkSize() {
    int size = -waitingOffset;
    for (Outbox.Entry<byte[]> entry = waiting; entry != null && size < CHUNK; entry = entry.next) {
      size += Math.min(entry.value.length, CHUNK + waitingOffset);
    }
    return Math.clamp(size, 1, CHUNK);
  }

  private void written(boolean success, int bytes, long cost) {
    inFlight--;
    outbox.release(cost);
    if (success) {
      lastProgress = System.nanoTime();
      lastByte = lastProgress;
      context.figures().add(Figure.BYTES_OUT, bytes);
      if (closing && outbox.held() == 0) {
        channel.close();
      }
    }
  }
}
