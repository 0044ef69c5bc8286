// The contract's own bodies can be run twice, and the engine in memory is none the worse for it.
package tucket.store;

import java.nio.file.Path;

class RepeatingEngineTest implements EngineContract {
  @Override
  public Engine open(Path folder) {
    return new RepeatingEngine(new MemoryEngine());
  }
}
