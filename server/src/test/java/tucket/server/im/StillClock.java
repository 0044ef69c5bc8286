// A clock that only moves when a test moves it.
package tucket.server.im;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import tucket.transport.Clock;

/// Alarms ring in the thread that moves the clock, in their order.
public final class StillClock implements Clock {
  private record Pending(long at, long number, Runnable task) {}

  private final PriorityQueue<Pending> alarms =
      new PriorityQueue<>(Comparator.comparingLong(Pending::at).thenComparingLong(Pending::number));
  private Instant now = Instant.parse("2026-11-22T08:00:00Z");
  private long nanos = 1_000_000;
  private long numbers;

  @Override
  public synchronized long nanos() {
    return nanos;
  }

  @Override
  public synchronized Instant now() {
    return now;
  }

  @Override
  public synchronized Alarm after(Duration delay, Runnable task) {
    Pending pending = new Pending(nanos + Math.max(0, delay.toNanos()), numbers++, task);
    alarms.add(pending);
    return () -> cancel(pending);
  }

  private synchronized void cancel(Pending pending) {
    alarms.remove(pending);
  }

  @Override
  public void sleep(Duration pause) {
    throw new UnsupportedOperationException("nobody sleeps here");
  }

  /// Moves on; what is due rings.
  public void advance(Duration by) {
    List<Runnable> due = new ArrayList<>();
    synchronized (this) {
      nanos += by.toNanos();
      now = now.plus(by);
      while (!alarms.isEmpty() && alarms.peek().at() <= nanos) {
        due.add(alarms.remove().task());
      }
    }
    due.forEach(Runnable::run);
  }

  /// How long until the next alarm.
  public synchronized Duration untilNext() {
    return alarms.isEmpty() ? Duration.ofDays(1000) : Duration.ofNanos(Math.max(0, alarms.peek().at() - nanos));
  }

  public synchronized int alarms() {
    return alarms.size();
  }
}
