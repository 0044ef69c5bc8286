// The requests that are on their way to devices, so that one to a contact that is no longer in force can be given up.
package tucket.server.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tucket.protocol.sip.AddressOfRecord;
import tucket.transport.Pending;
import tucket.transport.sip.Outcome;
import tucket.transport.sip.Sending;
import tucket.transport.sip.Target;

/// As bounded as the requests in flight. Thread-safe.
final class UnderWay {
  // In the order of their beginning, so that giving up goes the same way in every run of a simulation.
  private final Map<AddressOfRecord, List<Attempt>> attempts = new ConcurrentHashMap<>();

  /// One request to one binding.
  static final class Attempt {
    final Binding binding;
    final Target target;
    private @Nullable Thread beginning = Thread.currentThread(); // until it is sent: that may take a connection
    private @Nullable Sending sending;
    private boolean over;
    private boolean givenUp;

    private Attempt(Binding binding, Target target) {
      this.binding = binding;
      this.target = target;
    }

    // An interrupt ends the sending, and nothing else: under this lock it has not ended yet.
    private synchronized void giveUp() {
      if (over || givenUp) {
        return;
      }
      givenUp = true;
      if (beginning != null) {
        beginning.interrupt();
      } else if (sending != null) {
        sending.abandon();
      }
    }

    private synchronized boolean isGivenUp() {
      return givenUp;
    }

    private synchronized void sent(Sending request) {
      endBeginning();
      sending = request;
      if (givenUp) {
        request.abandon();
      }
    }

    private synchronized boolean end() {
      over = true;
      endBeginning();
      return givenUp;
    }

    private void endBeginning() {
      if (beginning != null && givenUp) {
        Thread.interrupted(); // it was meant for the sending alone
      }
      beginning = null;
    }
  }

  /// What `sending` comes to; empty where it was given up before there was an answer. `begun` is called when the attempt can be given up
  /// and before anything is sent.
  Pending<Optional<Outcome>> run(AddressOfRecord user, Binding binding, Target target, Runnable begun, Supplier<Sending> sending) {
    Attempt attempt = new Attempt(binding, target);
    add(user, attempt);
    return Pending.lastly(() -> {
      begun.run();
      if (attempt.isGivenUp()) {
        return Pending.of(Optional.empty());
      }
      Sending request = sending.get();
      attempt.sent(request);
      return request.outcome().then(outcome -> attempt.isGivenUp() && !(outcome instanceof Outcome.Answered) ? Optional.empty() : Optional.of(outcome));
    }, () -> {
      remove(user, attempt);
      attempt.end();
    });
  }

  /// Ends the waits of those attempts of the user.
  void giveUp(AddressOfRecord user, Predicate<Attempt> which) {
    List<Attempt> his = attempts.get(user);
    if (his != null) {
      his.stream().filter(which).forEach(Attempt::giveUp);
    }
  }

  private void add(AddressOfRecord user, Attempt attempt) {
    attempts.merge(user, List.of(attempt), (known, one) -> {
      List<Attempt> now = new ArrayList<>(known);
      now.add(attempt);
      return List.copyOf(now);
    });
  }

  private void remove(AddressOfRecord user, Attempt attempt) {
    attempts.computeIfPresent(user, (u, known) -> without(known, attempt));
  }

  @SuppressWarnings("NullAway") // null means: no entry
  private static List<Attempt> without(List<Attempt> known, Attempt attempt) {
    if (known.size() == 1 && known.getFirst() == attempt) {
      return null; // as a rule
    }
    List<Attempt> now = new ArrayList<>(known);
    now.remove(attempt);
    return now.isEmpty() ? null : List.copyOf(now);
  }
}
