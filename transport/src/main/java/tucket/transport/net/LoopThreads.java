// Virtual threads that run on the event loop that started them.
package tucket.transport.net;

import io.netty.channel.EventLoop;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
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
/// The JDK has no public way to choose a virtual thread's scheduler; this uses the one inside java.lang, which needs the flag
/// `--add-opens=java.base/java.lang=ALL-UNNAMED`. Where that door is shut, [#over] gives [VirtualThreads] and logs so.
public final class LoopThreads implements Threads {
  private static final Logger LOG = LoggerFactory.getLogger(LoopThreads.class);

  private final Door door;
  private final List<Carrier> carriers;
  private final Map<EventLoop, Carrier> byLoop = new IdentityHashMap<>();
  private final AtomicInteger turn = new AtomicInteger();

  private LoopThreads(Door door, Loops loops) {
    this.door = door;
    carriers = loops.all().stream().map(loop -> new Carrier(this, loop)).toList();
    carriers.forEach(carrier -> byLoop.put(carrier.loop, carrier));
  }

  /// Threads on the loops of `network`, or ordinary virtual threads where this JDK does not allow that.
  public static Threads over(NettyNetwork network) {
    Optional<Door> door = Door.open();
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

  /// The way to the JDK's inner faces: `ThreadBuilders.newVirtualThread(Executor, String, int, Runnable)` and the field
  /// `VirtualThread.scheduler`.
  private record Door(MethodHandle maker, MethodHandle scheduler) {
    /// `Thread.NO_INHERIT_THREAD_LOCALS`
    private static final int PLAIN = 1 << 2;

    static Optional<Door> open() {
      try {
        Class<?> builders = Class.forName("java.lang.ThreadBuilders");
        Class<?> virtual = Class.forName("java.lang.VirtualThread");
        MethodType type = MethodType.methodType(Thread.class, Executor.class, String.class, int.class, Runnable.class);
        MethodHandles.Lookup own = MethodHandles.lookup();
        MethodHandle maker = MethodHandles.privateLookupIn(builders, own).findStatic(builders, "newVirtualThread", type);
        MethodHandle scheduler = MethodHandles.privateLookupIn(virtual, own).findGetter(virtual, "scheduler", Executor.class);
        return Optional.of(new Door(maker, scheduler.asType(MethodType.methodType(Executor.class, Thread.class))));
      } catch (ReflectiveOperationException | RuntimeException shut) {
        LOG.debug("no door to the scheduler of virtual threads", shut);
        return Optional.empty();
      }
    }

    void start(Executor on, String name, Runnable body) {
      try {
        ((Thread) maker.invokeExact(on, name, PLAIN, body)).start();
      } catch (Throwable failure) {
        throw unchecked(failure);
      }
    }

    Executor schedulerOf(Thread virtual) {
      try {
        return (Executor) scheduler.invokeExact(virtual);
      } catch (Throwable failure) {
        throw unchecked(failure);
      }
    }

    private static RuntimeException unchecked(Throwable failure) {
      if (failure instanceof Error error) {
        throw error;
      }
      return failure instanceof RuntimeException plain ? plain : new IllegalStateException(failure);
    }
  }
}
