// Two INVITEs that crossed become one session.
package tucket.server.im.participating;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import tucket.protocol.msrp.MsrpStatus;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.server.im.deferred.Asking;
import tucket.server.im.deferred.DeferredMessagingFunction;
import tucket.server.im.message.Fork;
import tucket.server.im.message.Reading;
import tucket.server.reference.Call;
import tucket.server.reference.Device;
import tucket.server.reference.Im7ClientServer;
import tucket.transport.Clock;
import tucket.transport.Deadline;

/// Both callers get a 200 and are joined by a relay; the first message of each is given to the other in that session. The delivery law holds: that of
/// `kept` is stored before its 200 and settled when it is taken, that of `other` is taken before its 200. So does order: that of `kept` waits at the head of
/// the leg of `other` before its author has his 200 and can send a second one. For one thread.
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
    List<Device> known = parts.core().devices(other.caller());
    Optional<Device> device = Asking.certain(other.request(), known);
    if (forth.isPresent() && device.filter(d -> isClean(d, known)).isEmpty()) {
      return false; // it would be pushed to whom we can't tell, and what follows in the session would overtake it; or it would overtake what waits
    }
    CompletableFuture<Optional<SipResponse>> taken = new CompletableFuture<>();
    boolean shown = false;
    try {
      List<Fork.Open> late = device.map(d -> List.of(new Fork.Open(d, taken))).orElse(List.of());
      if (forth.isPresent() && !kept.storeFirst(forth.get(), late)) {
        return false;
      }
      Im7ClientServer.Media withKept = kept.openMedia();
      Im7ClientServer.Media withOther = other.openMedia();
      SessionRelay relay = new SessionRelay(parts, kept.request(), Math.min(kept.judged(), other.judged()),
          new SessionRelay.Party(kept.caller(), withKept, r -> SessionMode.sendOutside(parts, r)),
          new SessionRelay.Party(other.caller(), withOther, kept::keepOrSend));
      shown = true;
      forth.ifPresent(r -> relay.showCallee(r, status -> taken.complete(answer(status)))); // before its author's 200: what he sends then comes behind it
      return answerBoth(relay, withKept, withOther, back);
    } finally {
      if (!shown) {
        taken.complete(Optional.empty()); // it is on its way to nobody: else nothing else would go to that device any more
      }
    }
  }

  private boolean isClean(Device device, List<Device> known) {
    try (DeferredMessagingFunction.Hold hold = parts.deferred().hold(other.caller())) {
      return hold.isClean(device, kept.caller(), known);
    }
  }

  /// As the device's answer to a MESSAGE: empty where the session never reached it, so that it is pushed at once.
  private Optional<SipResponse> answer(int status) {
    return status == MsrpStatus.NO_SESSION ? Optional.empty()
        : Optional.of(SipResponse.to(other.request(), status == MsrpStatus.OK ? Status.OK : Status.TEMPORARILY_UNAVAILABLE));
  }

  private boolean answerBoth(SessionRelay relay, Im7ClientServer.Media withKept, Im7ClientServer.Media withOther, Optional<Reading> back) {
    Optional<Call> first = kept.acceptHere(withKept, relay.callerMedia());
    OptionalInt given = first.isPresent() && back.isPresent() ? give(relay, back.get()) : OptionalInt.empty();
    boolean safe = back.isEmpty() || given.isPresent() && given.getAsInt() == MsrpStatus.OK;
    Optional<Call> second = first.isPresent() && safe ? other.acceptHere(withOther, relay.calleeMedia()) : Optional.empty();
    if (second.isEmpty()) {
      first.ifPresent(c -> c.end(""));
      relay.drop(); // what was stored is pushed
      return first.isPresent() && other.isOver();
    }
    relay.join(first.orElseThrow(), second.get(), other.request());
    return true;
  }

  private OptionalInt give(SessionRelay relay, Reading message) {
    CompletableFuture<Integer> outcome = new CompletableFuture<>();
    relay.toCaller(message, outcome::complete);
    Clock clock = parts.world().clock();
    return Deadline.in(PATIENCE, clock).await(outcome, clock).map(OptionalInt::of).orElse(OptionalInt.empty());
  }
}
