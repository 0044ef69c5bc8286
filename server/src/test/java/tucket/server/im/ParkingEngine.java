// An engine that holds a writer between the commit and the return.
package tucket.server.im;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import tucket.store.Engine;
import tucket.store.Kind;
import tucket.store.Partition;
import tucket.store.Transaction;
import tucket.store.View;

/// Holds the first write after [#arm].
final class ParkingEngine implements Engine {
  private final Engine engine;
  private final CountDownLatch committed;
  private final CountDownLatch goOn;
  private final AtomicBoolean armed = new AtomicBoolean();

  ParkingEngine(Engine engine, CountDownLatch committed, CountDownLatch goOn) {
    this.engine = engine;
    this.committed = committed;
    this.goOn = goOn;
  }

  void arm() {
    armed.set(true);
  }

  @Override
  public <T> T read(Partition of, Function<View, T> body) {
    return engine.read(of, body);
  }

  @Override
  public <T> T write(Partition of, Function<Transaction, T> body) {
    T result = engine.write(of, body);
    if (armed.getAndSet(false)) {
      committed.countDown();
      OnBothEngines.hold(goOn);
    }
    return result;
  }

  @Override
  public Iterable<Partition> partitions(Kind kind) {
    return engine.partitions(kind);
  }

  @Override
  public void close() {}
}
