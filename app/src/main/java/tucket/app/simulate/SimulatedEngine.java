// The storage of one server process on a simulated disk.
package tucket.app.simulate;

import java.util.function.Function;
import tucket.server.Schema;
import tucket.store.Engine;
import tucket.store.Kind;
import tucket.store.Partition;
import tucket.store.Transaction;
import tucket.store.Unavailable;
import tucket.store.View;
import tucket.transport.Clock;

/// What is durable is in the memory engine below it, which outlives the process. A commit happens at one moment between the call and its
/// return; a process that is killed before that moment has written nothing, one that is killed after it all of it. Bodies run twice at times,
/// as the port allows.
final class SimulatedEngine implements Engine {
  private final Engine durable;
  private final Disk disk;
  private final Clock clock;
  private final QueueWatch watch;

  /// Thrown out of a body to take back what it wrote.
  private static final class Again extends RuntimeException {
    private static final Again ONCE = new Again();

    private Again() {
      super("once more", null, false, false);
    }
  }

  SimulatedEngine(Engine durable, Disk disk, Clock clock, QueueWatch watch) {
    this.durable = durable;
    this.disk = disk;
    this.clock = clock;
    this.watch = watch;
  }

  @Override
  public <T> T read(Partition of, Function<View, T> body) {
    disk.seek(clock);
    T result = durable.read(of, body);
    disk.seek(clock);
    return result;
  }

  @Override
  public <T> T write(Partition of, Function<Transaction, T> body) {
    disk.sync(clock);
    disk.check();
    if (disk.conflicts()) {
      rehearse(of, body);
    }
    T result = of.kind().equals(Schema.USER) ? watch.watching(of, () -> durable.write(of, body)) : durable.write(of, body);
    disk.sync(clock);
    return result;
  }

  private <T> void rehearse(Partition of, Function<Transaction, T> body) {
    try {
      durable.write(of, tx -> {
        T unused = body.apply(tx);
        throw Again.ONCE;
      });
    } catch (Again expected) {
      // nothing was written
    }
  }

  @Override
  public Iterable<Partition> partitions(Kind kind) {
    return durable.partitions(kind);
  }

  /// The durable part stays.
  @Override
  public void close() {}

  /// What the disk does just now. For the simulating thread and the threads in the simulation.
  static final class Disk {
    private final java.util.Random random;
    private boolean full;
    private boolean slow;

    Disk(java.util.Random random) {
      this.random = random;
    }

    void full(boolean on) {
      full = on;
    }

    void slow(boolean on) {
      slow = on;
    }

    boolean isFull() {
      return full;
    }

    private void check() {
      if (full) {
        throw new Unavailable("The disk is full: free some space.");
      }
    }

    private boolean conflicts() {
      return random.nextInt(10) == 0;
    }

    private void sync(Clock clock) {
      long micros = slow ? 1 + random.nextInt(3_000_000) : random.nextInt(3) == 0 ? 0 : random.nextInt(4_000);
      if (micros > 0) {
        clock.sleep(java.time.Duration.ofNanos(micros * 1000));
      }
    }

    private void seek(Clock clock) {
      if (random.nextInt(8) == 0) {
        clock.sleep(java.time.Duration.ofNanos(1000L * (1 + random.nextInt(slow ? 500_000 : 300))));
      }
    }
  }
}
