// Which of two INVITEs that cross goes on.
package tucket.server.im.participating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import tucket.protocol.sip.AddressOfRecord;
import tucket.transport.Deadline;
import tucket.transport.testing.ManualClock;

class CrossingsTest {
  private static final AddressOfRecord ALICE = AddressOfRecord.of("sip:alice@one.test");
  private static final AddressOfRecord BOB = AddressOfRecord.of("sip:bob@two.test");

  @Test
  void theSecondFindsTheFirst() {
    Crossings crossings = new Crossings();
    Crossings.Entry first = crossings.enter(ALICE, BOB, true);
    assertThat(first.own()).isPresent();
    Crossings.Entry second = crossings.enter(BOB, ALICE, true);
    assertThat(second.own()).isEmpty();
    assertThat(second.opposite()).isEqualTo(first.own());
    first.own().orElseThrow().end();
    assertThat(crossings.enter(BOB, ALICE, true).own()).isPresent();
  }

  @Test
  void twoServersThatHaveSentEachOtherAnInviteChooseAlike() {
    Crossings ofAlice = new Crossings();
    Crossings ofBob = new Crossings();
    Crossings.Pending forth = ofAlice.enter(ALICE, BOB, false).own().orElseThrow();
    Crossings.Pending back = ofBob.enter(BOB, ALICE, false).own().orElseThrow();
    assertThat(forth.survives(BOB)).as("at alice's server hers goes on, and his is held back").isTrue();
    assertThat(back.survives(ALICE)).as("at bob's server his is taken back, and hers goes on").isFalse();
  }

  @Test
  void onItsWayToADeviceOfOurOwnTheFirstIsAlwaysTakenBack() {
    Crossings crossings = new Crossings();
    assertThat(crossings.enter(ALICE, BOB, true).own().orElseThrow().survives(BOB)).isFalse();
  }

  @Test
  void whoIsHeldBackLearnsWhetherHeWasAnswered() {
    Crossings.Pending first = new Crossings().enter(ALICE, BOB, false).own().orElseThrow();
    ManualClock clock = new ManualClock();
    Deadline soon = Deadline.in(Duration.ofSeconds(1), clock);
    CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> first.await(soon, clock));
    await().until(() -> clock.alarms() == 1);
    clock.advance(Duration.ofSeconds(1));
    assertThat(waiting).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(false);
    first.end();
    first.tell(true);
    assertThat(first.await(Deadline.in(Duration.ofSeconds(10), clock), clock)).isTrue();
  }
}
