// One opening of the RocksDB files, with every native object that belongs to it.
package tucket.store;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.rocksdb.AbstractImmutableNativeReference;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Checkpoint;
import org.rocksdb.CompressionType;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Snapshot;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/// Everything native is made and closed here: iterators and snapshots by those who use them, inside the gate; then the database; then
/// options, filter and cache. All methods but `close` are for callers that have passed `gate.enter()`.
final class RocksDatabase {
  /// Four parts of the cache: left to itself RocksDB makes parts of 1 MiB, in which a few blocks of data push out the index of a file.
  private static final int CACHE_SHARD_BITS = 2;
  /// What of the cache is for indexes and filters first.
  private static final double METADATA_SHARE = 0.5;

  final Gate gate = new Gate();
  final RocksDB db;

  private final ReadOptions latest = new ReadOptions();
  private final WriteOptions durable = new WriteOptions().setSync(true);
  /// In the order of their closing.
  private final List<AbstractImmutableNativeReference> natives;

  private RocksDatabase(RocksDB db, List<AbstractImmutableNativeReference> natives) {
    this.db = db;
    this.natives = natives;
  }

  /// Opens or creates; replays the write-ahead log. The folder is there.
  static RocksDatabase open(Path folder, RocksSettings settings) throws RocksDBException {
    LRUCache cache = new LRUCache(settings.blockCache(), CACHE_SHARD_BITS, false, METADATA_SHARE);
    BloomFilter filter = new BloomFilter(10);
    Options options = options(settings, cache, filter);
    List<AbstractImmutableNativeReference> natives = List.of(options, filter, cache);
    RocksDatabase database;
    try {
      database = new RocksDatabase(RocksDB.open(options, folder.toString()), natives);
    } catch (RocksDBException | RuntimeException | Error failure) {
      natives.forEach(AbstractImmutableNativeReference::close);
      throw failure;
    }
    try {
      database.checkFormat(folder);
      return database;
    } catch (RocksDBException | RuntimeException | Error failure) {
      database.close();
      throw failure;
    }
  }

  private static Options options(RocksSettings settings, LRUCache cache, BloomFilter filter) {
    BlockBasedTableConfig table = new BlockBasedTableConfig()
        .setBlockCache(cache)
        .setFilterPolicy(filter)
        .setBlockSize(8 << 10)
        // indexes and filters in pieces: those of a large file as one block each would be read whole for a single key
        .setIndexType(IndexType.kTwoLevelIndexSearch)
        .setPartitionFilters(true)
        .setPinTopLevelIndexAndFilter(true)
        .setCacheIndexAndFilterBlocks(true)
        .setCacheIndexAndFilterBlocksWithHighPriority(true)
        .setPinL0FilterAndIndexBlocksInCache(true);
    return new Options()
        .setCreateIfMissing(true)
        .setTableFormatConfig(table)
        .setCompressionType(CompressionType.LZ4_COMPRESSION)
        .setWriteBufferSize(settings.writeBuffer())
        .setMaxWriteBufferNumber(3)
        .setMemtableMaxRangeDeletions(1000)
        .setMaxTotalWalSize(settings.log())
        // Writing over an old log's blocks changes no file metadata, which makes the sync cheaper. The end of the new records is then known
        // by the log's number in each record and by the sequence numbers, which have no gaps as nothing is written past the log.
        .setRecycleLogFileNum(4)
        // A log is good up to its first damaged record: what a crash tore there was never acknowledged.
        .setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery)
        .setMaxBackgroundJobs(2)
        .setMaxOpenFiles(512)
        .setMaxManifestFileSize(16 << 20)
        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
        .setMaxLogFileSize(1 << 20)
        .setKeepLogFileNum(4)
        .setStatsDumpPeriodSec(0)
        .setStatsPersistPeriodSec(0);
  }

  private void checkFormat(Path folder) throws RocksDBException {
    byte[] format = db.get(KeySpace.FORMAT_KEY);
    if (format == null) {
      db.put(durable, KeySpace.FORMAT_KEY, KeySpace.FORMAT);
    } else if (!Arrays.equals(format, KeySpace.FORMAT)) {
      throw new Unavailable("The data in " + folder + " has a layout that this version does not know: use the version that wrote it.");
    }
  }

  /// One partition as it is now and becomes: for the only thread that writes to it.
  Source latest(byte[] prefix) {
    return new RocksSource(this, prefix, null, latest);
  }

  /// Writes and syncs.
  void commit(WriteBatch batch) throws RocksDBException {
    db.write(durable, batch);
  }

  RocksIterator iterator(ReadOptions options) {
    return db.newIterator(options);
  }

  Snapshot snapshot() {
    return db.getSnapshot();
  }

  void release(Snapshot snapshot) {
    db.releaseSnapshot(snapshot);
  }

  void checkpoint(Path folder) throws RocksDBException {
    try (Checkpoint checkpoint = Checkpoint.create(db)) {
      checkpoint.createCheckpoint(folder.toString());
    }
  }

  /// Waits until nobody is inside, then closes. Returns `false` where somebody stays inside; then the files remain held, which is better
  /// than the crash that closing them would be.
  boolean close() {
    if (!gate.shut()) {
      return false;
    }
    db.close();
    List<AbstractImmutableNativeReference> rest = new ArrayList<>(List.of(latest, durable));
    rest.addAll(natives);
    rest.forEach(AbstractImmutableNativeReference::close);
    return true;
  }
}
