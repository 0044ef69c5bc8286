// The one thread that writes to its share of the partitions, a batch of waiting writes to a commit.
package tucket.store;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.WriteBatch;

/// Group commit above the engine:
///
/// ```
///   callers (virtual threads, parked)        the shard's platform thread
///   ── write ──▶ ┌───────┐  take what waits   run each body over          one WriteBatch,   then complete
///   ── write ──▶ │ queue │ ─────────────────▶ db + earlier bodies'  ───▶ written and  ───▶ the callers
///   ── write ──▶ └───────┘  1 to 512          writes + its own            synced
/// ```
///
/// While one commit syncs, the next ones gather in the queue: the busier, the larger the batches. It is a platform thread because a
/// native call holds its carrier, and a sync takes hundreds of microseconds.
final class Shard implements Runnable {
  /// A batch ends early when its writes amount to this much, so that a commit stays short.
  private static final long BATCH_BYTES = 8L << 20;
  /// So many keys of a deleted range are deleted one by one: in RocksDB a range deletion slows down later reads near it.
  private static final int SINGLE_DELETES = 64;

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
  private final BlockingQueue<Write<?>> queue;
  private final Write<?> stop = new Write<Boolean>(new Partition(new Kind("stop"), "stop"), tx -> true);
  private final Thread thread;
  private volatile boolean ended;

  Shard(String name, Host host, RocksSettings settings) {
    this.host = host;
    this.most = settings.batch();
    this.queue = new ArrayBlockingQueue<>(settings.waiting());
    this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this);
  }

  void start() {
    thread.start();
  }

  boolean isCurrentThread() {
    return Thread.currentThread() == thread;
  }

  int waiting() {
    return queue.size();
  }

  /// Queues a write. Throws [Unavailable] when too many wait or the shard has ended.
  void submit(Write<?> write) {
    if (ended || !queue.offer(write)) {
      throw ended ? closed() : new Unavailable("The storage is busy: too many writes wait for the disk; try again later.");
    }
    if (ended) {
      // The thread may have looked into the queue for the last time before this write was in it.
      write.fail(closed());
    }
  }

  /// Runs what waits, then ends the thread and waits for it.
  void stop() {
    boolean interrupted = false;
    boolean sent = false;
    while (thread.isAlive()) {
      try {
        if (!sent) {
          queue.put(stop);
          sent = true;
        }
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void run() {
    List<Write<?>> taken = new ArrayList<>(most);
    boolean stopping = false;
    while (!stopping || !queue.isEmpty()) {
      try {
        taken.add(queue.take());
      } catch (InterruptedException e) {
        continue; // nobody has a reason to interrupt this thread
      }
      queue.drainTo(taken, most - 1);
      stopping |= taken.remove(stop);
      int done = 0;
      while (done < taken.size()) {
        done += commit(taken.subList(done, taken.size()));
      }
      taken.clear();
    }
    ended = true;
    Write<?> late = queue.poll();
    while (late != null) {
      late.fail(closed());
      late = queue.poll();
    }
  }

  /// Runs and commits as many of the writes as fit into one commit; returns how many those were.
  private int commit(List<Write<?>> waiting) {
    RocksDatabase database;
    try {
      database = host.enter();
    } catch (Unavailable why) {
      waiting.forEach(write -> write.fail(why));
      return waiting.size();
    }
    List<Write<?>> run = new ArrayList<>(waiting.size());
    Unavailable why = null;
    boolean diskFailed = false;
    try {
      runAndCommit(database, waiting, run);
    } catch (RocksDBException failure) {
      why = Diagnosis.ofWrite(host.folder(), failure);
      diskFailed = true;
    } catch (Throwable bug) {
      // Ours, or memory ran out: these writes fail, the thread lives on.
      why = new Unavailable("Storing failed by a fault of our own (" + bug + "): please report it.", bug);
    } finally {
      database.gate.leave();
    }
    if (why == null) {
      run.forEach(Write::complete);
      return run.size();
    }
    if (diskFailed) {
      host.failed(database, why);
    }
    for (Write<?> write : waiting) {
      write.fail(why);
    }
    return waiting.size();
  }

  private void runAndCommit(RocksDatabase database, List<Write<?>> waiting, List<Write<?>> run) throws RocksDBException {
    Map<Partition, Change> changes = new HashMap<>();
    long bytes = 0;
    for (Write<?> write : waiting) {
      if (bytes >= BATCH_BYTES) {
        break;
      }
      Change change = changes.computeIfAbsent(write.partition, partition -> new Change(database, partition));
      Layer written = write.run(change.visible);
      bytes += written.bytes();
      written.addTo(change.layer);
      run.add(write);
    }
    try (WriteBatch batch = new WriteBatch()) {
      for (Change change : changes.values()) {
        change.layer.writeTo(new BatchSink(database, change.prefix, batch));
      }
      if (batch.count() > 0) {
        database.commit(batch);
        commits.incrementAndGet();
      }
    } catch (Undeclared wrapped) {
      throw wrapped.cause;
    }
    writes.addAndGet(run.size());
  }

  private static Unavailable closed() {
    return new Unavailable("The storage is closed: the server is stopping.");
  }

  /// What a batch has written to one partition so far, and how that looks.
  private static final class Change {
    final byte[] prefix;
    final Layer layer = new Layer();
    final Source visible;

    Change(RocksDatabase database, Partition partition) {
      this.prefix = KeySpace.prefix(partition);
      this.visible = layer.over(database.latest(prefix));
    }
  }

  /// Carries RocksDB's checked exception through a callback.
  private static final class Undeclared extends RuntimeException {
    final RocksDBException cause;

    Undeclared(RocksDBException cause) {
      super(cause);
      this.cause = cause;
    }
  }

  /// Puts a layer's writes into a WriteBatch.
  private record BatchSink(RocksDatabase database, byte[] prefix, WriteBatch batch) implements Layer.Sink {
    @Override
    public void put(byte[] key, byte[] value) {
      try {
        batch.put(KeySpace.join(prefix, key), value);
      } catch (RocksDBException failure) {
        throw new Undeclared(failure);
      }
    }

    @Override
    public void delete(byte[] key) {
      try {
        batch.delete(KeySpace.join(prefix, key));
      } catch (RocksDBException failure) {
        throw new Undeclared(failure);
      }
    }

    @Override
    public void deleteRange(byte[] from, byte[] to) {
      byte[] first = KeySpace.join(prefix, from);
      byte[] end = to.length == 0 ? KeySpace.end(prefix) : KeySpace.join(prefix, to);
      try {
        List<byte[]> few = few(first, end);
        if (few == null) {
          batch.deleteRange(first, end);
          return;
        }
        for (byte[] key : few) {
          batch.delete(key);
        }
      } catch (RocksDBException failure) {
        throw new Undeclared(failure);
      }
    }

    /// The stored keys of a range, or null when there are too many to delete one by one.
    private @Nullable List<byte[]> few(byte[] first, byte[] end) throws RocksDBException {
      List<byte[]> keys = new ArrayList<>();
      try (Slice upper = new Slice(end);
          ReadOptions bounded = new ReadOptions().setIterateUpperBound(upper);
          RocksIterator iterator = database.iterator(bounded)) {
        for (iterator.seek(first); iterator.isValid(); iterator.next()) {
          if (keys.size() == SINGLE_DELETES) {
            return null;
          }
          keys.add(iterator.key());
        }
        iterator.status();
      }
      return keys;
    }
  }
}
