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
  private final CountDownLatch done;
  private final CountDownLatch goOn;
  private final AtomicBoolean armed = new AtomicBoolean();
  private final AtomicBoolean armedReading = new AtomicBoolean();

  ParkingEngine(Engine engine, CountDownLatch done, CountDownLatch goOn) {
    this.engine = engine;
    this.done = done;
    this.goOn = goOn;
  }

  void arm() {
    armed.set(true);
  }

  void armReading() {
    armedReading.set(true);
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
