// Reads one partition of a RocksDB database.
package tucket.store;

import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;

/// Keys come without the partition's prefix and go without it. A walk has both its bounds set in RocksDB, so it never looks at (nor steps
/// over what was deleted from) the partitions beside. Faults of the disk are [Unavailable].
final class RocksSource implements Source {
  private final RocksDatabase database;
  private final byte[] prefix;
  private final @Nullable Snapshot snapshot;
  private final ReadOptions options;

  /// `options` carry the snapshot, if there is one; they are used for single keys, and stay the caller's.
  RocksSource(RocksDatabase database, byte[] prefix, @Nullable Snapshot snapshot, ReadOptions options) {
    this.database = database;
    this.prefix = prefix;
    this.snapshot = snapshot;
    this.options = options;
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    try {
      return database.db.get(options, KeySpace.join(prefix, key));
    } catch (RocksDBException failure) {
      throw Diagnosis.ofRead(failure);
    }
  }

  @Override
  public Walk walk(byte[] from, byte[] to, boolean down) {
    Slice lower = new Slice(KeySpace.join(prefix, from));
    Slice upper = new Slice(to.length == 0 ? KeySpace.end(prefix) : KeySpace.join(prefix, to));
    ReadOptions bounded = new ReadOptions().setIterateLowerBound(lower).setIterateUpperBound(upper);
    if (snapshot != null) {
      bounded.setSnapshot(snapshot);
    }
    return new RocksWalk(database.iterator(bounded), bounded, lower, upper, down);
  }

  private final class RocksWalk implements Walk {
    private final RocksIterator iterator;
    private final ReadOptions bounded;
    private final Slice lower;
    private final Slice upper;
    private final boolean down;
    private boolean started;

    RocksWalk(RocksIterator iterator, ReadOptions bounded, Slice lower, Slice upper, boolean down) {
      this.iterator = iterator;
      this.bounded = bounded;
      this.lower = lower;
      this.upper = upper;
      this.down = down;
    }

    @Override
    public boolean next() {
      if (!started) {
        started = true;
        if (down) {
          iterator.seekToLast();
        } else {
          iterator.seekToFirst();
        }
      } else if (down) {
        iterator.prev();
      } else {
        iterator.next();
      }
      if (iterator.isValid()) {
        return true;
      }
      try {
        iterator.status();
        return false;
      } catch (RocksDBException failure) {
        throw Diagnosis.ofRead(failure);
      }
    }

    @Override
    public byte[] key() {
      byte[] full = iterator.key();
      byte[] key = new byte[full.length - prefix.length];
      System.arraycopy(full, prefix.length, key, 0, key.length);
      return key;
    }

    @Override
    public byte[] value() {
      return iterator.value();
    }

    @Override
    public void close() {
      iterator.close();
      bounded.close();
      lower.close();
      upper.close();
    }
  }
}
