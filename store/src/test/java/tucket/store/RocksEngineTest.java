// The embedded engine keeps the contract.
package tucket.store;

import java.nio.file.Path;

class RocksEngineTest implements EngineContract {
  @Override
  public Engine open(Path folder) {
    return new RocksEngine(folder, RocksSettings.DEFAULT);
  }
}
