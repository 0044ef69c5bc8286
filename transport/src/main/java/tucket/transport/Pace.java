// How many events a second each of many parties may cause: a token bucket each, at the price of one compare-and-set.
package tucket.transport;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// A bucket is kept as one number, the time at which it will be full again (the generic cell rate algorithm of ITU-T I.371), so that nothing
/// has to fill buckets. Whoever was quiet for [#BURST_SECONDS] may cause that many seconds' worth at once. At most `most` parties that were
/// heard of a moment ago are remembered; beyond it newcomers are let through, for then it is not one party that is too much. Thread-safe
/// without locks on the way of an event.
///
/// @param <K> who; equal keys are one party
public final class Pace<K> {
  /// How much may come at once after a pause.
  public static final int BURST_SECONDS = 2;

  private static final long SECOND = 1_000_000_000L;

  private final long interval;
  private final long burst;
  private final int most;
  private final ConcurrentHashMap<K, AtomicLong> full = new ConcurrentHashMap<>();
  private final AtomicLong sweepAt = new AtomicLong(Long.MIN_VALUE);

  /// @param perSecond 0 allows any number
  /// @param most parties remembered at the same time
  public Pace(int perSecond, int most) {
    interval = perSecond == 0 ? 0 : Math.max(1, SECOND / perSecond);
    burst = BURST_SECONDS * SECOND;
    this.most = most;
  }

  /// Whether `who` may go on at `now` ([Clock#nanos]); if so it is counted.
  public boolean admits(K who, long now) {
    if (interval == 0) {
      return true;
    }
    AtomicLong bucket = full.get(who);
    if (bucket == null) {
      if (full.size() >= most && !sweep(now)) {
        return true;
      }
      bucket = full.computeIfAbsent(who, k -> new AtomicLong(now));
    }
    while (true) {
      long at = bucket.get();
      long from = at - now > 0 ? at : now;
      if (from + interval - now > burst) {
        return false;
      }
      if (bucket.compareAndSet(at, from + interval)) {
        return true;
      }
    }
  }

  /// Forgets those whose buckets are full, at most once a second; returns whether there is room then.
  private boolean sweep(long now) {
    long due = sweepAt.get();
    if ((due == Long.MIN_VALUE || now - due >= 0) && sweepAt.compareAndSet(due, now + SECOND)) {
      full.values().removeIf(at -> at.get() - now <= 0);
    }
    return full.size() < most;
  }

  /// How many parties are remembered.
  public int size() {
    return full.size();
  }
}
