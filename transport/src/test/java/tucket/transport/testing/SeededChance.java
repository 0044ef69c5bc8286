// Chance that is the same in every run.
package tucket.transport.testing;

import java.util.Random;
import tucket.transport.Chance;

/// Thread-safe; the same seed gives the same bytes in the same order of calls.
public final class SeededChance implements Chance {
  private final Random random;

  public SeededChance(long seed) {
    random = new Random(seed);
  }

  @Override
  public void fill(byte[] bytes) {
    random.nextBytes(bytes);
  }
}
