// What was accepted is known again, for a while.
package tucket.server.im.participating;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import tucket.protocol.sip.AddressOfRecord;
import tucket.server.Envelope;
import tucket.server.im.message.Brief;
import tucket.transport.Clock;

class RecentTest {
  private static final AddressOfRecord ALICE = new AddressOfRecord("sip:alice@im.example");
  private static final AddressOfRecord BOB = new AddressOfRecord("sip:bob@im.example");

  /// Only tells the time.
  private static final class Hand implements Clock {
    private long nanos = 5;

    @Override
    public long nanos() {
      return nanos;
    }

    @Override
    public Instant now() {
      return Instant.EPOCH;
    }

    @Override
    public Alarm after(java.time.Duration delay, Runnable task) {
      throw new IllegalStateException("nobody sets an alarm");
    }

    @Override
    public void sleep(java.time.Duration pause) {}
  }

  private final Hand clock = new Hand();
  private final Recent recent = new Recent(clock);

  private static Brief message(String id, Envelope.Kind kind) {
    return new Brief(kind, id, ALICE, BOB, Instant.EPOCH, false);
  }

  private static Brief message(String id) {
    return message(id, Envelope.Kind.MESSAGE);
  }

  @Test
  void whatWasAcceptedIsKnownWithItsStatusAndNothingElse() {
    recent.add(message("a"), 200);
    recent.add(message("b"), 202);
    assertThat(recent.status(message("a"))).hasValue(200);
    assertThat(recent.status(message("b"))).hasValue(202);
    assertThat(recent.status(message("c"))).isEmpty();
    assertThat(recent.status(message("a", Envelope.Kind.NOTIFICATION))).isEmpty();
  }

  @Test
  void itIsForgottenBetweenOneAndTwoTimesItsTime() {
    recent.add(message("a"), 200);
    clock.nanos += Recent.MEMORY.toNanos();
    assertThat(recent.status(message("a"))).hasValue(200);
    clock.nanos += Recent.MEMORY.toNanos();
    assertThat(recent.status(message("a"))).isEmpty();
  }

  @Test
  void afterALongSilenceNothingIsKnown() {
    recent.add(message("a"), 200);
    clock.nanos += 3 * Recent.MEMORY.toNanos();
    assertThat(recent.status(message("a"))).isEmpty();
  }

  @Test
  void theOldestGoWhenThereAreTooMany() {
    for (int i = 0; i < 2 * Recent.MOST; i++) {
      recent.add(message("m" + i), 200);
    }
    assertThat(recent.status(message("m0"))).isEmpty();
    assertThat(recent.status(message("m" + (2 * Recent.MOST - 1)))).hasValue(200);
  }
}
