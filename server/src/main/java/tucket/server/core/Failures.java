// Wrong passwords, counted and slowed down.
package tucket.server.core;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.net.InetAddress;
import java.time.Duration;
import tucket.transport.Clock;

/// Counts failed log-ins by user and source address. After [#FREE] of them each further try has to wait, at first a second, then twice as
/// long every time, at most a minute; who does not wait is turned away without his password being looked at. The table is bounded and
/// forgets a pair after a quarter of an hour without failure. Thread-safe.
final class Failures {
  static final int FREE = 5;
  private static final long MAX_WAIT_SECONDS = 60;
  private static final Duration MEMORY = Duration.ofMinutes(15);

  private record Pair(String login, InetAddress source) {}

  private record Count(int failures, long untilNanos) {}

  private final Clock clock;
  private final Cache<Pair, Count> counts;

  Failures(Clock clock, int remembered) {
    this.clock = clock;
    this.counts = Caffeine.newBuilder()
        .maximumSize(remembered)
        .expireAfterWrite(MEMORY)
        .ticker(clock::nanos)
        .executor(Runnable::run)
        .build();
  }

  /// The seconds that pair has still to wait; 0 where it may try.
  long wait(String login, InetAddress source) {
    Count count = counts.getIfPresent(new Pair(login, source));
    if (count == null || count.failures() < FREE) {
      return 0;
    }
    long left = count.untilNanos() - clock.nanos();
    return left <= 0 ? 0 : (left + 999_999_999) / 1_000_000_000;
  }

  /// One more failure; returns the seconds to wait before the next try.
  long failed(String login, InetAddress source) {
    Count after = counts.asMap().merge(new Pair(login, source), new Count(1, 0), (old, one) -> {
      int failures = Math.min(old.failures() + 1, FREE + 6);
      long wait = failures < FREE ? 0 : Math.min(MAX_WAIT_SECONDS, 1L << (failures - FREE));
      return new Count(failures, clock.nanos() + Duration.ofSeconds(wait).toNanos());
    });
    return after.failures() < FREE ? 0 : wait(login, source);
  }

  void succeeded(String login, InetAddress source) {
    counts.invalidate(new Pair(login, source));
  }
}
