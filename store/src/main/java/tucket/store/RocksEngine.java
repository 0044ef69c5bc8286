// The embedded engine: RocksDB on a local disk, group commit above it, recovery by itself.
package tucket.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Snapshot;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One folder, one RocksDB database, one process. The layout is drawn at `KeySpace`, the path of a write at `Shard`.
///
/// **Threads.** A write's body runs on its shard's platform thread while the caller waits parked; a virtual caller frees its carrier. A
/// read's body runs on the caller's own thread: each get and each step of a scan is one native call, which holds the carrier for
/// about a microsecond when the data is in memory and for a disk read when it is not. So reads are for a few keys or a bounded range, and
/// whoever walks a long range does it in pages.
///
/// **Durability.** A write returns after its commit was synced (`fdatasync` of the write-ahead log). Reads never show what is not durable.
///
/// **Failure.** When a commit fails, its writes and all further ones are [Unavailable], at once; reads go on. Every `retry` the
/// engine tries whether the folder can be written to again, and if so opens the database anew, replaying the log, and goes on. Only
/// while it opens, or when opening fails, are reads [Unavailable] too.
public final class RocksEngine implements Engine {
  private static final Logger LOG = LoggerFactory.getLogger(RocksEngine.class);

  private final Path folder;
  private final RocksSettings settings;
  private final List<Shard> shards;
  /// Guards changes of `state`.
  private final ReentrantLock changes = new ReentrantLock();
  private final Condition closes = changes.newCondition();
  private volatile State state;
  private volatile boolean closing;

  /// Running counts and the present state, for metrics and health.
  ///
  /// @param writes bodies whose commit succeeded, since the start
  /// @param commits synced commits, since the start
  /// @param waiting writes that wait for the disk now
  /// @param trouble what is wrong now; empty when nothing is
  public record Figures(long writes, long commits, int waiting, String trouble) {}

  private sealed interface State {
    record Open(RocksDatabase database) implements State {}

    /// Commits fail; the database, where it is still there, can be read.
    record Broken(@Nullable RocksDatabase database, Unavailable why) implements State {}

    record Closed() implements State {}
  }

  /// Opens the folder, creating what is missing. Throws [Unavailable] when it is in use, cannot be written, or is damaged.
  public RocksEngine(Path folder, RocksSettings settings) {
    this.folder = folder.toAbsolutePath().normalize();
    this.settings = settings;
    loadLibrary();
    createFolder();
    try {
      this.state = new State.Open(RocksDatabase.open(this.folder, settings));
    } catch (RocksDBException failure) {
      throw Diagnosis.ofWrite(this.folder, failure);
    }
    Shard.Host host = new Shard.Host() {
      @Override
      public Path folder() {
        return RocksEngine.this.folder;
      }

      @Override
      public RocksDatabase enter() {
        return enterToWrite();
      }

      @Override
      public void failed(RocksDatabase database, Unavailable why) {
        RocksEngine.this.failed(database, why);
      }
    };
    this.shards = IntStream.range(0, settings.shards()).mapToObj(i -> new Shard("store-" + i, host, settings)).toList();
    shards.forEach(Shard::start);
  }

  private static void loadLibrary() {
    try {
      RocksDB.loadLibrary();
    } catch (RuntimeException | UnsatisfiedLinkError failure) {
      throw new Unavailable(
          "RocksDB's native library cannot be loaded: java.io.tmpdir must be writable and not mounted noexec,"
              + " or ROCKSDB_SHAREDLIB_DIR name a folder that is.", failure);
    }
  }

  private void createFolder() {
    try {
      Files.createDirectories(folder);
    } catch (IOException failure) {
      throw new Unavailable("The folder " + folder + " cannot be made (" + failure + "): make it, writable for this user.", failure);
    }
  }

  @Override
  public <T> T read(Partition of, Function<View, T> body) {
    RocksDatabase database = enterToRead();
    try {
      Snapshot snapshot = database.snapshot();
      try (ReadOptions options = new ReadOptions().setSnapshot(snapshot);
          Access view = Access.toRead(new RocksSource(database, KeySpace.prefix(of), snapshot, options))) {
        return body.apply(view);
      } finally {
        database.release(snapshot);
        snapshot.close();
      }
    } finally {
      database.gate.leave();
    }
  }

  @Override
  public <T> T write(Partition of, Function<Transaction, T> body) {
    for (Shard shard : shards) {
      if (shard.isCurrentThread()) {
        throw new IllegalStateException("a write inside the body of a write");
      }
    }
    if (closing) {
      throw closed();
    }
    if (state instanceof State.Broken(_, Unavailable why)) {
      throw new Unavailable(why.getMessage(), why);
    }
    int hash = of.hashCode();
    Write<T> write = new Write<>(of, body);
    shards.get(Math.floorMod(hash ^ hash >>> 16, shards.size())).submit(write);
    return write.await();
  }

  @Override
  public Iterable<Partition> partitions(Kind kind) {
    enterToRead().gate.leave();
    return () -> new PartitionIterator(this::enterToRead, kind);
  }

  /// A consistent copy of everything acknowledged so far, made while the engine runs: hard links where `target` is on the same file system,
  /// copies elsewhere. A [RocksEngine] can be opened on it. The target must not be there yet, its parent must. Takes as long as
  /// writing out what is in memory, on a thread of its own. Throws [Unavailable].
  public void checkpoint(Path target) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread.ofPlatform().name("store-checkpoint").daemon().start(() -> {
      try {
        RocksDatabase database = enterToRead();
        try {
          database.checkpoint(target.toAbsolutePath());
        } finally {
          database.gate.leave();
        }
        done.complete(null);
      } catch (RocksDBException failure) {
        done.completeExceptionally(
            new Unavailable("No checkpoint could be made in " + target + " (" + failure.getMessage() + "): it must be a new folder"
                + " on a disk with room.", failure));
      } catch (Throwable failure) {
        done.completeExceptionally(failure);
      }
    });
    try {
      done.join();
    } catch (CompletionException wrapped) {
      if (wrapped.getCause() instanceof Unavailable why) {
        throw why;
      }
      throw wrapped;
    }
  }

  /// Cheap; for any thread.
  public Figures figures() {
    long writes = shards.stream().mapToLong(shard -> shard.writes.get()).sum();
    long commits = shards.stream().mapToLong(shard -> shard.commits.get()).sum();
    int waiting = shards.stream().mapToInt(Shard::waiting).sum();
    String trouble = switch (state) {
      case State.Open _ -> "";
      case State.Broken(_, Unavailable why) -> why.getMessage();
      case State.Closed _ -> closed().getMessage();
    };
    return new Figures(writes, commits, waiting, trouble);
  }

  @Override
  public void close() {
    changes.lock();
    try {
      if (closing) {
        return;
      }
      closing = true;
      closes.signalAll();
    } finally {
      changes.unlock();
    }
    shards.forEach(Shard::stop);
    changes.lock();
    try {
      RocksDatabase database = database(state);
      state = new State.Closed();
      if (database != null && !database.close()) {
        LOG.error("A read does not end: the files in {} stay open until the process ends", folder);
      }
    } finally {
      changes.unlock();
    }
  }

  private static @Nullable RocksDatabase database(State state) {
    return switch (state) {
      case State.Open(RocksDatabase database) -> database;
      case State.Broken(RocksDatabase database, _) -> database;
      case State.Closed _ -> null;
    };
  }

  private RocksDatabase enterToRead() {
    State now = state;
    RocksDatabase database = database(now);
    if (!closing && database != null && database.gate.enter()) {
      return database;
    }
    throw reason(now);
  }

  private RocksDatabase enterToWrite() {
    State now = state;
    if (now instanceof State.Open(RocksDatabase database) && database.gate.enter()) {
      return database;
    }
    throw reason(now);
  }

  private Unavailable reason(State now) {
    if (closing) {
      return closed();
    }
    if (now instanceof State.Broken(_, Unavailable why)) {
      return new Unavailable(why.getMessage(), why);
    }
    return new Unavailable("The storage in " + folder + " is being opened again: try again in a moment.");
  }

  private static Unavailable closed() {
    return new Unavailable("The storage is closed: the server is stopping.");
  }

  private void failed(RocksDatabase database, Unavailable why) {
    changes.lock();
    try {
      if (state instanceof State.Open(RocksDatabase current) && current == database) {
        state = new State.Broken(database, why);
        LOG.error("{}", why.getMessage(), why);
        Thread.ofPlatform().name("store-recovery").daemon().start(this::recover);
      }
    } finally {
      changes.unlock();
    }
  }

  /// Tries until the database is open again or the engine closes.
  private void recover() {
    changes.lock();
    try {
      while (!closing && state instanceof State.Broken(RocksDatabase database, Unavailable why)) {
        if (closes.await(settings.retry().toNanos(), TimeUnit.NANOSECONDS) || closing || !isWritable()) {
          continue;
        }
        if (database != null) {
          if (!database.close()) {
            LOG.error("A read does not end: the storage in {} cannot be opened again before the server is restarted", folder);
            return;
          }
          state = new State.Broken(null, why);
        }
        reopen();
      }
    } catch (InterruptedException e) {
      LOG.error("Recovery of {} was interrupted", folder);
    } finally {
      changes.unlock();
    }
  }

  private void reopen() {
    try {
      state = new State.Open(RocksDatabase.open(folder, settings));
      LOG.info("The storage in {} works again", folder);
    } catch (RocksDBException failure) {
      Unavailable why = Diagnosis.ofWrite(folder, failure);
      LOG.error("{}", why.getMessage());
      state = new State.Broken(null, why);
    } catch (Unavailable why) {
      state = new State.Broken(null, why);
    }
  }

  /// Whether there is room for what opening anew writes; tried on a file of our own, so that reads can go on while there is none.
  private boolean isWritable() {
    Path probe = folder.resolve("probe.tmp");
    try {
      if (Files.getFileStore(folder).getUsableSpace() < settings.writeBuffer()) {
        return false;
      }
      try (FileChannel file = FileChannel.open(
          probe, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
        byte[] filler = new byte[64 << 10];
        Arrays.fill(filler, (byte) 1);
        file.write(ByteBuffer.wrap(filler));
        file.force(true);
      }
      return true;
    } catch (IOException failure) {
      return false;
    } finally {
      try {
        Files.deleteIfExists(probe);
      } catch (IOException _) {
        // It is small and is written over next time.
      }
    }
  }
}
