// Pager mode between users: the online path, refusals, order, identification.
package tucket.server.im;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static tucket.server.im.ImLab.ALICE;
import static tucket.server.im.ImLab.BOB;
import static tucket.server.im.ImLab.CAROL;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tucket.protocol.cpim.CpimMessage;
import tucket.protocol.imdn.Imdn;
import tucket.protocol.iscomposing.IsComposing;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.server.Limits;
import tucket.server.Trace;
import tucket.server.im.settings.ImSettings;
import tucket.server.reference.Leg;
import tucket.store.MemoryEngine;

class PagerModeTest {
  private ImLab lab = new ImLab(new MemoryEngine());

  @AfterEach
  void tearDown() {
    lab.close();
    lab.quiet();
    assertThat(lab.thrown).isEmpty();
  }

  private int waiting(AddressOfRecord user) {
    return lab.im.deferred().queue().list(user, 1000, w -> true).size();
  }

  @Test
  void aMessageToSomebodyOnlineGoesToAllHisDevicesAndTheir200IsTheSenders() {
    FakePhone phone = lab.phone(BOB, "urn:uuid:1");
    FakePhone tablet = lab.phone(BOB, "urn:uuid:2");

    SipResponse answer = lab.text(ALICE, BOB, "m1", "hello");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(phone.texts()).containsExactly("hello");
    assertThat(tablet.texts()).containsExactly("hello");
    assertThat(waiting(BOB)).isZero();
  }

  @Test
  void theAnswerBelongsToTheRequestOfTheSender() {
    lab.phone(BOB, "urn:uuid:1");
    SipRequest request = lab.bare(ALICE, BOB, "hello");

    SipResponse answer = lab.send(ALICE, request);

    assertThat(answer.topVia()).isEqualTo(request.topVia());
    assertThat(answer.callId()).isEqualTo(request.callId());
    assertThat(answer.cseq()).isEqualTo(request.cseq());
    assertThat(answer.to().tag()).isPresent();
  }

  @Test
  void aMessageToAnotherDomainGoesOnAndItsAnswerComesBack() {
    lab.core.othersAnswer(r -> 486);

    SipResponse answer = lab.text(ALICE, AddressOfRecord.of("sip:zoe@other.example"), "m1", "hello");

    assertThat(answer.status()).isEqualTo(486);
    assertThat(lab.core.elsewhere()).hasSize(1);
  }

  @Test
  void anUnknownUserIs404() {
    assertThat(lab.text(ALICE, AddressOfRecord.of("sip:nobody@example.com"), "m1", "hello").status()).isEqualTo(404);
  }

  @Test
  void aUserWithoutTheServiceIs403WithWarning127() {
    lab.core.bar(BOB);
    lab.phone(BOB, "urn:uuid:1");

    SipResponse answer = lab.text(ALICE, BOB, "m1", "hello");

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.first(Header.WARNING)).contains("399 example.com \"127 Service not authorised\"");
  }

  @ParameterizedTest
  @ValueSource(ints = {600, 603, 604, 606})
  void aRefusalByTheUserGoesToTheSenderAndIsNotStored(int status) {
    lab.phone(BOB, "urn:uuid:1").answers(status);
    lab.phone(BOB, "urn:uuid:2").answers(480);

    assertThat(lab.text(ALICE, BOB, "m1", "hello").status()).isEqualTo(status);
    assertThat(waiting(BOB)).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 413, 415, 488, 493})
  void whatAllDevicesRefuseForGoodGoesToTheSender(int status) {
    lab.phone(BOB, "urn:uuid:1").answers(status);
    lab.phone(BOB, "urn:uuid:2").answers(status);

    assertThat(lab.text(ALICE, BOB, "m1", "hello").status()).isEqualTo(status);
    assertThat(waiting(BOB)).isZero();
  }

  @Test
  void whatOneDeviceRefusesAndAnotherCannotTakeNowWaitsForTheOther() {
    FakePhone old = lab.phone(BOB, "urn:uuid:1").answers(415);
    FakePhone young = lab.phone(BOB, "urn:uuid:2").answers(480);
    assertThat(lab.text(ALICE, BOB, "m1", "hello").status()).isEqualTo(202);

    young.answers(200);
    lab.registers(BOB, young);

    await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(young.texts()).containsExactly("hello"));
    await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(waiting(BOB)).isZero());
    assertThat(old.tried()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {415, 603, 400, 488})
  void aNotificationThatItsReceiverRefusesIsConsumed(int status) {
    lab.phone(ALICE, "urn:uuid:1").answers(status);

    assertThat(lab.delivered(BOB, ALICE, "n1", "m1").status()).isEqualTo(200);
    assertThat(waiting(ALICE)).isZero();
    assertThat(lab.trace.find("n1")).anyMatch(e -> e.what() == Trace.What.REFUSED);
  }

  @Test
  void messagesOfOneSenderArriveInTheirOrderHoweverSlowTheFirst() throws Exception {
    FakePhone phone = lab.phone(BOB, "urn:uuid:1");
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    phone.answers(r -> {
      if (first.getCount() > 0) {
        first.countDown();
        OnBothEngines.hold(goOn);
      }
      return 200;
    });
    List<Thread> senders = new ArrayList<>();
    senders.add(Thread.ofVirtual().start(() -> lab.text(ALICE, BOB, "m1", "one")));
    first.await();
    senders.add(Thread.ofVirtual().start(() -> lab.text(ALICE, BOB, "m2", "two")));
    Thread other = Thread.ofVirtual().start(() -> lab.text(CAROL, BOB, "c1", "carol"));
    other.join(); // another sender need not wait
    assertThat(phone.texts()).containsExactly("carol");

    goOn.countDown();
    for (Thread t : senders) {
      t.join();
    }

    assertThat(phone.texts()).containsExactly("carol", "one", "two");
  }

  @Test
  void aMessageBehindOneThatFailedGoesBehindTheQueue() throws Exception {
    FakePhone phone = lab.phone(BOB, "urn:uuid:1");
    CountDownLatch trying = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    phone.answers(r -> {
      trying.countDown();
      OnBothEngines.hold(goOn);
      return 408;
    });
    Thread one = Thread.ofVirtual().start(() -> lab.text(ALICE, BOB, "m1", "one"));
    trying.await();
    Thread two = Thread.ofVirtual().start(() -> assertThat(lab.text(ALICE, BOB, "m2", "two").status()).isEqualTo(202));
    goOn.countDown();
    one.join();
    two.join();
    phone.answers(200);

    lab.registers(BOB, phone);

    await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(phone.texts()).containsExactly("one", "two"));
  }

  @Test
  void aLaneThatIsFullIs503() throws Exception {
    FakePhone phone = lab.phone(BOB, "urn:uuid:1");
    CountDownLatch goOn = new CountDownLatch(1);
    phone.answers(r -> {
      OnBothEngines.hold(goOn);
      return 200;
    });
    List<Thread> senders = new ArrayList<>();
    java.util.Queue<Integer> answers = new java.util.concurrent.ConcurrentLinkedQueue<>();
    int most = Limits.DEFAULT.requestsInFlightPerUser();
    for (int i = 0; i < most + 10; i++) {
      String id = "m" + i;
      senders.add(Thread.ofVirtual().start(() -> answers.add(lab.text(ALICE, BOB, id, "text").status())));
    }
    await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(answers).hasSize(10));
    assertThat(answers).containsOnly(503);
    goOn.countDown();
    for (Thread t : senders) {
      t.join();
    }
    assertThat(answers).filteredOn(s -> s == 200).hasSize(most);
  }

  @Test
  void aMessageSentAgainAfterItWasDeliveredIsNotDeliveredAgain() {
    FakePhone phone = lab.phone(BOB, "urn:uuid:1");

    assertThat(lab.text(ALICE, BOB, "m1", "hello").status()).isEqualTo(200);
    assertThat(lab.text(ALICE, BOB, "m1", "hello").status()).isEqualTo(200);

    assertThat(phone.got()).hasSize(1);
  }

  @Test
  void aMessageTooLargeIs403AndTheSenderIsToldTheMaximum() {
    SipResponse answer = lab.text(ALICE, BOB, "m1", "x".repeat(Limits.DEFAULT.messageBytes()));

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.reason()).contains("65536");
    assertThat(answer.first(Header.WARNING).orElse("")).contains("133 Size exceeded").contains("65536 bytes");
  }

  @Test
  void anAnonymousMessageIs403WithWarning119() {
    SipRequest request = lab.bare(ALICE, BOB, "hello").with(Header.PRIVACY, "id");

    SipResponse answer = lab.send(ALICE, request);

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.first(Header.WARNING).orElse("")).contains("119 Anonymity not allowed");
  }

  @Test
  void aTypeThatTheOperatorDoesNotAcceptIs415WithAccept() {
    lab.close();
    lab = new ImLab(new MemoryEngine(), ImSettings.of("example.com").withAcceptedTypes(List.of("text/*")), Limits.DEFAULT);
    lab.phone(BOB, "urn:uuid:1");

    SipResponse answer = lab.send(ALICE, lab.message(ALICE, BOB, MediaType.of("application", "x-game"), new byte[] {1}));

    assertThat(answer.status()).isEqualTo(415);
    assertThat(answer.first(Header.ACCEPT)).contains("message/cpim, text/*");
    assertThat(lab.send(ALICE, lab.bare(ALICE, BOB, "hello")).status()).isEqualTo(200);
  }

  @Test
  void aContentEncodingThatIsNotKnownIs415WithAcceptEncoding() {
    SipResponse answer = lab.send(ALICE, lab.bare(ALICE, BOB, "hello").with(Header.CONTENT_ENCODING, "br"));

    assertThat(answer.status()).isEqualTo(415);
    assertThat(answer.first(Header.ACCEPT_ENCODING).orElse("")).contains("deflate").contains("gzip");
  }

  @Test
  void aNotificationIsNever415() {
    byte[] body = Imdn.of("m1", "2026-11-22T07:59:00Z", Imdn.Kind.DELIVERY, Imdn.Status.DELIVERED).write();
    SipRequest request = lab.message(BOB, ALICE, MediaType.IMDN, body).with(Header.CONTENT_ENCODING, "br");

    assertThat(lab.send(BOB, request).status()).isEqualTo(200);
    assertThat(lab.trace.find(request.callId())).anyMatch(e -> e.detail().contains("consumed"));
  }

  @Test
  void aBrokenBodyIs400AndTheReasonNamesTheFault() {
    SipResponse answer = lab.send(ALICE, lab.message(ALICE, BOB, MediaType.CPIM,
        "no header line\r\n\r\n".getBytes(StandardCharsets.UTF_8)));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.reason()).contains("CPIM");
  }

  @Test
  void aMessageWithoutAnIdGetsOneAtTheSendersServer() {
    CpimMessage nameless = CpimMessage.builder().from("sip:alice@example.com").to("sip:zoe@other.example")
        .content(MediaType.TEXT_PLAIN, "hi".getBytes(StandardCharsets.UTF_8)).build();

    lab.send(ALICE, lab.message(ALICE, AddressOfRecord.of("sip:zoe@other.example"), nameless));

    CpimMessage onward = FakePhone.cpim(lab.core.elsewhere().getFirst()).orElseThrow();
    assertThat(onward.messageId()).isPresent();
    assertThat(new String(onward.content().body(), StandardCharsets.UTF_8)).isEqualTo("hi");
  }

  @Test
  void isComposingIsRelayedAndNeverStored() {
    String xml = "<isComposing xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\"><state>active</state></isComposing>";
    byte[] composing = IsComposing.parse(xml.getBytes(StandardCharsets.UTF_8)).write();
    assertThat(lab.send(ALICE, lab.message(ALICE, BOB, MediaType.IS_COMPOSING, composing)).status()).isEqualTo(480);
    assertThat(waiting(BOB)).isZero();
    FakePhone phone = lab.phone(BOB, "urn:uuid:1");

    assertThat(lab.send(ALICE, lab.message(ALICE, BOB, MediaType.IS_COMPOSING, composing)).status()).isEqualTo(200);
    assertThat(phone.got().getFirst().first(Header.CONTENT_TYPE)).contains("application/im-iscomposing+xml");
  }

  @Test
  void aNotificationToOneDeviceGoesToThatDeviceAlone() {
    FakePhone writer = lab.phone(ALICE, "urn:gsma:imei:1");
    FakePhone other = lab.phone(ALICE, "urn:gsma:imei:2");
    SipRequest request = lab.message(BOB, ALICE, ImLab.notification(BOB, ALICE, "n1", "m1"))
        .with(Header.ACCEPT_CONTACT, "*;+sip.instance=\"<urn:gsma:imei:1>\"");

    assertThat(lab.send(BOB, request).status()).isEqualTo(200);
    assertThat(writer.ids()).containsExactly("n1");
    assertThat(other.tried()).isEmpty();
  }

  @Test
  void aNotificationToOneDeviceWaitsForThatDeviceAlone() {
    FakePhone writer = lab.phone(ALICE, "urn:gsma:imei:1").goesAway();
    FakePhone other = lab.phone(ALICE, "urn:gsma:imei:2");
    SipRequest request = lab.message(BOB, ALICE, ImLab.notification(BOB, ALICE, "n1", "m1"))
        .with(Header.ACCEPT_CONTACT, "*;+sip.instance=\"<urn:gsma:imei:1>\"");

    assertThat(lab.send(BOB, request).status()).isEqualTo(202);
    lab.registers(ALICE, other);
    lab.quiet();
    assertThat(other.tried()).isEmpty();
    lab.registers(ALICE, writer);

    await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(writer.ids()).containsExactly("n1"));
  }

  @Test
  void aMethodThatIsNotServedIs405() {
    SipRequest publish = lab.bare(ALICE, BOB, "x");
    SipRequest info = SipRequest.of("INFO", publish.uri()).edit().copy(Header.VIA, publish).copy(Header.FROM, publish)
        .copy(Header.TO, publish).copy(Header.CALL_ID, publish).with(Header.CSEQ, "1 INFO").request();

    SipResponse answer = lab.im.handle(info, Leg.TERMINATING, BOB, lab.soon()).await();

    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.first(Header.ALLOW).orElse("")).contains("MESSAGE");
  }

  @Test
  void aRequestThatNobodyVouchesForIs403() {
    SipRequest request = lab.bare(ALICE, BOB, "x").without(Header.P_ASSERTED_IDENTITY);

    assertThat(lab.im.handle(request, Leg.TERMINATING, BOB, lab.soon()).await().status()).isEqualTo(403);
  }

  // system messages

  @Test
  void aSystemMessageGoesToAllUsersAndWaitsForWhoIsAway() {
    FakePhone alice = lab.phone(ALICE, "urn:uuid:a");
    lab.core.bar(CAROL);

    var report = lab.im.systemMessages().sendToAll(MediaType.TEXT_PLAIN, "maintenance".getBytes(StandardCharsets.UTF_8));

    assertThat(report.delivered()).isEqualTo(1);
    assertThat(report.stored()).isEqualTo(1);
    assertThat(report.failed()).isEmpty();
    assertThat(alice.texts()).containsExactly("maintenance");
    assertThat(alice.got().getFirst().first(Header.P_ASSERTED_IDENTITY)).contains("<sip:im-system@example.com>");
    FakePhone bob = lab.phone(BOB, "urn:uuid:b");
    lab.registers(BOB, bob);
    await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(bob.texts()).containsExactly("maintenance"));
  }

  @Test
  void aSystemMessageGoesToSome() {
    FakePhone alice = lab.phone(ALICE, "urn:uuid:a");
    FakePhone bob = lab.phone(BOB, "urn:uuid:b");

    var report = lab.im.systemMessages().send(List.of(BOB, AddressOfRecord.of("sip:nobody@example.com")), MediaType.TEXT_PLAIN,
        "hello".getBytes(StandardCharsets.UTF_8));

    assertThat(bob.texts()).containsExactly("hello");
    assertThat(alice.tried()).isEmpty();
    assertThat(report.failed()).containsExactly(AddressOfRecord.of("sip:nobody@example.com"));
  }

  @Test
  void nothingThatIsSentToTheSystemCausesAnything() {
    AddressOfRecord system = AddressOfRecord.of("sip:im-system@example.com");

    assertThat(lab.delivered(BOB, system, "n1", "s1").status()).isEqualTo(200);
    assertThat(lab.text(BOB, system, "m1", "thanks").status()).isEqualTo(405);
    assertThat(lab.core.sent()).isEmpty();
  }

  @Test
  void aSystemMessageAsksForNoNotificationAndGetsNone() {
    lab.im.systemMessages().send(List.of(BOB), MediaType.TEXT_PLAIN, "hello".getBytes(StandardCharsets.UTF_8));
    int sent = lab.core.sent().size();

    lab.clock.advance(Duration.ofDays(31));
    lab.quiet();

    assertThat(lab.core.sent()).hasSize(sent);
  }
}
