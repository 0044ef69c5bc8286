// One end of a simulated connection.
package tucket.transport.simulated;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import tucket.transport.Flow;
import tucket.transport.FlowHandler;
import tucket.transport.Protocol;

/// Bytes arrive in order, cut into pieces by the seed. While an end is dark they wait; after a while the sender gives up and hears of it, the
/// other end never does. Bytes to an end that no longer exists are answered by a reset. Too many bytes under way close the connection.
final class SimulatedStream implements Flow {
  private static final int MOST_UNDER_WAY = 4 << 20;
  private static final byte[] END = new byte[0];
  private static final Duration AGAIN = Duration.ofSeconds(1);

  private final Simulator simulator;
  private final SimulatedNetwork network;
  private final SimulatedProcess process;
  private final InetSocketAddress local;
  private final InetSocketAddress remote;
  private final FlowHandler handler;
  private final int number;
  private final long patience;
  private final Deque<byte[]> wire = new ArrayDeque<>(); // towards the peer
  private final Deque<byte[]> unread = new ArrayDeque<>();
  private @Nullable SimulatedStream peer;
  private boolean open = true;
  private boolean reading = true;
  private boolean told;
  private int underWay;
  private long lastArrival;
  private long blockedSince = -1;

  private SimulatedStream(Simulator simulator, SimulatedNetwork network, SimulatedProcess process, InetSocketAddress local, InetSocketAddress remote,
      FlowHandler handler) {
    this.simulator = simulator;
    this.network = network;
    this.process = process;
    this.local = local;
    this.remote = remote;
    this.handler = handler;
    this.number = network.nextStream();
    this.patience = Duration.ofSeconds(20 + simulator.random().nextInt(600)).toNanos();
  }

  /// A connection from `process` to that port; returns the near end.
  static SimulatedStream connect(Simulator simulator, SimulatedNetwork network, SimulatedProcess process, FlowHandler handler, Port port) {
    InetSocketAddress local = new InetSocketAddress(process.machine().address(), network.freePort());
    SimulatedStream near = new SimulatedStream(simulator, network, process, local, port.address(), handler);
    SimulatedStream far = new SimulatedStream(simulator, network, port.process, port.address(), local, port.handler);
    near.peer = far;
    far.peer = near;
    network.opened(near);
    network.opened(far);
    far.call(() -> far.handler.opened(far));
    near.call(() -> near.handler.opened(near));
    return near;
  }

  SimulatedStream peer() {
    return Objects.requireNonNull(peer);
  }

  SimulatedProcess process() {
    return process;
  }

  // A network calls from its event thread, never from inside the caller's call.
  private void call(Runnable event) {
    simulator.after(Duration.ZERO, () -> now(event));
  }

  private void now(Runnable event) {
    if (process.isAlive()) {
      try {
        event.run();
      } catch (Throwable failure) {
        simulator.fault(process + " stream", failure);
      }
    }
  }

  @Override
  public Protocol protocol() {
    return Protocol.TCP;
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
    if (!open) {
      return false;
    }
    network.sent(process, Protocol.TCP, local, remote, data);
    underWay += data.length;
    if (underWay > MOST_UNDER_WAY) {
      reset("the peer does not read", Duration.ZERO);
      return false;
    }
    Random random = simulator.random();
    int from = 0;
    while (from < data.length) {
      int length = random.nextInt(4) > 0 ? data.length - from : 1 + random.nextInt(data.length - from);
      transmit(Arrays.copyOfRange(data, from, from + length));
      from += length;
    }
    return true;
  }

  private void transmit(byte[] piece) {
    wire.add(piece);
    long arrival = Math.max(lastArrival, simulator.now() + network.weather().delay(simulator.random()).toNanos());
    lastArrival = arrival;
    simulator.after(Duration.ofNanos(arrival - simulator.now()), this::arrive);
  }

  private void arrive() {
    if (wire.isEmpty()) {
      return;
    }
    SimulatedStream to = peer();
    if (process.machine().isDark() || to.process.machine().isDark()) {
      blockedSince = blockedSince < 0 ? simulator.now() : blockedSince;
      if (simulator.now() - blockedSince > patience) {
        reset("timed out", Duration.ZERO);
      } else {
        simulator.after(AGAIN, this::arrive);
      }
      return;
    }
    blockedSince = -1;
    byte[] piece = wire.remove();
    underWay -= piece.length;
    if (!to.process.isAlive() || !to.open) {
      reset("connection reset", network.weather().delay(simulator.random()));
    } else if (!to.reading) {
      to.unread.add(piece);
    } else {
      to.received(piece);
    }
  }

  private void received(byte[] piece) {
    if (piece.length == 0) {
      close("closed by the peer");
    } else {
      now(() -> handler.received(this, piece));
    }
  }

  @Override
  public void reading(boolean on) {
    reading = on;
    while (reading && open && !unread.isEmpty()) {
      byte[] piece = unread.remove();
      call(() -> received(piece));
    }
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
    if (open) {
      transmit(END);
      close("closed here");
    }
  }

  private void close(String why) {
    open = false;
    network.over(this);
    if (!told) {
      told = true;
      call(() -> handler.closed(this, why));
    }
  }

  /// This end breaks off after `delay`, with all that is still on its way.
  void reset(String why, Duration delay) {
    simulator.after(delay, () -> {
      wire.clear();
      if (open) {
        close(why);
      }
    });
  }

  /// Its process is gone: nothing is told to anybody.
  void vanish() {
    open = false;
    told = true;
    network.over(this);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return number;
  }

  @Override
  public String toString() {
    return process.machine() + " " + local.getPort() + " > " + peer().process.machine() + " " + remote.getPort();
  }
}
