// An engine whose writes fail, or are slow, while the test wants it.
package tucket.server.im;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import tucket.store.Engine;
import tucket.store.Kind;
import tucket.store.Partition;
import tucket.store.Transaction;
import tucket.store.Unavailable;
import tucket.store.View;

/// Counts the writes that succeed.
final class FailingEngine implements Engine {
  private final Engine engine;
  private final AtomicInteger writes = new AtomicInteger();
  private volatile boolean fails;
  private volatile Duration delay = Duration.ZERO;

  FailingEngine(Engine engine) {
    this.engine = engine;
  }

  void fail(boolean now) {
    fails = now;
  }

  void slow(Duration by) {
    delay = by;
  }

  int writes() {
    return writes.get();
  }

  @Override
  public <T> T read(Partition of, Function<View, T> body) {
    return engine.read(of, body);
  }

  @Override
  public <T> T write(Partition of, Function<Transaction, T> body) {
    if (fails) {
      throw new Unavailable("The disk is full.");
    }
    if (!delay.isZero()) {
      LockSupport.parkNanos(delay.toNanos());
    }
    T result = engine.write(of, body);
    writes.incrementAndGet();
    return result;
  }

  @Override
  public Iterable<Partition> partitions(Kind kind) {
    return engine.partitions(kind);
  }

  @Override
  public void close() {}
}
