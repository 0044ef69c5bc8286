// The machine's clock, which a test can set forward.
package tucket.server.core;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import tucket.transport.Clock;

/// Runs on with real time; [#advance] jumps, and rings every alarm that the jump has passed before it returns.
final class ShiftableClock implements Clock {
  private final Clock real;
  private final AtomicLong ahead = new AtomicLong();
  private final Set<Ringing> pending = ConcurrentHashMap.newKeySet();

  private final class Ringing implements Alarm {
    final long atNanos;
    final Runnable task;
    final AtomicBoolean done = new AtomicBoolean();
    volatile Alarm realAlarm = () -> {};

    Ringing(long atNanos, Runnable task) {
      this.atNanos = atNanos;
      this.task = task;
    }

    void ring() {
      if (done.compareAndSet(false, true)) {
        pending.remove(this);
        task.run();
      }
    }

    @Override
    public void cancel() {
      done.set(true);
      pending.remove(this);
      realAlarm.cancel();
    }
  }

  ShiftableClock(Clock real) {
    this.real = real;
  }

  void advance(Duration by) {
    ahead.addAndGet(by.toNanos());
    List<Ringing> due = new ArrayList<>();
    for (Ringing r : pending) {
      if (r.atNanos - nanos() <= 0) {
        due.add(r);
      }
    }
    due.forEach(Ringing::ring);
  }

  @Override
  public long nanos() {
    return real.nanos() + ahead.get();
  }

  @Override
  public Instant now() {
    return real.now().plusNanos(ahead.get());
  }

  @Override
  public Alarm after(Duration delay, Runnable task) {
    Ringing ringing = new Ringing(nanos() + delay.toNanos(), task);
    pending.add(ringing);
    ringing.realAlarm = real.after(delay, ringing::ring);
    if (ringing.atNanos - nanos() <= 0) { // the clock was moved meanwhile
      ringing.ring();
    }
    return ringing;
  }

  @Override
  public void sleep(Duration pause) {
    real.sleep(pause);
  }
}
