// The pauses after failures.
package tucket.server.im.deferred;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tucket.transport.Chance;

class BackOffTest {
  private final Random random = new Random(3);
  private final Chance chance = random::nextBytes;

  @Test
  void thePausesDoubleUpToFiveMinutesGiveOrTakeAFifth() {
    long[] seconds = {5, 10, 20, 40, 80, 160, 300, 300, 300};
    for (int failures = 1; failures <= seconds.length; failures++) {
      for (int i = 0; i < 100; i++) {
        long millis = seconds[failures - 1] * 1000;
        assertThat(BackOff.after(failures, chance)).isBetween(Duration.ofMillis(millis * 8 / 10), Duration.ofMillis(millis * 12 / 10));
      }
    }
    assertThat(BackOff.after(1_000_000, chance)).isLessThanOrEqualTo(Duration.ofMinutes(6));
  }

  @Test
  void devicesThatFailedTogetherDoNotComeBackTogether() {
    assertThat(java.util.stream.Stream.generate(() -> BackOff.after(3, chance)).limit(50).distinct().count()).isGreaterThan(30);
  }
}
