// A point in monotonic time by which an answer must be there.
package tucket.transport;

import java.time.Duration;

/// Passed down a call chain so that one bound holds for the whole of it.
public record Deadline(long atNanos) {
  public static Deadline in(Duration span, Clock clock) {
    return new Deadline(clock.nanos() + span.toNanos());
  }

  /// What is left of it; zero when it has passed.
  public Duration left(Clock clock) {
    return Duration.ofNanos(Math.max(0, atNanos - clock.nanos()));
  }

  public boolean passed(Clock clock) {
    return atNanos - clock.nanos() <= 0;
  }
}
