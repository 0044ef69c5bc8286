// The engine in memory keeps the contract.
package tucket.store;

import java.nio.file.Path;

class MemoryEngineTest implements EngineContract {
  @Override
  public Engine open(Path folder) {
    return new MemoryEngine();
  }
}
