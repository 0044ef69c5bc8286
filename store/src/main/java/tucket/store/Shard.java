// The threads that write to their share of the partitions, a batch of writes to a commit.
package tucket.store;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/// Group commit above the engine, in two steps that go on side by side:
///
/// ```
///   callers (virtual threads, parked)      thread "store-N"                       thread "store-N-log"
///   ── write ──▶ ┌───────┐  what waits     runs each body over  ┌───────────┐     one WriteBatch,   then completes
///   ── write ──▶ │ queue │ ──────────────▶ database + batch   ─▶│ one Batch │ ──▶ written and  ───▶ the callers
///   ── write ──▶ └───────┘                 before + its own     └───────────┘     synced
/// ```
///
/// While one batch syncs, the bodies of the next one run: the disk waits for no body, and the busier it is, the larger the batches. A batch that fails
/// takes with it the next one, whose bodies have seen it. These are platform threads because a native call holds its carrier, and a sync takes
/// hundreds of microseconds.
final class Shard {
  /// So many bodies run before it is looked again whether the log is free.
  private static final int AT_ONCE = 64;

  /// What a shard needs of its engine.
  interface Host {
    Path folder();

    /// The database to write to, entered; the shard leaves it. Throws [Unavailable].
    RocksDatabase enter();

    /// Called after leaving: no more commits to this one.
    void failed(RocksDatabase database, Unavailable why);
  }

  final AtomicLong writes = new AtomicLong();
  final AtomicLong commits = new AtomicLong();

  private final Host host;
  private final int most;
  private final int mostWaiting;
  private final Thread bodies;
  private final Thread log;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition(); // for the thread of the bodies
  private final Condition handedOver = lock.newCondition(); // for the thread of the log
  private final Queue<Write<?>> queue = new ArrayDeque<>();
  private @Nullable Batch committing;
  /// Why the batch that was committed last is not in the database; the next one learns of it.
  private @Nullable Unavailable lost;
  private boolean stopping;
  private boolean ended;

  Shard(String name, Host host, RocksSettings settings) {
    this.host = host;
    this.most = settings.batch();
    this.mostWaiting = settings.waiting();
    this.bodies = Thread.ofPlatform().name(name).daemon().unstarted(this::runBodies);
    this.log = Thread.ofPlatform().name(name + "-log").daemon().unstarted(this::runLog);
  }

  void start() {
    bodies.start();
    log.start();
  }

  boolean isCurrentThread() {
    return Thread.currentThread() == bodies;
  }

  int waiting() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      lock.unlock();
    }
  }

  /// Queues a write. Throws [Unavailable] when too many wait or the shard has ended.
  void submit(Write<?> write) {
    lock.lock();
    try {
      if (stopping || queue.size() >= mostWaiting) {
        throw stopping ? closed() : new Unavailable("The storage is busy: too many writes wait for the disk; try again later.");
      }
      queue.add(write);
      if (queue.size() == 1) {
        work.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Runs what waits, then ends the threads and waits for them.
  void stop() {
    lock.lock();
    try {
      stopping = true;
      work.signal();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    while (bodies.isAlive() || log.isAlive()) {
      try {
        bodies.join();
        log.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- the thread of the bodies

  private void runBodies() {
    List<Write<?>> taken = new ArrayList<>(AT_ONCE);
    Batch batch = null;
    while (true) {
      Step step = await(batch, taken);
      if (step.over()) {
        return;
      }
      if (step.lost() != null && batch != null) {
        abort(batch, step.lost());
        batch = null;
      }
      for (Write<?> write : taken) {
        batch = run(batch, write);
      }
      taken.clear();
      if (batch != null && handOver(batch)) {
        batch = null;
      }
    }
  }

  /// What the thread of the bodies is to do next, besides what it has taken.
  private record Step(@Nullable Unavailable lost, boolean over) {}

  /// Waits until there are writes that fit into the batch, or the batch can be handed over, or the one before is lost, or all is done.
  private Step await(@Nullable Batch batch, List<Write<?>> taken) {
    lock.lock();
    try {
      while (true) {
        int room = batch == null ? AT_ONCE : batch.isFull(most) ? 0 : Math.min(AT_ONCE, most - batch.size());
        while (taken.size() < room && !queue.isEmpty()) {
          taken.add(queue.remove());
        }
        Unavailable why = lost;
        lost = null;
        boolean over = stopping && batch == null && queue.isEmpty() && taken.isEmpty() && committing == null;
        if (over) {
          ended = true;
          handedOver.signal();
        }
        if (over || why != null || !taken.isEmpty() || batch != null && committing == null) {
          return new Step(why, over);
        }
        work.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Runs one body in the batch, or in a new one; returns the batch, null where there is none.
  private @Nullable Batch run(@Nullable Batch batch, Write<?> write) {
    Batch into = batch;
    if (into == null) {
      try {
        into = new Batch(host.enter(), beingCommitted());
      } catch (Unavailable why) {
        write.fail(why);
        return null;
      }
    }
    try {
      into.run(write);
      return into;
    } catch (Throwable bug) {
      abort(into, fault(bug)); // half of what it has written may be in the batch
      return null;
    }
  }

  private @Nullable Batch beingCommitted() {
    lock.lock();
    try {
      return committing;
    } finally {
      lock.unlock();
    }
  }

  private static void abort(Batch batch, Unavailable why) {
    batch.database.gate.leave();
    batch.fail(why);
  }

  /// Hands the batch over where the log is free and the batch before is not lost.
  private boolean handOver(Batch batch) {
    lock.lock();
    try {
      if (committing != null || lost != null) {
        return false;
      }
      batch.afterBefore();
      committing = batch;
      handedOver.signal();
      return true;
    } finally {
      lock.unlock();
    }
  }

  // ---- the thread of the log

  private void runLog() {
    for (Batch batch = awaitBatch(); batch != null; batch = awaitBatch()) {
      Unavailable why = null;
      boolean diskFailed = false;
      try {
        if (batch.commit()) {
          commits.incrementAndGet();
        }
        writes.addAndGet(batch.size());
      } catch (RocksDBException failure) {
        why = Diagnosis.ofWrite(host.folder(), failure);
        diskFailed = true;
      } catch (Throwable bug) {
        // Ours, or memory ran out: these writes fail, the thread lives on.
        why = fault(bug);
      }
      batch.database.gate.leave();
      if (diskFailed && why != null) {
        host.failed(batch.database, why);
      }
      free(why);
      if (why == null) {
        batch.complete();
      } else {
        batch.fail(why);
      }
    }
  }

  private @Nullable Batch awaitBatch() {
    lock.lock();
    try {
      while (committing == null && !ended) {
        handedOver.awaitUninterruptibly();
      }
      return committing;
    } finally {
      lock.unlock();
    }
  }

  private void free(@Nullable Unavailable why) {
    lock.lock();
    try {
      committing = null;
      lost = why;
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  private static Unavailable fault(Throwable bug) {
    return new Unavailable("Storing failed by a fault of our own (" + bug + "): please report it.", bug);
  }

  private static Unavailable closed() {
    return new Unavailable("The storage is closed: the server is stopping.");
  }
}
