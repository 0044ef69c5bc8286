// Identity, quotas, expiry, charging and trace of what is stored.
package tucket.server.im;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static tucket.server.im.ImLab.ALICE;
import static tucket.server.im.ImLab.BOB;
import static tucket.server.im.ImLab.CAROL;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tucket.protocol.cpim.Disposition;
import tucket.protocol.imdn.Imdn;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.server.Trace;
import tucket.server.im.deferred.ChargingRecord;
import tucket.server.im.settings.ImSettings;
import tucket.server.reference.Leg;

@ParameterizedClass
@EnumSource(OnBothEngines.EngineChoice.class)
class DeferredQueueTest extends OnBothEngines {
  @Test
  void aMessageStoredTwiceIsStoredOnceAndAnswered202() {
    assertThat(lab.text(ALICE, BOB, "m1", "one").status()).isEqualTo(202);
    assertThat(lab.text(ALICE, BOB, "m1", "one").status()).isEqualTo(202);

    assertThat(waiting(BOB)).isEqualTo(1);
  }

  @Test
  void theMarkOfAMessageOutlivesItsDeliveryAndTheServer() {
    FakePhone phone = lab.phone(BOB, "urn:uuid:1").goesAway();
    lab.text(ALICE, BOB, "m1", "one");
    lab.registers(BOB, phone);
    awaitEmpty(BOB);
    phone.goesAway();
    lab.quiet();
    lab.restart().quiet();

    assertThat(lab.text(ALICE, BOB, "m1", "one").status()).isEqualTo(202);
    assertThat(waiting(BOB)).isZero();
  }

  @Test
  void theMarkEndsWithTheLifeOfTheMessage() {
    lab.text(ALICE, BOB, "m1", "one");
    lab.clock.advance(Duration.ofDays(31));
    awaitEmpty(BOB);
    lab.quiet();

    lab.text(ALICE, BOB, "m1", "one again");

    assertThat(waiting(BOB)).isEqualTo(1);
  }

  @Test
  void theSameIdFromAnotherSenderIsAnotherMessage() {
    lab.text(ALICE, BOB, "m1", "one");
    lab.text(CAROL, BOB, "m1", "two");

    assertThat(waiting(BOB)).isEqualTo(2);
  }

  @Test
  void aBareMessageSentAgainIsStoredOnce() {
    SipRequest request = lab.bare(ALICE, BOB, "no id");

    lab.send(ALICE, request);
    lab.send(ALICE, request.with(Header.VIA, "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKother"));

    assertThat(waiting(BOB)).isEqualTo(1);
  }

  @Test
  void aFullQueueIsToldToTheSenderAndGrowsNoFurther() {
    labWith(ImSettings.of("example.com"), limits(3, 1 << 20));
    for (int i = 0; i < 3; i++) {
      assertThat(lab.text(ALICE, BOB, "m" + i, "text").status()).isEqualTo(202);
    }

    SipResponse answer = lab.text(ALICE, BOB, "m9", "text");

    assertThat(answer.status()).isEqualTo(480);
    assertThat(answer.reason()).contains("Mailbox full");
    assertThat(answer.first(Header.RETRY_AFTER)).isPresent();
    assertThat(waiting(BOB)).isEqualTo(3);
    assertThat(charged(BOB)).contains(ChargingRecord.Type.REJECT_QUOTA);
  }

  @Test
  void theQuotaCountsBytesToo() {
    labWith(ImSettings.of("example.com"), limits(100, 3000));
    int stored = 0;
    while (stored < 50 && lab.text(ALICE, BOB, "m" + stored, "x".repeat(500)).status() == 202) {
      stored++;
    }

    assertThat(stored).isBetween(1, 4);
  }

  @Test
  void aTabletThatNeverComesBackDoesNotFillTheQueueOfItsUser() {
    labWith(ImSettings.of("example.com"), limits(3, 1 << 20));
    FakePhone phone = lab.phone(BOB, "urn:uuid:1");
    lab.phone(BOB, "urn:uuid:2").goesAway();
    for (int i = 0; i < 10; i++) {
      assertThat(lab.text(ALICE, BOB, "m" + i, "text").status()).isEqualTo(200);
    }
    phone.goesAway();

    for (int i = 10; i < 13; i++) {
      assertThat(lab.text(ALICE, BOB, "m" + i, "text").status()).isEqualTo(202);
    }
    assertThat(lab.text(ALICE, BOB, "m13", "text").status()).isEqualTo(480);
  }

  @Test
  void aQueueThatWasEmptiedHasRoomAgain() {
    labWith(ImSettings.of("example.com"), limits(2, 1 << 20));
    FakePhone phone = lab.phone(BOB, "urn:uuid:1").goesAway();
    lab.text(ALICE, BOB, "m1", "one");
    lab.text(ALICE, BOB, "m2", "two");
    lab.registers(BOB, phone);
    awaitEmpty(BOB);
    phone.goesAway();

    assertThat(lab.text(ALICE, BOB, "m3", "three").status()).isEqualTo(202);
  }

  @Test
  void aMessageThatNobodyGotExpiresAndItsSenderIsToldWhereHeAskedForIt() throws Exception {
    FakePhone alice = lab.phone(ALICE, "urn:uuid:a");
    lab.text(ALICE, BOB, "m1", "one", Disposition.NEGATIVE_DELIVERY);
    lab.text(ALICE, BOB, "m2", "two");

    lab.clock.advance(Duration.ofDays(30).plusSeconds(1));

    awaitEmpty(BOB);
    lab.quiet();
    assertThat(alice.got()).hasSize(1);
    var cpim = FakePhone.cpim(alice.got().getFirst()).orElseThrow();
    Imdn imdn = Imdn.parse(cpim.content().body());
    assertThat(imdn.messageId()).isEqualTo("m1");
    assertThat(imdn.status()).isEqualTo(Imdn.Status.FAILED);
    assertThat(imdn.dateTime()).isEqualTo("2026-11-22T07:59:00.000Z");
    assertThat(alice.got().getFirst().first(Header.P_ASSERTED_IDENTITY)).contains("<sip:bob@example.com>");
    assertThat(charged(BOB)).containsSubsequence(ChargingRecord.Type.STORE, ChargingRecord.Type.EXPIRE);
  }

  @Test
  void theNotificationOfAFailureWaitsForItsSender() {
    FakePhone alice = lab.phone(ALICE, "urn:uuid:a").goesAway();
    lab.text(ALICE, BOB, "m1", "one", Disposition.NEGATIVE_DELIVERY);

    lab.clock.advance(Duration.ofDays(30).plusSeconds(1));
    awaitEmpty(BOB);
    lab.quiet();
    assertThat(waiting(ALICE)).isEqualTo(1);
    lab.registers(ALICE, alice);

    awaitEmpty(ALICE);
    assertThat(alice.got()).hasSize(1);
  }

  @Test
  void theExpiresHeaderShortensTheLifeOfAMessage() {
    FakePhone phone = lab.phone(BOB, "urn:uuid:1").goesAway();
    SipRequest request = lab.message(ALICE, BOB, ImLab.cpim(ALICE, BOB, "m1", "one")).with(Header.EXPIRES, "60");
    lab.send(ALICE, request);

    lab.clock.advance(Duration.ofSeconds(62));
    awaitEmpty(BOB);
    lab.registers(BOB, phone);
    lab.quiet();

    assertThat(phone.tried()).isEmpty();
  }

  @Test
  void aMessageThatIsOnlyGoodNowIsNotStored() {
    SipRequest request = lab.message(ALICE, BOB, ImLab.cpim(ALICE, BOB, "m1", "one")).with(Header.EXPIRES, "0");

    assertThat(lab.send(ALICE, request).status()).isEqualTo(480);
    assertThat(waiting(BOB)).isZero();
  }

  @Test
  void aMessageThatSomebodyHasExpiresWithoutAWord() {
    FakePhone alice = lab.phone(ALICE, "urn:uuid:a");
    lab.phone(BOB, "urn:uuid:1");
    lab.phone(BOB, "urn:uuid:2").goesAway();
    lab.text(ALICE, BOB, "m1", "one", Disposition.NEGATIVE_DELIVERY);

    lab.clock.advance(Duration.ofDays(31));

    awaitEmpty(BOB);
    lab.quiet();
    assertThat(alice.tried()).isEmpty();
  }

  @Test
  void expiryGoesOnAfterARestart() {
    lab.text(ALICE, BOB, "m1", "one");
    lab.restart().quiet();

    lab.clock.advance(Duration.ofDays(31));

    awaitEmpty(BOB);
  }

  @Test
  void aMessageThatIsBeingHandedOverDoesNotExpire() throws Exception {
    FakePhone phone = lab.phone(BOB, "urn:uuid:1").goesAway();
    FakePhone alice = lab.phone(ALICE, "urn:uuid:a");
    lab.text(ALICE, BOB, "m1", "one", Disposition.NEGATIVE_DELIVERY);
    CountDownLatch pushing = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    phone.answers(r -> {
      pushing.countDown();
      hold(goOn);
      return 200;
    });
    lab.registers(BOB, phone);
    pushing.await();

    lab.clock.advance(Duration.ofDays(31));
    goOn.countDown();

    awaitEmpty(BOB);
    lab.quiet();
    lab.clock.advance(Duration.ofMinutes(5));
    lab.quiet();
    assertThat(alice.tried()).isEmpty();
    assertThat(phone.texts()).containsExactly("one");
  }

  @Test
  void aMessageThatIsTakenWhileItExpiresIsNotToldAsFailed() throws Exception {
    ParkingEngine parking = labThatParks();
    FakePhone phone = lab.phone(BOB, "urn:uuid:1").goesAway();
    FakePhone alice = lab.phone(ALICE, "urn:uuid:a");
    lab.text(ALICE, BOB, "m1", "one", Disposition.NEGATIVE_DELIVERY);
    CountDownLatch pushing = new CountDownLatch(1);
    CountDownLatch taken = new CountDownLatch(1);
    phone.answers(r -> {
      pushing.countDown();
      hold(taken);
      return 200;
    });
    lab.registers(BOB, phone);
    pushing.await();

    parking.armReading();
    lab.clock.advance(Duration.ofDays(31));
    parking.awaitHeld(); // that it has ended
    taken.countDown();
    awaitEmpty(BOB);
    parking.letGo();

    lab.quiet();
    assertThat(alice.tried()).isEmpty();
    assertThat(phone.texts()).containsExactly("one");
  }

  @Test
  void aMessageThatIsBeingDeletedIsNotBegunToBePushed() throws Exception {
    ParkingEngine parking = labThatParks();
    FakePhone phone = lab.phone(BOB, "urn:uuid:1").goesAway();
    lab.text(ALICE, BOB, "m1", "one");
    lab.text(ALICE, BOB, "m2", "two");
    long second = lab.im.deferred().queue().list(BOB, 10, w -> w.messageId().equals("m2")).getFirst().waiting().sequence();
    CountDownLatch pushing = new CountDownLatch(1);
    CountDownLatch taken = new CountDownLatch(1);
    phone.answers(r -> {
      pushing.countDown();
      hold(taken);
      return 200;
    });
    lab.registers(BOB, phone);
    pushing.await(); // the run has read both

    parking.arm();
    Thread deleting = Thread.ofVirtual().start(() -> lab.im.deferred().delete(BOB, List.of(second)));
    parking.awaitHeld(); // it is committed, and who asked for it does not know that yet
    taken.countDown();
    awaitEmpty(BOB);
    parking.letGo();
    deleting.join();

    lab.quiet();
    assertThat(phone.texts()).containsExactly("one");
  }

  @Test
  void theSenderWhoAsksForItIsToldThatHisMessageIsStored() {
    FakePhone alice = lab.phone(ALICE, "urn:uuid:a");
    lab.text(ALICE, BOB, "m1", "one", Disposition.PROCESSING);

    lab.quiet();
    assertThat(alice.got()).hasSize(1);
    Imdn imdn = Imdn.parse(FakePhone.cpim(alice.got().getFirst()).orElseThrow().content().body());
    assertThat(imdn.status()).isEqualTo(Imdn.Status.STORED);
    assertThat(imdn.kind()).isEqualTo(Imdn.Kind.PROCESSING);
    assertThat(imdn.messageId()).isEqualTo("m1");
  }

  // The server dies between the commit and the sending, or the sender's domain cannot be reached: what is owed is told by the next one, under the same id.
  @Test
  void aSenderWhoCouldNotBeToldThatHisMessageIsStoredIsToldAfterARestart() {
    lab.core.othersAnswer(r -> 503);
    storedFromElsewhere();
    lab.quiet();
    assertThat(lab.core.elsewhere()).hasSize(1);

    lab.core.othersAnswer(r -> 200);
    lab.restart().quiet();
    assertThat(lab.core.elsewhere()).hasSize(2);
    assertThat(notificationId(lab.core.elsewhere().get(1))).isEqualTo(notificationId(lab.core.elsewhere().get(0)));

    lab.restart().quiet();
    assertThat(lab.core.elsewhere()).as("told once is enough").hasSize(2);
  }

  @Test
  void aSenderWhoCannotBeToldThatHisMessageIsStoredIsTriedSomeTimesAndThenLeftAlone() {
    lab.core.othersAnswer(r -> 503);
    storedFromElsewhere();
    for (int i = 0; i < 10; i++) {
      lab.quiet();
      lab.clock.advance(Duration.ofSeconds(31));
    }
    lab.quiet();
    assertThat(lab.core.elsewhere()).hasSize(5);
    lab.restart().quiet();
    assertThat(lab.core.elsewhere()).hasSize(5);
  }

  private void storedFromElsewhere() {
    AddressOfRecord stranger = AddressOfRecord.of("sip:stranger@elsewhere.example");
    SipRequest request = lab.message(stranger, BOB, ImLab.cpim(stranger, BOB, "m1", "one", Disposition.PROCESSING));
    assertThat(lab.im.handle(request, Leg.TERMINATING, BOB, lab.soon()).await().status()).isEqualTo(202);
  }

  private static String notificationId(SipRequest request) {
    return FakePhone.cpim(request).orElseThrow().messageId().orElseThrow();
  }

  @Test
  void storingAndDeliveringLeavesChargingRecords() {
    FakePhone phone = lab.phone(BOB, "urn:uuid:1").goesAway();
    lab.text(ALICE, BOB, "m1", "one");
    lab.clock.advance(Duration.ofHours(2));
    lab.registers(BOB, phone);
    awaitEmpty(BOB);

    List<ChargingRecord> records = lab.im.charging().records(BOB, Instant.EPOCH, 10);
    assertThat(records).extracting(ChargingRecord::type).containsExactly(ChargingRecord.Type.STORE, ChargingRecord.Type.DELIVER);
    ChargingRecord delivered = records.getLast();
    assertThat(delivered.messageId()).isEqualTo("m1");
    assertThat(delivered.calling()).isEqualTo(ALICE.value());
    assertThat(delivered.called()).isEqualTo(BOB.value());
    assertThat(delivered.device()).isEqualTo("urn:uuid:1");
    assertThat(delivered.storageDuration()).isEqualTo(Duration.ofHours(2));
    assertThat(delivered.removed()).isTrue();
    assertThat(delivered.result()).isEqualTo(200);
    assertThat(delivered.contentType()).isEqualTo("message/cpim");
  }

  @Test
  void theTraceTellsTheLifeOfAStoredMessageAlsoAfterARestart() {
    FakePhone phone = lab.phone(BOB, "urn:uuid:1").goesAway();
    lab.text(ALICE, BOB, "m1", "one");
    lab.clock.advance(Duration.ofMinutes(1));
    lab.registers(BOB, phone);
    awaitEmpty(BOB);
    lab.quiet();

    assertThat(lab.trace.find("m1")).extracting(Trace.Event::what).containsExactly(Trace.What.ACCEPTED, Trace.What.STORED,
        Trace.What.PUSHED,
        Trace.What.ACKNOWLEDGED);
    assertThat(new tucket.server.DurableTrace(engine, lab.clock, 10).find("m1")).extracting(Trace.Event::what)
        .containsExactly(Trace.What.STORED, Trace.What.ACKNOWLEDGED);
  }

  @Test
  void theTraceOfAMessageEndsAfterItsRetention() {
    lab.text(ALICE, BOB, "m1", "one");
    lab.clock.advance(Duration.ofDays(31));
    awaitEmpty(BOB);
    lab.quiet();
    assertThat(new tucket.server.DurableTrace(engine, lab.clock, 10).find("m1")).isNotEmpty();

    await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
      lab.clock.advance(Duration.ofDays(8));
      lab.quiet();
      assertThat(new tucket.server.DurableTrace(engine, lab.clock, 10).find("m1")).isEmpty();
    });
  }
}
