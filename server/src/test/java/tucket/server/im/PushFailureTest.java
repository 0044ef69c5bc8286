// Devices and stores that fail, and servers that restart.
package tucket.server.im;

import static org.assertj.core.api.Assertions.assertThat;
import static tucket.server.im.ImLab.ALICE;
import static tucket.server.im.ImLab.BOB;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(OnBothEngines.EngineChoice.class)
class PushFailureTest extends OnBothEngines {
  @Test
  void aDeviceThatFailsIsTriedAgainWithGrowingPauses() {
    FakePhone phone = lab.phone(BOB, "urn:uuid:1").answers(408);
    lab.text(ALICE, BOB, "m1", "one");
    lab.quiet();
    assertThat(phone.tried()).hasSize(1);
    long[] pauses = {5, 10, 20, 40, 80, 160, 300, 300};

    for (int i = 0; i < pauses.length; i++) {
      lab.clock.advance(Duration.ofMillis(pauses[i] * 790));
      lab.quiet();
      assertThat(phone.tried()).hasSize(i + 1);
      lab.clock.advance(Duration.ofMillis(pauses[i] * 420));
      lab.quiet();
      assertThat(phone.tried()).hasSize(i + 2);
    }
    phone.answers(200);
    lab.im.registered(BOB);

    awaitTexts(phone, "one");
    awaitEmpty(BOB);
  }

  @Test
  void whatADeviceReportsWhileItsRunIsUnderWayIsNotHandedToItAnyMore() {
    FakePhone phone = lab.phone(BOB, "urn:uuid:1").goesAway();
    lab.text(ALICE, BOB, "m1", "one");
    lab.text(ALICE, BOB, "m2", "two");
    lab.text(ALICE, BOB, "m3", "three");
    phone.answers(r -> {
      if (FakePhone.text(r).equals("one")) { // the run has read all three by now
        lab.delivered(BOB, ALICE, "n1", "m2");
      }
      return 200;
    });

    lab.registers(BOB, phone);

    awaitTexts(phone, "one", "three");
    awaitEmpty(BOB);
  }

  @Test
  void theReportOfOneDeviceIsNotTakenForAnothersWhenOnlyThatOneIsRegistered() {
    FakePhone one = lab.phone(BOB, "urn:uuid:1").answers(408);
    FakePhone two = lab.phone(BOB, "urn:uuid:2");
    lab.text(ALICE, BOB, "m1", "one");
    awaitTexts(two, "one");
    two.goesAway();

    lab.delivered(BOB, ALICE, "n1", "m1"); // from the second
    one.answers(200);
    lab.registers(BOB, one);

    awaitTexts(one, "one");
  }

  @Test
  void aMessageThatADeviceRefusesForGoodBlocksNothing() {
    FakePhone phone = lab.phone(BOB, "urn:uuid:1").goesAway();
    lab.text(ALICE, BOB, "m1", "one");
    lab.text(ALICE, BOB, "poison", "two");
    lab.text(ALICE, BOB, "m3", "three");
    phone.answers(r -> FakePhone.text(r).equals("two") ? 415 : 200);

    lab.registers(BOB, phone);

    awaitTexts(phone, "one", "three");
    lab.quiet();
    assertThat(waiting(BOB)).isEqualTo(1);
    lab.im.registered(BOB);
    lab.quiet();
    assertThat(phone.tried()).hasSize(3);
  }

  @Test
  void aMessageThatADeviceAnswersWithServerErrorsForEverIsPassedOver() {
    FakePhone phone = lab.phone(BOB, "urn:uuid:1").goesAway();
    lab.text(ALICE, BOB, "poison", "two");
    lab.text(ALICE, BOB, "m3", "three");
    phone.answers(r -> FakePhone.text(r).equals("two") ? 500 : 200);

    phone.comes();
    for (int i = 0; i < 12; i++) {
      lab.im.registered(BOB);
      lab.quiet();
    }

    assertThat(phone.texts()).containsExactly("three");
  }

  @Test
  void aDeviceThatIsSilentDoesNotHoldUpAnother() throws Exception {
    FakePhone phone = lab.phone(BOB, "urn:uuid:1").goesAway();
    FakePhone dead = lab.phone(BOB, "urn:uuid:2").goesAway();
    lab.text(ALICE, BOB, "m1", "one");
    CountDownLatch goOn = new CountDownLatch(1);
    dead.answers(r -> {
      hold(goOn);
      return 408;
    });
    dead.comes();

    lab.registers(BOB, phone);

    awaitTexts(phone, "one");
    goOn.countDown();
  }

  @Test
  void whatCannotBeStoredIsRefused503AndNotAcknowledged() {
    FailingEngine failing = new FailingEngine(engine);
    lab.close();
    lab = new ImLab(failing);
    lab.quiet();
    failing.fail(true);

    assertThat(lab.text(ALICE, BOB, "m1", "one").status()).isEqualTo(503);
    failing.fail(false);
    assertThat(lab.text(ALICE, BOB, "m1", "one").status()).isEqualTo(202);
    assertThat(waiting(BOB)).isEqualTo(1);
  }

  @Test
  void whatADeviceHasAndTheStoreCouldNotNoteIsNotPushedAgain() {
    FailingEngine failing = new FailingEngine(engine);
    lab.close();
    lab = new ImLab(failing);
    lab.quiet();
    FakePhone phone = lab.phone(BOB, "urn:uuid:1").goesAway();
    lab.text(ALICE, BOB, "m1", "one");
    failing.fail(true);
    lab.registers(BOB, phone);
    lab.quiet();
    assertThat(phone.tried()).hasSize(1);

    failing.fail(false);
    lab.im.registered(BOB);

    awaitEmpty(BOB);
    lab.quiet();
    assertThat(phone.tried()).hasSize(1);
  }

  @Test
  void aMessageToSomebodyOnlineWritesNothing() {
    FailingEngine failing = new FailingEngine(engine);
    lab.close();
    lab = new ImLab(failing);
    lab.quiet();
    FakePhone phone = lab.phone(BOB, "urn:uuid:1");
    failing.fail(true);

    for (int i = 0; i < 20; i++) {
      assertThat(lab.text(ALICE, BOB, "m" + i, "text").status()).isEqualTo(200);
    }
    assertThat(phone.got()).hasSize(20);
    assertThat(failing.writes()).isZero();
  }

  @Test
  void aStoreIsOneDurableTransaction() {
    FailingEngine counting = new FailingEngine(engine);
    lab.close();
    lab = new ImLab(counting);
    lab.quiet();
    int before = counting.writes();

    lab.text(ALICE, BOB, "m1", "one");

    assertThat(counting.writes() - before).isEqualTo(1);
  }

  @Test
  void aLongRunIsCommittedInGroups() {
    FailingEngine counting = new FailingEngine(engine);
    lab.close();
    lab = new ImLab(counting);
    lab.quiet();
    FakePhone phone = lab.phone(BOB, "urn:uuid:1").goesAway();
    AtomicInteger most = new AtomicInteger();
    for (int i = 0; i < 100; i++) {
      lab.text(ALICE, BOB, "m" + i, "text");
    }
    int before = counting.writes();
    counting.slow(Duration.ofMillis(20));

    lab.registers(BOB, phone);

    awaitEmpty(BOB);
    most.set(counting.writes() - before);
    assertThat(most.get()).isLessThan(60);
    assertThat(phone.got()).hasSize(100);
  }

  @Test
  void afterARestartWhatWaitedArrivesOnceAndInOrder() {
    FakePhone phone = lab.phone(BOB, "urn:uuid:1").goesAway();
    for (int i = 1; i <= 5; i++) {
      lab.text(ALICE, BOB, "m" + i, "text " + i);
    }

    lab.restart().quiet();
    lab.registers(BOB, phone);

    awaitEmpty(BOB);
    lab.quiet();
    assertThat(phone.ids()).containsExactly("m1", "m2", "m3", "m4", "m5");
    lab.restart().quiet();
    lab.registers(BOB, phone);
    lab.quiet();
    assertThat(phone.tried()).hasSize(5);
  }

  @Test
  void afterARestartWhoIsStillRegisteredIsPushedTo() {
    FakePhone phone = lab.phone(BOB, "urn:uuid:1").answers(503);
    lab.text(ALICE, BOB, "m1", "one");
    lab.quiet();
    phone.answers(200);

    lab.restart();

    awaitTexts(phone, "one");
    awaitEmpty(BOB);
  }

  @Test
  void aMessageWhose200WasLostIsNotPushedAgainOnceItsDeviceReportsIt() {
    FakePhone phone = lab.phone(BOB, "urn:uuid:1").answers(408); // it has the message, its answer is lost
    lab.phone(ALICE, "urn:uuid:a");
    assertThat(lab.text(ALICE, BOB, "m1", "one").status()).isEqualTo(202);
    lab.quiet();

    lab.delivered(BOB, ALICE, "n1", "m1");

    awaitEmpty(BOB);
    phone.answers(200);
    lab.im.registered(BOB);
    lab.quiet();
    assertThat(phone.tried()).hasSize(1);
  }

  @Test
  void aReportOfOnePhoneDoesNotHideTheMessageFromAnother() {
    lab.phone(BOB, "urn:uuid:1").answers(408);
    FakePhone tablet = lab.phone(BOB, "urn:uuid:2").answers(408);
    lab.text(ALICE, BOB, "m1", "one");
    lab.quiet();

    lab.send(BOB, lab.message(BOB, ALICE, ImLab.notification(BOB, ALICE, "n1", "m1"))
        .with(tucket.protocol.sip.Header.CONTACT, "<sip:bob@192.0.2.9>;+sip.instance=\"<urn:uuid:1>\""));
    tablet.answers(200);
    lab.im.registered(BOB);

    awaitTexts(tablet, "one");
    awaitEmpty(BOB);
  }
}
