// Two INVITEs that crossed become one session.
package tucket.server.im.participating;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tucket.protocol.msrp.MsrpStatus;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.server.im.deferred.Asking;
import tucket.server.im.message.Fork;
import tucket.server.im.message.Reading;
import tucket.server.reference.Call;
import tucket.server.reference.Device;
import tucket.server.reference.Im7ClientServer;

/// Both callers get a 200 and are joined by a relay; the first message of each is given to the other in that session. The delivery law holds: that of
/// `kept` is stored before its 200 and settled when it is taken, that of `other` is taken before its 200. For one thread.
final class SessionMeeting {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final SessionMode.Parts parts;
  private final SessionSetup kept;
  private final SessionSetup other;

  /// `kept` is the one whose callee is ours, so that its first message can be stored.
  SessionMeeting(SessionMode.Parts parts, SessionSetup kept, SessionSetup other) {
    this.parts = parts;
    this.kept = kept;
    this.other = other;
  }

  /// Blocks until both are answered. False, and nothing has happened, where it can't be done. `reported`: the callee of `kept` has said that he has
  /// its first message, so has that of `other`.
  boolean join(boolean keptIsReported, boolean otherIsReported) {
    Optional<Reading> forth = kept.firstMessage().filter(r -> !keptIsReported);
    Optional<Reading> back = other.firstMessage().filter(r -> !otherIsReported);
    CompletableFuture<Optional<SipResponse>> taken = new CompletableFuture<>();
    Optional<Device> device = Asking.certain(other.request(), parts.core().devices(other.caller()));
    List<Fork.Open> late = device.map(d -> List.of(new Fork.Open(d, taken))).orElse(List.of());
    if (forth.isPresent() && !kept.storeFirst(forth.get(), late)) {
      return false;
    }
    Im7ClientServer.Media withKept = kept.openMedia();
    Im7ClientServer.Media withOther = other.openMedia();
    SessionRelay relay = new SessionRelay(parts.world(), parts.messages(), parts.trace(), kept.request(),
        new SessionRelay.Party(kept.caller(), withKept, r -> SessionMode.sendOutside(parts, r)),
        new SessionRelay.Party(other.caller(), withOther, kept::keepOrSend));
    Optional<Call> first = kept.acceptHere(withKept, relay.callerMedia());
    OptionalInt given = first.isPresent() && back.isPresent() ? give(relay, back.get()) : OptionalInt.empty();
    boolean safe = back.isEmpty() || given.isPresent() && given.getAsInt() == MsrpStatus.OK;
    Optional<Call> second = first.isPresent() && safe ? other.acceptHere(withOther, relay.calleeMedia()) : Optional.empty();
    if (second.isEmpty()) {
      first.ifPresent(c -> c.end(""));
      relay.drop();
      taken.complete(Optional.empty()); // it is pushed
      return first.isPresent() && other.isOver();
    }
    relay.join(first.orElseThrow(), second.get());
    if (forth.isPresent() && device.isPresent()) {
      relay.toCallee(forth.get(), status -> taken.complete(Optional.of(SipResponse.to(other.request(), status == MsrpStatus.OK ? Status.OK
          : Status.TEMPORARILY_UNAVAILABLE))));
    }
    return true;
  }

  private static OptionalInt give(SessionRelay relay, Reading message) {
    CompletableFuture<Integer> outcome = new CompletableFuture<>();
    relay.toCaller(message, outcome::complete);
    try {
      return OptionalInt.of(outcome.get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS));
    } catch (TimeoutException | ExecutionException silent) {
      return OptionalInt.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalInt.empty();
    }
  }
}
