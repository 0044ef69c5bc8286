// The requests that are on their way to devices, so that one to a contact that is no longer in force can be given up.
package tucket.server.core;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import tucket.protocol.sip.AddressOfRecord;
import tucket.transport.sip.Outcome;
import tucket.transport.sip.Target;

/// As bounded as the requests in flight. Thread-safe.
final class UnderWay {
  // In the order of their beginning, so that giving up goes the same way in every run of a simulation.
  private final Map<AddressOfRecord, Set<Attempt>> attempts = new ConcurrentHashMap<>();

  /// One request to one binding; belongs to the thread that waits for its answer.
  static final class Attempt {
    final Binding binding;
    final Target target;
    private final Thread waiting = Thread.currentThread();
    private boolean over;
    private boolean givenUp;

    private Attempt(Binding binding, Target target) {
      this.binding = binding;
      this.target = target;
    }

    // An interrupt ends the wait of SipStack.send, and nothing else: under this lock the attempt is not over yet.
    private synchronized void giveUp() {
      if (!over && !givenUp) {
        givenUp = true;
        waiting.interrupt();
      }
    }

    private synchronized boolean isGivenUp() {
      return givenUp;
    }

    private synchronized boolean end() {
      over = true;
      return givenUp;
    }
  }

  /// What `sending` came to; empty where it was given up before there was an answer. `begun` is called when the attempt can be given up
  /// and before anything is sent.
  Optional<Outcome> run(AddressOfRecord user, Binding binding, Target target, Runnable begun, Supplier<Outcome> sending) {
    Attempt attempt = new Attempt(binding, target);
    add(user, attempt);
    Optional<Outcome> outcome = Optional.empty();
    boolean givenUp = false;
    try {
      begun.run();
      if (!attempt.isGivenUp()) {
        outcome = Optional.of(sending.get());
      }
    } finally {
      remove(user, attempt);
      givenUp = attempt.end();
      if (givenUp) {
        Thread.interrupted(); // it was meant for the wait alone
      }
    }
    return givenUp ? outcome.filter(o -> o instanceof Outcome.Answered) : outcome;
  }

  /// Ends the waits of those attempts of the user.
  void giveUp(AddressOfRecord user, Predicate<Attempt> which) {
    Set<Attempt> his = attempts.get(user);
    if (his != null) {
      his.stream().filter(which).forEach(Attempt::giveUp);
    }
  }

  private void add(AddressOfRecord user, Attempt attempt) {
    attempts.compute(user, (u, known) -> {
      Set<Attempt> now = known == null ? new CopyOnWriteArraySet<>() : known;
      now.add(attempt);
      return now;
    });
  }

  private void remove(AddressOfRecord user, Attempt attempt) {
    attempts.computeIfPresent(user, (u, now) -> now.remove(attempt) && now.isEmpty() ? null : now);
  }
}
