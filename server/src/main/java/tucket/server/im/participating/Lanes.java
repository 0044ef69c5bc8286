// Keeps the messages of one sender to one recipient in their order.
package tucket.server.im.participating;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import tucket.protocol.sip.AddressOfRecord;
import tucket.transport.Clock;
import tucket.transport.Deadline;

/// A message waits here while an earlier one of the same sender to the same recipient is in flight. A lane is bounded, first come first
/// served, and forgotten when nobody is in it. The deadline comes through the clock of the world, as every other timer. Thread-safe.
final class Lanes {
  private final Map<Pair, Lane> lanes = new ConcurrentHashMap<>();
  private final Clock clock;
  private final int mostInLane;

  Lanes(Clock clock, int mostInLane) {
    this.clock = clock;
    this.mostInLane = mostInLane;
  }

  private record Pair(AddressOfRecord recipient, AddressOfRecord sender) {}

  /// Who is inside, in the order of their coming: `true` for the one whose turn it is, `false` for one that waits no longer. Guarded by the
  /// map's entry.
  private record Lane(Deque<CompletableFuture<Boolean>> inside) {}

  /// The right to go; to be left when the message has been answered.
  interface Turn {
    void leave();
  }

  /// Waits for the turn; empty where the lane is full or the deadline has passed.
  Optional<Turn> enter(AddressOfRecord recipient, AddressOfRecord sender, Deadline by) {
    Pair pair = new Pair(recipient, sender);
    CompletableFuture<Boolean> turn = new CompletableFuture<>();
    boolean[] full = new boolean[1];
    lanes.compute(pair, (p, known) -> {
      Lane lane = known == null ? new Lane(new ArrayDeque<>(1)) : known;
      full[0] = lane.inside.size() >= mostInLane;
      if (!full[0]) {
        lane.inside.add(turn);
        if (lane.inside.size() == 1) {
          turn.complete(true);
        }
      }
      return lane;
    });
    if (full[0]) {
      return Optional.empty();
    }
    if (!isMine(turn, by)) {
      leave(pair, turn);
      return Optional.empty();
    }
    return Optional.of(() -> leave(pair, turn));
  }

  private boolean isMine(CompletableFuture<Boolean> turn, Deadline by) {
    if (turn.isDone()) {
      return turn.resultNow();
    }
    Clock.Alarm late = clock.after(by.left(clock), () -> turn.complete(false));
    try {
      return turn.get();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e); // nobody completes a turn so
    } finally {
      late.cancel();
    }
  }

  private void leave(Pair pair, CompletableFuture<Boolean> turn) {
    lanes.computeIfPresent(pair, (p, lane) -> {
      boolean held = !turn.complete(false) && turn.resultNow();
      lane.inside.remove(turn);
      if (held) {
        for (CompletableFuture<Boolean> next : lane.inside) {
          if (next.complete(true)) {
            break;
          }
        }
      }
      return lane.inside.isEmpty() ? null : lane;
    });
  }

  int count() {
    return lanes.size();
  }
}
