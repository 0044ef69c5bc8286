// Keeps the messages of one sender to one recipient in their order.
package tucket.server.im.participating;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import tucket.protocol.sip.AddressOfRecord;
import tucket.transport.Clock;
import tucket.transport.Deadline;

/// A message waits here while an earlier one of the same sender to the same recipient is in flight. A lane is bounded, first come first
/// served, and forgotten when nobody is in it. Thread-safe.
final class Lanes {
  private final Map<Pair, Lane> lanes = new ConcurrentHashMap<>();
  private final Clock clock;
  private final int mostInLane;

  Lanes(Clock clock, int mostInLane) {
    this.clock = clock;
    this.mostInLane = mostInLane;
  }

  private record Pair(AddressOfRecord recipient, AddressOfRecord sender) {}

  private static final class Lane {
    final Semaphore turn = new Semaphore(1, true);
    int inside; // guarded by the map's entry
  }

  /// The right to go; to be left when the message has been answered.
  interface Turn {
    void leave();
  }

  /// Waits for the turn; empty where the lane is full or the deadline has passed.
  Optional<Turn> enter(AddressOfRecord recipient, AddressOfRecord sender, Deadline by) {
    Pair pair = new Pair(recipient, sender);
    boolean[] full = new boolean[1];
    Lane lane = lanes.compute(pair, (p, known) -> {
      Lane l = known == null ? new Lane() : known;
      full[0] = l.inside >= mostInLane;
      l.inside += full[0] ? 0 : 1;
      return l;
    });
    if (lane == null || full[0]) {
      return Optional.empty();
    }
    boolean mine = false;
    try {
      mine = lane.turn.tryAcquire(by.left(clock).toNanos(), TimeUnit.NANOSECONDS); // the timed one keeps the order, the other barges
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!mine) {
      leave(pair);
      return Optional.empty();
    }
    return Optional.of(() -> {
      lane.turn.release();
      leave(pair);
    });
  }

  private void leave(Pair pair) {
    lanes.computeIfPresent(pair, (p, l) -> --l.inside == 0 ? null : l);
  }

  int count() {
    return lanes.size();
  }
}
