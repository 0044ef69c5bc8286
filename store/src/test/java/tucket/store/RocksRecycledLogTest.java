// The embedded engine survives kills also while it writes over old logs, with several shards.
package tucket.store;

import java.nio.file.Path;

/// The write buffer is so small that a log is full after a second and old log files are written over, their old records still behind
/// the new ones.
class RocksRecycledLogTest implements CrashContract {
  @Override
  public Engine open(Path folder) {
    return new RocksEngine(folder, RocksSettings.DEFAULT.withWriteBuffer(1 << 20).withShards(2));
  }
}
