// Virtual threads that run on the event loop that started them.
package tucket.transport.net;

import io.netty.channel.EventLoop;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.transport.Threads;

/// A request that is read on a loop, parks for its answer and is woken by the loop that reads the answer then needs no hop to another
/// thread. A body started on a loop, or by a virtual thread of that loop, stays there; one started elsewhere (at the start of the server, by an
/// alarm, by the administration) is in nobody's hurry and may take long: it runs on the JDK's own scheduler.
///
/// **The price:** while a body runs, its loop moves no packets. Parking (locks, waits, `Deadline`-bound answers, sockets of the JDK)
/// frees the loop; long computing, file access and native code that waits (JNI, so the storage engine's own threads must do the waiting)
/// hold it. A body that may do such work belongs on [VirtualThreads].
///
/// **The danger:** a loop must never itself wait for a lock that its threads take. So the network's handlers are called on a virtual thread of
/// the loop too ([Inbox]), and whatever runs on the loop's own thread takes no lock and writes no log.
///
/// Where the JDK does not let anybody choose the scheduler ([OwnScheduler]), [#over] gives [VirtualThreads] and logs so.
public final class LoopThreads implements Threads {
  private static final Logger LOG = LoggerFactory.getLogger(LoopThreads.class);

  private final OwnScheduler door;
  private final Map<EventLoop, Carrier> byLoop = new IdentityHashMap<>();
  private final VirtualThreads elsewhere = new VirtualThreads();

  private LoopThreads(OwnScheduler door, Loops loops) {
    this.door = door;
    loops.all().forEach(loop -> byLoop.put(loop, new Carrier(this, loop)));
    byLoop.forEach((loop, carrier) -> {
      Inbox inbox = new Inbox();
      loops.tellBy(loop, inbox);
      door.start(new Arrivals(carrier), "inbox", inbox::run);
    });
  }

  /// Threads on the loops of `network`, which must not be in use yet, or ordinary virtual threads where this JDK does not allow that.
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
    Carrier carrier = carrier();
    if (carrier == null) {
      elsewhere.start(name, body);
    } else {
      door.start(carrier, name, VirtualThreads.guarded(name, body));
    }
  }

  /// Begun one after the other, each when all that the loop had to do has had its turn: who is served already does not wait for those who come.
  @Override
  public void begin(String name, Runnable body) {
    Carrier carrier = carrier();
    if (carrier == null) {
      elsewhere.start(name, body);
    } else {
      carrier.later(new Later(name, VirtualThreads.guarded(name, body)));
    }
  }

  private record Later(String name, Runnable body) {}

  private @Nullable Carrier carrier() {
    EventLoop here = Loops.current();
    Carrier own = here != null ? byLoop.get(here) : null;
    if (own != null) {
      return own;
    }
    Thread caller = Thread.currentThread();
    // Only our own carriers: another network's threads have theirs.
    Carrier loops = caller.isVirtual() ? carrierOf(door.schedulerOf(caller)) : null;
    return loops != null && loops.home == this ? loops : null;
  }

  private static @Nullable Carrier carrierOf(Executor scheduler) {
    return switch (scheduler) {
      case Carrier carrier -> carrier;
      case Arrivals(Carrier carrier) -> carrier;
      default -> null;
    };
  }

  /// The scheduler of an inbox's thread: what has been read goes before all that waits for the loop.
  private record Arrivals(Carrier carrier) implements Executor {
    @Override
    public void execute(Runnable continuation) {
      if (carrier.loop instanceof TurnLoop loop && Loops.current() == loop) {
        loop.executeBehindReading(continuation);
      } else {
        carrier.execute(continuation);
      }
    }
  }

  /// A loop as a scheduler of virtual threads.
  private static final class Carrier implements Executor {
    private final LoopThreads home;
    private final EventLoop loop;
    private final Queue<Later> backlog = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger(); // those in the backlog; whoever makes it 1 has the first one begun
    private final Runnable beginOne = this::beginOne;

    Carrier(LoopThreads home, EventLoop loop) {
      this.home = home;
      this.loop = loop;
    }

    void later(Later work) {
      backlog.add(work);
      if (waiting.getAndIncrement() == 0) {
        execute(beginOne);
      }
    }

    private void beginOne() {
      Later work = backlog.poll();
      if (work != null) {
        home.door.start(this, work.name, work.body);
      }
      if (waiting.decrementAndGet() > 0) {
        execute(beginOne);
      }
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
