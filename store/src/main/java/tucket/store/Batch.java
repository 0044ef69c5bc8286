// Writes that go to the disk in one commit.
package tucket.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.WriteBatch;

/// Bodies run over what the database holds, what the batch before has written (which may be on its way to the disk still), and what the bodies before
/// them have written:
///
/// ```
///   this batch, a layer a partition      bodies write here
///   the batch before, the same           not changed any more
///   the database
/// ```
///
/// First one thread calls [#run], then another one [#commit] and [#complete] or [#fail]; the hand-over is the caller's affair.
final class Batch {
  /// A batch is full when its writes amount to this much, so that a commit stays short.
  private static final long MOST_BYTES = 8L << 20;
  /// So many keys of a deleted range are deleted one by one: in RocksDB a range deletion slows down later reads near it.
  private static final int SINGLE_DELETES = 64;

  final RocksDatabase database;

  private final Map<Partition, Change> changes = new HashMap<>();
  private final List<Write<?>> writes = new ArrayList<>();
  private @Nullable Batch before;
  private long bytes;

  /// `database` has been entered and is left by whoever ends the batch. `before` is the batch that is being committed, if there is one.
  Batch(RocksDatabase database, @Nullable Batch before) {
    this.database = database;
    this.before = before;
  }

  /// Runs a write's body; what it throws is for its caller.
  void run(Write<?> write) {
    writes.add(write);
    Change change = changes.computeIfAbsent(write.partition, this::change);
    Layer written = write.run(change.visible);
    bytes += written.bytes();
    written.addTo(change.layer);
  }

  private Change change(Partition partition) {
    Change earlier = before == null ? null : before.changes.get(partition);
    byte[] prefix = earlier == null ? KeySpace.prefix(partition) : earlier.prefix;
    Source latest = database.latest(prefix);
    return new Change(prefix, earlier == null ? latest : earlier.layer.over(latest));
  }

  int size() {
    return writes.size();
  }

  boolean isFull(int most) {
    return writes.size() >= most || bytes >= MOST_BYTES;
  }

  /// The batch before is in the database now, so nothing is to be seen through it any more.
  void afterBefore() {
    before = null;
  }

  /// Writes and syncs; `false` where there was nothing to write.
  boolean commit() throws RocksDBException {
    try (WriteBatch batch = new WriteBatch()) {
      for (Change change : changes.values()) {
        change.layer.writeTo(new BatchSink(database, change.prefix, batch));
      }
      if (batch.count() == 0) {
        return false;
      }
      database.commit(batch);
      return true;
    } catch (Undeclared wrapped) {
      throw wrapped.cause;
    }
  }

  /// Tells all callers how their bodies ended.
  void complete() {
    writes.forEach(Write::complete);
  }

  void fail(Unavailable why) {
    writes.forEach(write -> write.fail(why));
  }

  /// What the batch has written to one partition so far, and how that looks.
  private static final class Change {
    final byte[] prefix;
    final Layer layer = new Layer();
    final Source visible;

    Change(byte[] prefix, Source below) {
      this.prefix = prefix;
      this.visible = layer.over(below);
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
