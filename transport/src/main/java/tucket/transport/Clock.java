// Time as the server sees it: a monotonic counter for intervals, a wall clock for dates, and alarms.
package tucket.transport;

import java.time.Duration;
import java.time.Instant;

/// Thread-safe. Intervals are measured by [#nanos] only, so that a clock that jumps harms no timer; [#now] is for what people and documents
/// read.
public interface Clock {
  /// Nanoseconds from an arbitrary origin; never goes back.
  long nanos();

  /// The wall-clock time; may jump.
  Instant now();

  /// Runs `task` once after `delay` on a thread of the clock; the task must be short and must not block.
  Alarm after(Duration delay, Runnable task);

  /// Parks the calling virtual thread for `pause`; returns early when it is interrupted (the flag stays set).
  void sleep(Duration pause);

  /// An alarm that has not rung yet.
  interface Alarm {
    /// Idempotent; without effect once the task has begun.
    void cancel();
  }
}
