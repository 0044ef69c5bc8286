// How much of the server one user may take.
package tucket.server.core;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.server.Limits;
import tucket.transport.Clock;
import tucket.transport.Pace;

/// Counts the requests of each sender, at once and a second. Asked after his password, so that nobody can use up the share of another. Thread-safe.
final class Share {
  private final Clock clock;
  private final int atOnce;
  private final Pace<AddressOfRecord> pace;
  private final Map<AddressOfRecord, Integer> inFlight = new ConcurrentHashMap<>();

  Share(Clock clock, Limits limits) {
    this.clock = clock;
    this.atOnce = limits.requestsInFlightPerUser();
    this.pace = new Pace<>(limits.requestsPerSecondPerUser(), limits.registrationsTotal());
  }

  /// The answer to a request that is one too many; where there is none it counts until [#leave].
  Optional<SipResponse> enter(AddressOfRecord user, SipRequest request) {
    if (!pace.admits(user, clock.nanos())) {
      return Optional.of(refusal(request, "Too many requests a second"));
    }
    if (inFlight.merge(user, 1, Integer::sum) > atOnce) {
      leave(user);
      return Optional.of(refusal(request, "Too many requests at once"));
    }
    return Optional.empty();
  }

  private static SipResponse refusal(SipRequest request, String why) {
    return SipResponse.to(request, Status.SERVICE_UNAVAILABLE, why).with(Header.RETRY_AFTER, "1");
  }

  /// A request that was let in has its answer.
  void leave(AddressOfRecord user) {
    inFlight.computeIfPresent(user, (who, count) -> oneLess(count));
  }

  @SuppressWarnings("NullAway") // null means: no entry
  private static Integer oneLess(int count) {
    return count == 1 ? null : count - 1;
  }
}
