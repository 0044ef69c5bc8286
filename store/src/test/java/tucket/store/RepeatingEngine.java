// An engine that runs every body twice, to find bodies that must not be run again.
package tucket.store;

import java.util.function.Function;

/// An engine may run the body of a write again after a conflict; the engines on one machine never do. Tests of what is stored above an
/// engine put this around theirs: the first run's writes and result are thrown away.
public final class RepeatingEngine implements Engine {
  private final Engine engine;

  public RepeatingEngine(Engine engine) {
    this.engine = engine;
  }

  private static final class Again extends RuntimeException {
    Again() {
      super("run it again", null, false, false);
    }
  }

  @Override
  public <T> T read(Partition of, Function<View, T> body) {
    return engine.read(of, body);
  }

  @Override
  public <T> T write(Partition of, Function<Transaction, T> body) {
    try {
      engine.<T>write(of, tx -> {
        T unused = body.apply(tx);
        throw new Again();
      });
    } catch (Again again) {
      // As meant.
    }
    return engine.write(of, body);
  }

  @Override
  public Iterable<Partition> partitions(Kind kind) {
    return engine.partitions(kind);
  }

  @Override
  public void close() {
    engine.close();
  }
}
