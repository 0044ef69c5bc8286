// Counts who is inside the native database, so that it is never closed under somebody's feet.
package tucket.store;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// A native call on a closed database would end the process, so each use goes in by `enter` and out by `leave`, and closing waits at `shut`
/// until all are out. Passing costs one atomic addition each way.
final class Gate {
  private static final int SHUT = Integer.MIN_VALUE;
  private static final int PATIENCE_MILLIS = 30_000;

  private final AtomicInteger inside = new AtomicInteger();

  /// Returns `false`, and counts nothing, when the gate is shut.
  boolean enter() {
    if (inside.incrementAndGet() > 0) {
      return true;
    }
    inside.decrementAndGet();
    return false;
  }

  void leave() {
    inside.decrementAndGet();
  }

  /// Lets nobody in any more and waits until all are out. Returns `false` when somebody stays for half a minute. To be called once.
  boolean shut() {
    inside.addAndGet(SHUT);
    for (int i = 0; i < PATIENCE_MILLIS; i++) {
      if (inside.get() == SHUT) {
        return true;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
    return false;
  }
}
