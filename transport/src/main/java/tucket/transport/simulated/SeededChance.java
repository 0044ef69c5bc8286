// Chance that is the same in every run with the same seed.
package tucket.transport.simulated;

import java.util.Random;
import tucket.transport.Chance;

/// The same seed gives the same bytes in the same order of calls.
final class SeededChance implements Chance {
  private final Random random;

  SeededChance(long seed) {
    random = new Random(seed);
  }

  @Override
  public void fill(byte[] bytes) {
    random.nextBytes(bytes);
  }
}
