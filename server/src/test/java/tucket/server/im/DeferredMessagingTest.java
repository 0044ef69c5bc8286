// What is stored, pushed, and in which order.
package tucket.server.im;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static tucket.server.im.ImLab.ALICE;
import static tucket.server.im.ImLab.BOB;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tucket.protocol.cpim.Disposition;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipResponse;
import tucket.server.Limits;
import tucket.server.im.settings.ImSettings;

@ParameterizedClass
@EnumSource(OnBothEngines.EngineChoice.class)
class DeferredMessagingTest extends OnBothEngines {
  @Test
  void aMessageToNobodyThereIsStoredAndAnswered202() {
    SipResponse answer = lab.text(ALICE, BOB, "m1", "hello");

    assertThat(answer.status()).isEqualTo(202);
    assertThat(waiting(BOB)).isEqualTo(1);
  }

  @Test
  void storedMessagesArePushedOldestFirstWhenTheUserRegisters() {
    FakePhone phone = lab.phone(BOB, "urn:uuid:1").goesAway();
    for (int i = 1; i <= 40; i++) {
      assertThat(lab.text(ALICE, BOB, "m" + i, "text " + i).status()).isEqualTo(202);
    }

    lab.registers(BOB, phone);

    awaitEmpty(BOB);
    assertThat(phone.ids()).containsExactlyElementsOf(java.util.stream.IntStream.rangeClosed(1, 40).mapToObj(i -> "m" + i).toList());
  }

  @Test
  void aStoredMessageKeepsItsIdTimeRequestsAndBody() {
    FakePhone phone = lab.phone(BOB, "urn:uuid:1").goesAway();
    lab.text(ALICE, BOB, "m1", "grüße", Disposition.POSITIVE_DELIVERY, Disposition.DISPLAY);

    lab.clock.advance(Duration.ofHours(1));
    lab.registers(BOB, phone);

    awaitTexts(phone, "grüße");
    var cpim = FakePhone.cpim(phone.got().getFirst()).orElseThrow();
    assertThat(cpim.messageId()).contains("m1");
    assertThat(cpim.dateTime()).contains("2026-11-22T07:59:00.000Z");
    assertThat(cpim.dispositions()).containsExactly(Disposition.POSITIVE_DELIVERY, Disposition.DISPLAY);
    assertThat(phone.got().getFirst().first(Header.DATE)).contains("Sun, 22 Nov 2026 08:00:00 GMT");
  }

  @Test
  void aNotificationIsStoredAndPushedLikeAMessage() {
    FakePhone phone = lab.phone(ALICE, "urn:uuid:a").goesAway();

    assertThat(lab.delivered(BOB, ALICE, "n1", "m1").status()).isEqualTo(202);
    lab.registers(ALICE, phone);

    awaitEmpty(ALICE);
    assertThat(phone.ids()).containsExactly("n1");
    assertThat(phone.got().getFirst().first(Header.CONTENT_TYPE)).contains("message/cpim");
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 408, 410, 480, 486, 487, 500, 502, 503, 504, 403, 405, 501})
  void whatSaysThatADeviceCannotTakeItNowLeadsToTheDeferredFunction(int status) {
    lab.phone(BOB, "urn:uuid:1").answers(status);

    assertThat(lab.text(ALICE, BOB, "m1", "hello").status()).isEqualTo(202);
    assertThat(waiting(BOB)).isEqualTo(1);
  }

  @Test
  void aMessageCommittedWhileItsUserWasRegisteringIsPushedAtOnce() throws Exception {
    ParkingEngine parking = labThatParks();
    FakePhone phone = lab.phone(BOB, "urn:uuid:1").goesAway();
    parking.arm();

    Thread sender = Thread.ofVirtual().start(() -> lab.text(ALICE, BOB, "m1", "hello"));
    parking.awaitHeld();
    lab.registers(BOB, phone); // after the commit, before the server has looked again
    parking.letGo();
    sender.join();

    awaitTexts(phone, "hello");
    lab.quiet();
    assertThat(phone.tried()).hasSize(1);
  }

  @Test
  void aMessageToADeviceThatFailsAndRegistersDuringTheTryIsPushedAtOnce() throws Exception {
    CountDownLatch trying = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    FakePhone phone = lab.phone(BOB, "urn:uuid:1");
    phone.answers(r -> {
      trying.countDown();
      hold(goOn);
      return 408;
    });

    Thread sender = Thread.ofVirtual().start(() -> lab.text(ALICE, BOB, "m1", "hello"));
    trying.await();
    phone.answers(200);
    lab.registers(BOB, phone);
    goOn.countDown();
    sender.join();

    awaitTexts(phone, "hello");
  }

  @Test
  void aNewMessageNeverOvertakesWhatWaits() {
    FakePhone phone = lab.phone(BOB, "urn:uuid:1").answers(480);
    lab.text(ALICE, BOB, "m1", "one");
    lab.quiet();
    phone.answers(200);

    assertThat(lab.text(ALICE, BOB, "m2", "two").status()).isEqualTo(202); // the device rests: it goes behind the queue
    assertThat(phone.got()).isEmpty();
    lab.registers(BOB, phone);

    awaitTexts(phone, "one", "two");
    awaitEmpty(BOB);
    lab.quiet();
    assertThat(lab.text(ALICE, BOB, "m3", "three").status()).isEqualTo(200);
  }

  @Test
  void aMessageThatIsStoredDuringAPushIsAppendedToIt() throws Exception {
    FakePhone phone = lab.phone(BOB, "urn:uuid:1").goesAway();
    lab.text(ALICE, BOB, "m1", "one");
    CountDownLatch pushing = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    phone.answers(r -> {
      pushing.countDown();
      hold(goOn);
      return 200;
    });
    lab.registers(BOB, phone);
    pushing.await();

    assertThat(lab.text(ALICE, BOB, "m2", "two").status()).isEqualTo(202);
    assertThat(phone.tried()).hasSize(1); // one message in flight for each device
    goOn.countDown();

    awaitTexts(phone, "one", "two");
    awaitEmpty(BOB);
  }

  @Test
  void onePhonesAcknowledgementDoesNotHideAMessageFromAnother() {
    FakePhone phone = lab.phone(BOB, "urn:uuid:1");
    FakePhone tablet = lab.phone(BOB, "urn:uuid:2").goesAway();

    assertThat(lab.text(ALICE, BOB, "m1", "one").status()).isEqualTo(200);
    assertThat(lab.text(ALICE, BOB, "m2", "two").status()).isEqualTo(200);
    assertThat(waiting(BOB)).isEqualTo(2);
    lab.registers(BOB, tablet);

    awaitTexts(tablet, "one", "two");
    awaitEmpty(BOB);
    assertThat(phone.texts()).containsExactly("one", "two");
  }

  @Test
  void aDeviceThatFailedGetsTheMessageLaterAndTheSenderIsTold200() {
    FakePhone phone = lab.phone(BOB, "urn:uuid:1");
    FakePhone tablet = lab.phone(BOB, "urn:uuid:2").answers(408);

    assertThat(lab.text(ALICE, BOB, "m1", "one").status()).isEqualTo(200);
    tablet.answers(200);
    lab.registers(BOB, tablet);

    awaitTexts(tablet, "one");
    awaitEmpty(BOB);
    assertThat(phone.tried()).hasSize(1);
  }

  @Test
  void aDeviceThatRefusedAMessageForGoodIsNotWaitedFor() {
    lab.phone(BOB, "urn:uuid:1");
    lab.phone(BOB, "urn:uuid:2").answers(403);

    assertThat(lab.text(ALICE, BOB, "m1", "one").status()).isEqualTo(200);
    assertThat(waiting(BOB)).isZero();
  }

  @Test
  void withRegisteredDevicesOnlyNobodyWaitsForADeviceThatIsAway() {
    labWith(ImSettings.of("example.com").withDevices(ImSettings.AwaitedDevices.REGISTERED), Limits.DEFAULT);
    lab.phone(BOB, "urn:uuid:1");
    lab.phone(BOB, "urn:uuid:2").goesAway();

    assertThat(lab.text(ALICE, BOB, "m1", "one").status()).isEqualTo(200);
    assertThat(waiting(BOB)).isZero();
  }

  @Test
  void aMessageWaitsOnAfterADeviceHasItForTheOthersThatAreKnown() {
    FakePhone phone = lab.phone(BOB, "urn:uuid:1").goesAway();
    FakePhone tablet = lab.phone(BOB, "urn:uuid:2").goesAway();
    lab.text(ALICE, BOB, "m1", "one");

    lab.registers(BOB, phone);
    awaitTexts(phone, "one");
    lab.quiet();
    assertThat(waiting(BOB)).isEqualTo(1);
    lab.registers(BOB, tablet);

    awaitTexts(tablet, "one");
    awaitEmpty(BOB);
    assertThat(phone.tried()).hasSize(1);
  }

  @Test
  void aNewPhoneGetsWhatNobodyHas() {
    FakePhone lost = lab.phone(BOB, "urn:uuid:1").goesAway();
    lab.text(ALICE, BOB, "m1", "one");
    lab.core.forget(BOB, lost);
    FakePhone bought = lab.phone(BOB, "urn:uuid:2");

    lab.registers(BOB, bought);

    awaitTexts(bought, "one");
    awaitEmpty(BOB);
  }

  @Test
  void aMessageThatOnlyAForgottenDeviceIsAwaitedForLeavesTheQueue() {
    FakePhone phone = lab.phone(BOB, "urn:uuid:1");
    FakePhone lost = lab.phone(BOB, "urn:uuid:2").goesAway();
    lab.text(ALICE, BOB, "m1", "one");
    assertThat(waiting(BOB)).isEqualTo(1);

    lab.core.forget(BOB, lost);
    lab.im.registered(BOB);
    lab.quiet();
    lab.restart();
    lab.registers(BOB, phone);

    awaitEmpty(BOB);
    assertThat(phone.tried()).hasSize(1);
  }
}
