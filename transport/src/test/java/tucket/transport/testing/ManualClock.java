// A clock that stands still until a test moves it.
package tucket.transport.testing;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.CountDownLatch;
import tucket.transport.Clock;

/// Alarms ring on the thread that calls [#advance], in the order of their times, with the clock at their time. Thread-safe.
public final class ManualClock implements Clock {
  private static final Instant START = Instant.parse("2026-11-22T12:00:00Z");

  private final PriorityQueue<Ringing> alarms =
      new PriorityQueue<>(Comparator.comparingLong(Ringing::at).thenComparingLong(Ringing::order));
  private long now;
  private long order;

  private record Ringing(long at, long order, Runnable task) {}

  @Override
  public synchronized long nanos() {
    return now;
  }

  @Override
  public synchronized Instant now() {
    return START.plusNanos(now);
  }

  @Override
  public synchronized Alarm after(Duration delay, Runnable task) {
    Ringing ringing = new Ringing(now + Math.max(0, delay.toNanos()), order++, task);
    alarms.add(ringing);
    return () -> remove(ringing);
  }

  private synchronized void remove(Ringing ringing) {
    alarms.remove(ringing);
  }

  @Override
  public void sleep(Duration pause) {
    CountDownLatch over = new CountDownLatch(1);
    Alarm alarm = after(pause, over::countDown);
    try {
      over.await();
    } catch (InterruptedException stopped) {
      alarm.cancel();
      Thread.currentThread().interrupt();
    }
  }

  /// How many alarms are set.
  public synchronized int alarms() {
    return alarms.size();
  }

  /// Moves the clock on by `span`, ringing what comes due on the way.
  public void advance(Duration span) {
    long until = nanos() + span.toNanos();
    for (Ringing due = due(until); due != null; due = due(until)) {
      due.task.run();
    }
    synchronized (this) {
      now = Math.max(now, until);
    }
  }

  private synchronized @org.jspecify.annotations.Nullable Ringing due(long until) {
    Ringing next = alarms.peek();
    if (next == null || next.at > until) {
      return null;
    }
    alarms.remove();
    now = Math.max(now, next.at);
    return next;
  }
}
