// INVITEs of two users to each other that are on their way at the same time.
package tucket.server.im.participating;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import tucket.protocol.sip.AddressOfRecord;
import tucket.transport.Clock;
import tucket.transport.Deadline;

/// RCS-e terminals leave an INVITE unanswered while one of their own is pending: two that cross would both wait for ever. So the second is not
/// sent to the one who is calling himself: the server takes back the first, answers both, and joins them. Where each of two servers has sent an
/// INVITE to the other, both have to choose alike: the one whose caller's address is the lower survives, and the other server holds its own back until
/// it knows what became of that. Holds only what is on its way; thread-safe.
final class Crossings {
  private record Pair(AddressOfRecord from, AddressOfRecord to) {}

  private final Map<Pair, Pending> pending = new HashMap<>(); // guarded by this

  /// What entering came to: one's own entry, or the one that comes the other way.
  record Entry(Optional<Pending> own, Optional<Pending> opposite) {}

  /// An INVITE on its way. To be ended.
  final class Pending {
    private final Pair pair;
    private final boolean calleeIsOurs;
    private final CompletableFuture<Boolean> ended = new CompletableFuture<>();
    private Optional<SessionSetup> second = Optional.empty();
    private Optional<Runnable> takeBack = Optional.empty();
    private boolean over;

    private Pending(Pair pair, boolean calleeIsOurs) {
      this.pair = pair;
      this.calleeIsOurs = calleeIsOurs;
    }

    /// How it is taken back; must not block.
    void onTakenBack(Runnable cancel) {
      boolean now;
      synchronized (Crossings.this) {
        takeBack = Optional.of(cancel);
        now = second.isPresent();
      }
      if (now) {
        cancel.run();
      }
    }

    /// Whether that one, which comes the other way, is held back until this one is decided.
    boolean survives(AddressOfRecord secondCaller) {
      return !calleeIsOurs && pair.from.value().compareTo(secondCaller.value()) < 0;
    }

    /// Asks for it to be taken back for `other`; false where it is decided already or is being taken back for somebody else.
    boolean meet(SessionSetup other) {
      Optional<Runnable> cancel;
      synchronized (Crossings.this) {
        if (over || second.isPresent()) {
          return false;
        }
        second = Optional.of(other);
        cancel = takeBack;
      }
      cancel.ifPresent(Runnable::run);
      return true;
    }

    /// Waits until it is decided, at most until `by`; whether the one it was taken back for has been answered with it.
    boolean await(Deadline by, Clock clock) {
      return by.await(ended, clock).orElse(false);
    }

    /// It is decided: returns for whom it was taken back, if for anybody.
    Optional<SessionSetup> end() {
      synchronized (Crossings.this) {
        over = true;
        pending.remove(pair, this);
        return second;
      }
    }

    /// Lets go who waits for it.
    void tell(boolean answered) {
      ended.complete(answered);
    }
  }

  /// One that meets no other.
  Pending apart(AddressOfRecord from, AddressOfRecord to) {
    return new Pending(new Pair(from, to), true);
  }

  /// Registers an INVITE, unless one comes the other way.
  synchronized Entry enter(AddressOfRecord from, AddressOfRecord to, boolean calleeIsOurs) {
    Pending opposite = pending.get(new Pair(to, from));
    if (opposite != null) {
      return new Entry(Optional.empty(), Optional.of(opposite));
    }
    Pending own = new Pending(new Pair(from, to), calleeIsOurs);
    pending.put(own.pair, own);
    return new Entry(Optional.of(own), Optional.empty());
  }
}
