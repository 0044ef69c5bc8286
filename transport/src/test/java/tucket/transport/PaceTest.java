// Token buckets: rate, burst, and how many are remembered.
package tucket.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static final long SECOND = 1_000_000_000L;

  private static long admitted(Pace<String> pace, String who, int times, long now) {
    return IntStream.range(0, times).filter(i -> pace.admits(who, now)).count();
  }

  @Test
  void afterAPauseTwoSecondsWorthMayComeAtOnce() {
    Pace<String> pace = new Pace<>(10, 100);
    assertThat(admitted(pace, "a", 100, 7 * SECOND)).isEqualTo(20);
    assertThat(admitted(pace, "a", 100, 8 * SECOND)).isEqualTo(10);
    assertThat(admitted(pace, "a", 100, 60 * SECOND)).isEqualTo(20);
  }

  @Test
  void overTimeTheRateHolds() {
    Pace<String> pace = new Pace<>(50, 100);
    long all = LongStream.range(0, 10_000).filter(ms -> pace.admits("a", ms * 1_000_000)).count();
    assertThat(all).isBetween(50L * 10, 50L * 12 + 1);
  }

  @Test
  void oneDoesNotSufferForAnother() {
    Pace<String> pace = new Pace<>(1, 100);
    admitted(pace, "a", 100, 0);
    assertThat(pace.admits("a", 0)).isFalse();
    assertThat(pace.admits("b", 0)).isTrue();
  }

  @Test
  void nothingIsLimitedByNone() {
    Pace<String> pace = new Pace<>(0, 1);
    assertThat(admitted(pace, "a", 1_000, 0)).isEqualTo(1_000);
    assertThat(pace.size()).isZero();
  }

  @Test
  void atMostSoManyAreRememberedAndThoseWhoWereQuietAreForgotten() {
    Pace<String> pace = new Pace<>(1, 10);
    IntStream.range(0, 100).forEach(i -> assertThat(pace.admits("early" + i, 0)).isTrue());
    assertThat(pace.size()).isEqualTo(10);
    IntStream.range(0, 5).forEach(i -> assertThat(pace.admits("late" + i, 100 * SECOND)).isTrue());
    assertThat(pace.size()).isEqualTo(5);
  }

  @Test
  void aClockThatBeganLongAgoOrWrapsDoesNotMatter() {
    Pace<String> pace = new Pace<>(10, 100);
    long[] late = {Long.MAX_VALUE - SECOND};
    assertThat(admitted(pace, "a", 100, late[0])).isEqualTo(20);
    assertThat(admitted(pace, "a", 100, late[0] + 10 * SECOND)).isEqualTo(20);
    assertThat(admitted(pace, "b", 100, -5 * SECOND)).isEqualTo(20);
  }
}
