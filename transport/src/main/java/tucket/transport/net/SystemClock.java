// The machine's clock, and alarms on a wheel.
package tucket.transport.net;

import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.transport.Clock;
import tucket.transport.Unavailable;

/// Alarms ring on one thread of a hashed wheel: setting and cancelling cost the same however many are pending, and an alarm rings up to
/// about 20 ms late, never early. That suits SIP's timers, which are half a second and more.
public final class SystemClock implements Clock, AutoCloseable {
  /// Alarms that may be pending at once; about 150 bytes each.
  public static final int MOST_ALARMS = 5_000_000;

  private static final Logger LOG = LoggerFactory.getLogger(SystemClock.class);
  private static final long TICK_MILLIS = 10;
  private static final int SLOTS = 2048;

  private final HashedWheelTimer wheel =
      new HashedWheelTimer(new DefaultThreadFactory("clock", true), TICK_MILLIS, TimeUnit.MILLISECONDS, SLOTS, false, MOST_ALARMS);

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public Alarm after(Duration delay, Runnable task) {
    try {
      Timeout timeout = wheel.newTimeout(ignored -> ring(task), Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
      return timeout::cancel;
    } catch (RejectedExecutionException full) {
      throw new Unavailable("More than " + MOST_ALARMS + " timers are pending: the server is overloaded.", full);
    } catch (IllegalStateException stopped) {
      throw new Unavailable("The clock has been stopped.", stopped);
    }
  }

  @Override
  public void sleep(Duration pause) {
    if (pause.isNegative() || pause.isZero()) {
      return;
    }
    try {
      Thread.sleep(pause);
    } catch (InterruptedException woken) {
      Thread.currentThread().interrupt();
    }
  }

  /// Alarms that are pending.
  public long pending() {
    return wheel.pendingTimeouts();
  }

  /// Stops the wheel; what is pending never rings.
  @Override
  public void close() {
    wheel.stop();
  }

  private static void ring(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error failure) {
      LOG.error("an alarm's task failed", failure);
    }
  }
}
