// The lengths of the transaction timers.
package tucket.protocol.sip.transaction;

import java.time.Duration;

/// RFC 3261 table 4. `t1` is the round-trip estimate, `t2` the longest interval between retransmissions, `t4` how long a message may stay
/// in the network, `d` how long an INVITE client absorbs repeated failures (at least 32 s, RFC 6026 section 8.4), `trying` when an INVITE
/// server sends a 100 by itself (RFC 3261 section 17.2.1) and `invite` how long an INVITE may stay without a final response before it is
/// given up (longer than a proxy's Timer C, section 16.6 step 11).
public record Timers(Duration t1, Duration t2, Duration t4, Duration d, Duration trying, Duration invite) {
  public static final Timers DEFAULT = of(Duration.ofMillis(500), Duration.ofSeconds(4), Duration.ofSeconds(5));

  private static final int TIMEOUT_FACTOR = 64;

  public Timers {
    if (t1.toMillis() < 1 || t2.compareTo(t1) < 0) {
      throw new IllegalArgumentException("T1 must be a millisecond or more and T2 not less than T1");
    }
  }

  /// The other three at their usual lengths: 32 s (or 64*T1 where that is more), 200 ms and 5 minutes.
  public static Timers of(Duration t1, Duration t2, Duration t4) {
    Duration d = Duration.ofSeconds(32);
    Duration timeout = t1.multipliedBy(TIMEOUT_FACTOR);
    return new Timers(t1, t2, t4, timeout.compareTo(d) > 0 ? timeout : d, Duration.ofMillis(200), Duration.ofMinutes(5));
  }

  /// 64*T1 in nanoseconds: Timers B, F, H, J, L and M.
  public long timeout() {
    return TIMEOUT_FACTOR * t1.toNanos();
  }

  /// Nanoseconds until a client's Timer E is reset to T2: a non-INVITE is not answered by a 100 before, and must be then (RFC 4320
  /// section 4.1).
  public long untilT2() {
    long sum = 0;
    long longest = t2.toNanos();
    for (long interval = t1.toNanos(); interval < longest; interval *= 2) {
      sum += interval;
    }
    return Math.max(sum, t1.toNanos());
  }
}
