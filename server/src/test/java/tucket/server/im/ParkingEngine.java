// An engine that holds a writer between the commit and the return, or a reader between the reading and the return.
package tucket.server.im;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import tucket.store.Engine;
import tucket.store.Kind;
import tucket.store.Partition;
import tucket.store.Transaction;
import tucket.store.View;

/// Holds the first write after [#arm], the first read after [#armReading].
final class ParkingEngine implements Engine {
  private final Engine engine;
  private final CountDownLatch done = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final AtomicBoolean armed = new AtomicBoolean();
  private final AtomicBoolean armedReading = new AtomicBoolean();

  ParkingEngine(Engine engine) {
    this.engine = engine;
  }

  void arm() {
    armed.set(true);
  }

  void armReading() {
    armedReading.set(true);
  }

  /// Blocks until somebody is held.
  void awaitHeld() {
    OnBothEngines.hold(done);
  }

  void letGo() {
    goOn.countDown();
  }

  @Override
  public <T> T read(Partition of, Function<View, T> body) {
    T result = engine.read(of, body);
    park(armedReading);
    return result;
  }

  @Override
  public <T> T write(Partition of, Function<Transaction, T> body) {
    T result = engine.write(of, body);
    park(armed);
    return result;
  }

  private void park(AtomicBoolean when) {
    if (when.getAndSet(false)) {
      done.countDown();
      OnBothEngines.hold(goOn);
    }
  }

  @Override
  public Iterable<Partition> partitions(Kind kind) {
    return engine.partitions(kind);
  }

  @Override
  public void close() {}
}
