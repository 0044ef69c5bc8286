// Messages over sessions that stand, so many in flight.
package tucket.app.load.bench;

import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import tucket.app.command.Exit;
import tucket.app.command.Failure;

/// Each answer sends the next message in the same session.
final class MsrpLoad {
  private static final long MOST_SECONDS = 180;

  private final Bench bench;
  private final Subject subject;
  private final List<Sender> senders;

  /// Sends a message; `done` gets its MSRP status.
  interface Sender {
    void send(IntConsumer done);
  }

  /// What a round has shown.
  record Round(double cpuMicros, double rate, double ownMicros) {
    /// The one in the middle by CPU.
    static Round middle(List<Round> rounds) {
      return rounds.stream().sorted(Comparator.comparingDouble(Round::cpuMicros)).toList().get(rounds.size() / 2);
    }

    @Override
    public String toString() {
      return String.format("%.1f us of CPU a message, %.0f a second (generator %.1f us)", cpuMicros, rate, ownMicros);
    }
  }

  MsrpLoad(Bench bench, Subject subject, List<Sender> senders) {
    this.bench = bench;
    this.subject = subject;
    this.senders = senders;
  }

  Subject subject() {
    return subject;
  }

  /// Sends so many messages and waits until all are answered.
  Round run(long messages, int inFlight) {
    double before = subject.cpu();
    double own = Processes.own();
    long since = bench.world().clock().nanos();
    AtomicLong left = new AtomicLong(messages);
    AtomicLong failed = new AtomicLong();
    CountDownLatch done = new CountDownLatch(inFlight);
    for (int i = 0; i < inFlight; i++) {
      next(senders.get(i % senders.size()), left, failed, done);
    }
    try {
      if (!done.await(MOST_SECONDS, TimeUnit.SECONDS)) {
        throw new Failure(Exit.FAILED, subject.name() + " has not answered within " + MOST_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(Exit.FAILED, "interrupted");
    }
    if (failed.get() > 0) {
      throw new Failure(Exit.FAILED, subject.name() + " refused " + failed + " of " + messages + " messages");
    }
    double seconds = (bench.world().clock().nanos() - since) / 1e9;
    double each = 1e6 / Math.max(1, messages);
    return new Round((subject.cpu() - before) * each, messages / seconds, (Processes.own() - own) * each);
  }

  private static void next(Sender sender, AtomicLong left, AtomicLong failed, CountDownLatch done) {
    if (left.decrementAndGet() < 0) {
      done.countDown();
      return;
    }
    sender.send(status -> {
      if (status != 200) {
        failed.incrementAndGet();
        left.set(0);
      }
      next(sender, left, failed, done);
    });
  }
}
