// What may be chosen about the embedded engine, with the bounds on what it uses.
package tucket.store;

import java.time.Duration;

/// Sizes are in bytes. `DEFAULT` is right for one server with a disk of its own; memory used is about 3 write buffers and the block cache.
///
/// One shard is the default because all share one log on one disk: more shards cut the batches smaller and sync more often for the same
/// writes. On a busy machine with two cores `StoreBench` found 1, 2 and 4 shards no further apart than its rounds were from each other, so
/// the one that syncs least was taken. More may pay where bodies are costly and cores are free; measure there.
///
/// @param shards threads that commit, 1 to 16; each takes the partitions that hash to it; may change from start to start
/// @param batch most writes in one commit, 1 to 512
/// @param waiting most writes that may wait in a shard; one more is [Unavailable]
/// @param writeBuffer size at which the part in memory goes to a sorted file, 1 MiB or more
/// @param blockCache memory for blocks that were read, index and filters included
/// @param log most that all write-ahead logs together may take
/// @param retry how long after a failure of the disk, and after each vain attempt, the engine tries to recover
public record RocksSettings(int shards, int batch, int waiting, long writeBuffer, long blockCache, long log, Duration retry) {
  public static final RocksSettings DEFAULT =
      new RocksSettings(1, 512, 65_536, 32L << 20, 64L << 20, 256L << 20, Duration.ofSeconds(1));

  public RocksSettings {
    require(shards >= 1 && shards <= 16, "shards: 1 to 16");
    require(batch >= 1 && batch <= 512, "batch: 1 to 512");
    require(waiting >= batch && waiting <= 1 << 20, "waiting: at least batch, at most 1048576");
    require(writeBuffer >= 1 << 20, "writeBuffer: at least 1 MiB");
    require(blockCache >= 1 << 20, "blockCache: at least 1 MiB");
    require(log >= writeBuffer, "log: at least writeBuffer");
    require(retry.isPositive(), "retry: more than nothing");
  }

  public RocksSettings withShards(int number) {
    return new RocksSettings(number, batch, waiting, writeBuffer, blockCache, log, retry);
  }

  public RocksSettings withWaiting(int number) {
    return new RocksSettings(shards, Math.min(batch, number), number, writeBuffer, blockCache, log, retry);
  }

  public RocksSettings withWriteBuffer(long bytes) {
    return new RocksSettings(shards, batch, waiting, bytes, blockCache, Math.max(log, bytes), retry);
  }

  public RocksSettings withRetry(Duration pause) {
    return new RocksSettings(shards, batch, waiting, writeBuffer, blockCache, log, pause);
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new IllegalArgumentException(what);
    }
  }
}
