// The connections or sockets of the load generator.
package tucket.app.load;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tucket.transport.Endpoint;
import tucket.transport.Network;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;
import tucket.transport.World;

/// Opened some at a time; the devices share them in turn.
final class Wires {
  private static final int OPENING = 64;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final World world;
  private final LoadPlan plan;
  private final Wire[] wires;
  private final boolean datagrams;

  Wires(World world, LoadPlan plan, Load load) {
    this.world = world;
    this.plan = plan;
    datagrams = plan.target().protocol() == Protocol.UDP;
    wires = new Wire[plan.connections()];
    for (int i = 0; i < wires.length; i++) {
      wires[i] = new Wire(load, datagrams);
    }
  }

  /// Blocks; throws [Unavailable] where one can't be opened.
  void open() {
    Semaphore turn = new Semaphore(OPENING);
    CountDownLatch opening = new CountDownLatch(wires.length);
    AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    for (Wire wire : wires) {
      turn.acquireUninterruptibly();
      world.threads().start("connect", () -> {
        try {
          if (failure.get() == null) {
            open(wire);
          }
        } catch (RuntimeException e) {
          failure.compareAndSet(null, e);
        } finally {
          turn.release();
          opening.countDown();
        }
      });
    }
    try {
      opening.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted", e);
    }
    RuntimeException first = failure.get();
    if (first != null) {
      throw first;
    }
  }

  private void open(Wire wire) {
    Endpoint target = plan.target();
    if (datagrams) {
      String here = target.address().getAddress().isLoopbackAddress() ? target.host() : "0.0.0.0";
      Network.Listener socket = world.network().listen(new Endpoint(Protocol.UDP, new InetSocketAddress(here, 0)), wire);
      wire.use(socket.flowTo(target.address()), socket);
    } else {
      wire.use(world.network().connect(target, plan.domain(), wire, PATIENCE), null);
    }
  }

  /// The one of a device.
  Wire of(int user, int device) {
    int number = user < plan.senders() ? user : plan.senders() + (user - plan.senders()) * plan.devices() + device;
    return wires[number % wires.length];
  }

  void close() {
    for (Wire wire : wires) {
      wire.close();
    }
  }
}
