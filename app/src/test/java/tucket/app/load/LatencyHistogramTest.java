// Holds what is read from the latency histogram against the exact values.
package tucket.app.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
  @Test
  void aShareReadIsAtMostThreePercentTooHighAndNeverTooLow() {
    Random random = new Random(5);
    LatencyHistogram histogram = new LatencyHistogram();
    long[] times = new long[20_000];
    for (int i = 0; i < times.length; i++) {
      times[i] = (long) Math.exp(random.nextDouble() * 25);
      histogram.add(times[i]);
    }
    Arrays.sort(times);
    for (double share : new double[] {0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1}) {
      long exact = times[(int) Math.ceil(share * times.length) - 1];
      assertThat(histogram.at(share)).isBetween(exact, exact + exact / 31 + 1);
    }
    assertThat(histogram.most()).isEqualTo(times[times.length - 1]);
    assertThat(histogram.count()).isEqualTo(times.length);
    assertThat(histogram.mean()).isEqualTo(Arrays.stream(times).sum() / times.length);
  }

  @Test
  void anEmptyOneSaysNothing() {
    assertThat(new LatencyHistogram().at(0.5)).isZero();
    assertThat(new LatencyHistogram().mean()).isZero();
  }

  @Test
  void whatIsTooLongCountsAsTheLongest() {
    LatencyHistogram histogram = new LatencyHistogram();
    histogram.add(Long.MAX_VALUE);
    histogram.add(-1);
    assertThat(histogram.at(1)).isEqualTo((1L << 40) - 1);
    assertThat(histogram.at(0.5)).isZero();
  }
}
