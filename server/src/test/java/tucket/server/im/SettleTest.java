// A slow, vanished or failing device beside one that answers.
package tucket.server.im;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static tucket.server.im.ImLab.ALICE;
import static tucket.server.im.ImLab.BOB;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(OnBothEngines.EngineChoice.class)
class SettleTest extends OnBothEngines {
  private final CountDownLatch answer = new CountDownLatch(1);

  private FakePhone slow(int status) {
    return lab.phone(BOB, "urn:uuid:slow").answers(r -> {
      hold(answer);
      return status;
    });
  }

  private CompletableFuture<Integer> sending(String id, String text) {
    return CompletableFuture.supplyAsync(() -> lab.text(ALICE, BOB, id, text).status(), Thread::startVirtualThread);
  }

  /// Sends it, and lets the time to settle pass as soon as the good phone has it.
  private int sent(FakePhone good, FakePhone slow, String id, String text) throws Exception {
    int alarms = lab.clock.alarms();
    CompletableFuture<Integer> status = sending(id, text);
    await().atMost(Duration.ofSeconds(60)).until(() -> lab.clock.alarms() == alarms + 1 && slow.tried().size() == 1);
    assertThat(good.texts()).contains(text);
    lab.clock.advance(lab.limits.settle().minusMillis(1));
    assertThat(status).isNotDone();
    lab.clock.advance(Duration.ofMillis(1));
    return status.get(60, TimeUnit.SECONDS);
  }

  @Test
  void aSlowDeviceHoldsUpTheSenderNoLongerThanTheTimeToSettleAndTheMessageIsStoredForIt() throws Exception {
    FakePhone good = lab.phone(BOB, "urn:uuid:good");
    FakePhone slow = slow(200);

    assertThat(sent(good, slow, "m1", "one")).isEqualTo(200);

    assertThat(waiting(BOB)).isEqualTo(1);
    answer.countDown();
    awaitEmpty(BOB);
    lab.quiet();
    assertThat(slow.tried()).hasSize(1); // its late 200 counts
    assertThat(good.tried()).hasSize(1);
  }

  @Test
  void aLateFailureLeadsToTheBackOff() throws Exception {
    FakePhone good = lab.phone(BOB, "urn:uuid:good");
    FakePhone slow = slow(408);
    assertThat(sent(good, slow, "m1", "one")).isEqualTo(200);

    answer.countDown();
    lab.quiet();
    assertThat(slow.tried()).hasSize(1);
    slow.answers(200);
    lab.clock.advance(Duration.ofSeconds(6));

    awaitTexts(slow, "one");
    awaitEmpty(BOB);
    assertThat(good.tried()).hasSize(1);
  }

  @Test
  void aLateRefusalTakesTheMessageOutOfTheQueue() throws Exception {
    FakePhone good = lab.phone(BOB, "urn:uuid:good");
    FakePhone slow = slow(415);
    assertThat(sent(good, slow, "m1", "one")).isEqualTo(200);

    answer.countDown();

    awaitEmpty(BOB);
    lab.quiet();
    assertThat(slow.tried()).hasSize(1);
  }

  @Test
  void aDeviceThatMovesWhileItIsTriedGetsTheMessageWithoutARest() throws Exception {
    FakePhone good = lab.phone(BOB, "urn:uuid:good");
    FakePhone slow = slow(408); // the core gives the old contact up
    assertThat(sent(good, slow, "m1", "one")).isEqualTo(200);
    slow.answers(200);
    lab.im.registered(BOB);

    answer.countDown();

    awaitTexts(slow, "one");
    awaitEmpty(BOB);
  }

  @Test
  void whatFollowsDoesNotOvertakeAMessageThatIsStillOnItsWay() throws Exception {
    FakePhone good = lab.phone(BOB, "urn:uuid:good");
    FakePhone slow = slow(200);
    assertThat(sent(good, slow, "m1", "one")).isEqualTo(200);

    assertThat(sending("m2", "two").get(60, TimeUnit.SECONDS)).isEqualTo(200);
    lab.im.registered(BOB);
    assertThat(good.texts()).containsExactly("one", "two");
    assertThat(slow.tried()).hasSize(1);
    answer.countDown();

    awaitTexts(slow, "one", "two");
    awaitEmpty(BOB);
    lab.quiet();
    assertThat(slow.tried()).hasSize(2);
  }

  @Test
  void whatIsStoredForASlowDeviceSurvivesARestart() throws Exception {
    FakePhone good = lab.phone(BOB, "urn:uuid:good");
    FakePhone slow = slow(408);
    assertThat(sent(good, slow, "m1", "one")).isEqualTo(200);
    slow.answers(200);

    lab.restart();

    awaitTexts(slow, "one");
    answer.countDown();
    awaitEmpty(BOB);
    lab.quiet();
    assertThat(good.tried()).hasSize(1);
  }

  @Test
  void aDeviceThatFailsDoesNotTakeTheOthersOffThePathPastTheQueue() {
    FakePhone good = lab.phone(BOB, "urn:uuid:good");
    FakePhone failing = lab.phone(BOB, "urn:uuid:failing").answers(408);

    assertThat(lab.text(ALICE, BOB, "m1", "one").status()).isEqualTo(200);
    assertThat(lab.text(ALICE, BOB, "m2", "two").status()).isEqualTo(200);
    assertThat(good.texts()).containsExactly("one", "two");
    lab.quiet();
    assertThat(failing.tried()).hasSize(1);
    failing.answers(200);
    lab.im.registered(BOB);

    awaitTexts(failing, "one", "two");
    awaitEmpty(BOB);
    assertThat(good.tried()).hasSize(2);
  }

  @Test
  void whereNobodyHasItAllAreWaitedFor() throws Exception {
    lab.phone(BOB, "urn:uuid:busy").answers(486);
    FakePhone slow = slow(200);
    CompletableFuture<Integer> status = sending("m1", "one");
    await().atMost(Duration.ofSeconds(60)).until(() -> slow.tried().size() == 1);
    lab.clock.advance(Duration.ofSeconds(5));
    assertThat(status).isNotDone();

    answer.countDown();

    assertThat(status.get(60, TimeUnit.SECONDS)).isEqualTo(200);
    assertThat(waiting(BOB)).isEqualTo(1);
  }
}
