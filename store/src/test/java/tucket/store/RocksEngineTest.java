// The embedded engine keeps both contracts.
package tucket.store;

import java.nio.file.Path;

class RocksEngineTest implements EngineContract, CrashContract {
  @Override
  public Engine open(Path folder) {
    return new RocksEngine(folder, RocksSettings.DEFAULT);
  }
}
