// Virtual threads that run on the event loop that started them.
package tucket.transport.net;

import io.netty.channel.EventLoop;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.transport.Threads;

/// A request that is read on a loop, parks for its answer and is woken by the loop that reads the answer then needs no hop to another
/// thread. A body started on a loop, or by a virtual thread of that loop, stays there; one started elsewhere gets a loop in turn.
///
/// **The price:** while a body runs, its loop moves no packets. Parking (locks, waits, `Deadline`-bound answers, sockets of the JDK)
/// frees the loop; long computing, file access and native code that waits (JNI, so the storage engine's own threads must do the waiting)
/// hold it. A body that may do such work belongs on [VirtualThreads].
///
/// Where the JDK does not let anybody choose the scheduler ([OwnScheduler]), [#over] gives [VirtualThreads] and logs so.
public final class LoopThreads implements Threads {
  private static final Logger LOG = LoggerFactory.getLogger(LoopThreads.class);

  private final OwnScheduler door;
  private final List<Carrier> carriers;
  private final Map<EventLoop, Carrier> byLoop = new IdentityHashMap<>();
  private final AtomicInteger turn = new AtomicInteger();

  private LoopThreads(OwnScheduler door, Loops loops) {
    this.door = door;
    carriers = loops.all().stream().map(loop -> new Carrier(this, loop)).toList();
    carriers.forEach(carrier -> byLoop.put(carrier.loop, carrier));
  }

  /// Threads on the loops of `network`, or ordinary virtual threads where this JDK does not allow that.
  public static Threads over(NettyNetwork network) {
    Optional<OwnScheduler> door = OwnScheduler.open();
    if (door.isEmpty()) {
      LOG.info(
          "virtual threads run on the JDK's scheduler; start Java with --add-opens=java.base/java.lang=ALL-UNNAMED"
              + " to run them on the event loops");
      return new VirtualThreads();
    }
    return new LoopThreads(door.get(), network.loops());
  }

  @Override
  public void start(String name, Runnable body) {
    door.start(carrier(), name, VirtualThreads.guarded(name, body));
  }

  private Carrier carrier() {
    EventLoop here = Loops.current();
    Carrier own = here != null ? byLoop.get(here) : null;
    if (own != null) {
      return own;
    }
    Thread caller = Thread.currentThread();
    // Only our own carriers: another network's threads have theirs.
    if (caller.isVirtual() && door.schedulerOf(caller) instanceof Carrier carrier && carrier.home == this) {
      return carrier;
    }
    return carriers.get(Math.floorMod(turn.getAndIncrement(), carriers.size()));
  }

  /// A loop as a scheduler of virtual threads.
  private static final class Carrier implements Executor {
    private final LoopThreads home;
    private final EventLoop loop;

    Carrier(LoopThreads home, EventLoop loop) {
      this.home = home;
      this.loop = loop;
    }

    @Override
    public void execute(Runnable continuation) {
      try {
        loop.execute(continuation);
      } catch (RejectedExecutionException shut) {
        // The network has been closed under a thread that is still at work: let it come to its end elsewhere.
        Thread.ofPlatform().daemon().name("after-close").start(continuation);
      }
    }
  }
}
