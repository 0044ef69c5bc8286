// How long things took, in little memory.
package tucket.app.load;

import java.util.Arrays;

/// Counts times in nanoseconds in buckets whose width grows with the time: 32 buckets for each doubling, so a value read from it is at
/// most 3.2 % too high, never too low. Times from 0 to about 18 minutes; longer ones count as that. Not thread-safe.
public final class LatencyHistogram {
  private static final int FINE_BITS = 5;
  private static final int FINE = 1 << FINE_BITS;
  private static final int BITS = 40;

  private final long[] counts = new long[(BITS - FINE_BITS + 1) * FINE];
  private long count;
  private long sum;
  private long most;

  public void add(long nanos) {
    long time = Math.clamp(nanos, 0L, (1L << BITS) - 1);
    counts[bucket(time)]++;
    count++;
    sum += time;
    most = Math.max(most, time);
  }

  /// Takes over all that `other` has counted.
  public void add(LatencyHistogram other) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += other.counts[i];
    }
    count += other.count;
    sum += other.sum;
    most = Math.max(most, other.most);
  }

  public void clear() {
    Arrays.fill(counts, 0);
    count = 0;
    sum = 0;
    most = 0;
  }

  public long count() {
    return count;
  }

  /// The mean, exactly; 0 where nothing was counted.
  public long mean() {
    return count == 0 ? 0 : sum / count;
  }

  /// The longest time, exactly.
  public long most() {
    return most;
  }

  /// The time that `share` (0 to 1) of the counted did not exceed; 0 where nothing was counted.
  public long at(double share) {
    long wanted = Math.max(1, (long) Math.ceil(share * count));
    long seen = 0;
    for (int i = 0; i < counts.length; i++) {
      seen += counts[i];
      if (count > 0 && seen >= wanted) {
        return Math.min(top(i), most);
      }
    }
    return most;
  }

  // Below 32 a bucket a nanosecond; above, the five bits after the leading one choose among the 32 of its doubling.
  private static int bucket(long time) {
    if (time < FINE) {
      return (int) time;
    }
    int doubling = 63 - Long.numberOfLeadingZeros(time) - FINE_BITS;
    return (doubling + 1) * FINE + (int) ((time >>> doubling) - FINE);
  }

  /// The largest time that falls into the bucket.
  private static long top(int bucket) {
    if (bucket < FINE) {
      return bucket;
    }
    int doubling = bucket / FINE - 1;
    return ((long) (bucket % FINE + FINE + 1) << doubling) - 1;
  }
}
