// The connections of the HTTP server, and how long their peers may take.
package tucket.transport.http;

import io.helidon.common.socket.SocketOptions;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the server underneath leaves open (Helidon 4.5.0: its read timeout is for clients, its idle time not for heads and bodies that stall): a
/// connection whose first head does not come in time, or that asks for nothing for too long, is closed; a body that does not come whole in time ends
/// there, so that its request can be answered by 408. Thread-safe.
final class Connections implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Connections.class);
  private static final long MOST_MILLIS = 1000;

  private static final class Held {
    final SocketChannel channel;
    long since = System.nanoTime();
    boolean asked;
    int handled;

    Held(SocketChannel channel) {
      this.channel = channel;
    }
  }

  /// A body on its way.
  private final class Reading implements AutoCloseable {
    final long since = System.nanoTime();
    final Optional<Held> over;
    final Thread reader = Thread.currentThread();
    boolean done;
    boolean cut;

    Reading(Optional<Held> over) {
      this.over = over;
    }

    /// Of HTTP/2 only this stream; of HTTP/1.1 the way in of the connection, which ends the body but leaves room for an answer.
    synchronized void cutWhenLate(long now) {
      if (done || cut || now - since < whole) {
        return;
      }
      cut = true;
      over.ifPresentOrElse(held -> {
        try {
          held.channel.shutdownInput();
        } catch (IOException gone) {
          LOG.debug("connection is closed already", gone);
        }
      }, reader::interrupt);
    }

    @Override
    public synchronized void close() {
      done = true;
      bodies.remove(this);
      if (cut && over.isEmpty()) {
        Thread.interrupted();
      }
    }
  }

  private final long whole;
  private final long idle;
  private final Map<SocketAddress, Held> all = new ConcurrentHashMap<>();
  private final Map<Reading, Boolean> bodies = new ConcurrentHashMap<>();
  private final ScheduledExecutorService watch;

  Connections(HttpLimits limits) {
    this.whole = limits.request().toNanos();
    this.idle = limits.idle().toNanos();
    this.watch = new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("http-watch").factory());
    long every = Math.clamp(Math.min(whole, idle) / 4_000_000, 10, MOST_MILLIS);
    watch.scheduleWithFixedDelay(this::look, every, every, TimeUnit.MILLISECONDS);
  }

  /// Options that tell of every connection that is accepted.
  SocketOptions options() {
    return new Told(SocketOptions.create(), this::accepted);
  }

  private void accepted(SocketChannel channel) {
    try {
      all.put(channel.getRemoteAddress(), new Held(channel));
    } catch (IOException gone) {
      LOG.debug("connection is closed already", gone);
    }
  }

  /// A request of that peer has come as far as its head.
  void begin(SocketAddress remote) {
    Held held = all.get(remote);
    if (held != null) {
      synchronized (held) {
        held.asked = true;
        held.handled++;
      }
    }
  }

  /// It is answered.
  void end(SocketAddress remote) {
    Held held = all.get(remote);
    if (held != null) {
      synchronized (held) {
        held.handled--;
        held.since = System.nanoTime();
      }
    }
  }

  /// Something that reads from the peer.
  interface Read<T> {
    T run() throws IOException;
  }

  /// The body did not come whole in time.
  static final class Late extends RuntimeException {}

  /// Reads a body in the time that there is for it, else throws [Late].
  ///
  /// @param alone whether it is the only thing on its connection, as with HTTP/1.1
  <T> T within(SocketAddress remote, boolean alone, Read<T> read) throws IOException {
    Reading reading = new Reading(alone ? Optional.ofNullable(all.get(remote)) : Optional.empty());
    bodies.put(reading, true);
    try {
      T result = read.run();
      reading.close();
      if (reading.cut) {
        throw new Late();
      }
      return result;
    } catch (IOException | RuntimeException broken) {
      reading.close();
      if (reading.cut) {
        throw new Late();
      }
      throw broken;
    }
  }

  private void look() {
    long now = System.nanoTime();
    bodies.keySet().forEach(reading -> reading.cutWhenLate(now));
    all.forEach((remote, held) -> {
      if (!held.channel.isOpen()) {
        all.remove(remote, held);
      } else if (isLate(held, now)) {
        try {
          held.channel.close();
        } catch (IOException gone) {
          LOG.debug("connection is closed already", gone);
        }
      }
    });
  }

  private boolean isLate(Held held, long now) {
    synchronized (held) {
      return held.handled == 0 && now - held.since > (held.asked ? idle : Math.min(idle, whole));
    }
  }

  /// How many there are, for tests.
  int size() {
    return all.size();
  }

  @Override
  public void close() {
    watch.shutdownNow();
  }

  /// The usual options, and somebody who is told.
  private record Told(SocketOptions usual, Consumer<SocketChannel> accepted) implements SocketOptions {
    @Override
    public void configureSocket(SocketChannel channel) {
      usual.configureSocket(channel);
      accepted.accept(channel);
    }

    @Override
    public Map<SocketOption<?>, Object> socketOptions() {
      return usual.socketOptions();
    }

    @Override
    public Duration connectTimeout() {
      return usual.connectTimeout();
    }

    @Override
    public Duration readTimeout() {
      return usual.readTimeout();
    }

    @Override
    public Optional<Integer> socketReceiveBufferSize() {
      return usual.socketReceiveBufferSize();
    }

    @Override
    public Optional<Integer> socketSendBufferSize() {
      return usual.socketSendBufferSize();
    }

    @Override
    public boolean socketReuseAddress() {
      return usual.socketReuseAddress();
    }

    @Override
    public boolean socketKeepAlive() {
      return usual.socketKeepAlive();
    }

    @Override
    public boolean tcpNoDelay() {
      return usual.tcpNoDelay();
    }
  }
}
