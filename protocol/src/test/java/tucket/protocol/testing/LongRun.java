// How long and from which seed the fuzzers run by command.
package tucket.protocol.testing;

import java.util.function.LongConsumer;

/// `mvn -pl protocol test -Dtest='*FuzzTest' -Dfuzz.minutes=20 -Dfuzz.seed=7`: every fuzzer runs that long. A finding names its seed and round.
public final class LongRun {
  private static final long A_MINUTE = 60_000_000_000L;

  private LongRun() {}

  /// Gives `batch` one seed after the other until the time is over, and says once a minute how far it is.
  public static void of(String what, LongConsumer batch) {
    long first = Long.getLong("fuzz.seed", 1);
    long began = System.nanoTime();
    long end = began + Long.getLong("fuzz.minutes", 0) * A_MINUTE;
    long told = began;
    long seed = first;
    while (System.nanoTime() - end < 0) {
      batch.accept(seed++);
      if (System.nanoTime() - told > A_MINUTE || System.nanoTime() - end >= 0) {
        told = System.nanoTime();
        System.out.printf("%s: seeds %d to %d after %d s, no finding%n", what, first, seed - 1, (told - began) / 1_000_000_000);
      }
    }
  }
}
