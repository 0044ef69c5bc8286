// Messages that are kept until their user asks for them.
package tucket.server.im;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static tucket.server.im.ImLab.ALICE;
import static tucket.server.im.ImLab.BOB;
import static tucket.server.im.ImLab.CAROL;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.server.im.deferred.ChargingRecord;

@ParameterizedClass
@EnumSource(OnBothEngines.EngineChoice.class)
class RetrievalTest extends OnBothEngines {
  @Test
  void whoKeepsHisMessagesForRetrievalGetsThemWhenHeAsksAndNotBefore() {
    lab.keeping.add(BOB);
    FakePhone phone = lab.phone(BOB, "urn:uuid:1");

    assertThat(lab.text(ALICE, BOB, "m1", "one").status()).isEqualTo(202);
    assertThat(lab.text(ALICE, BOB, "m2", "two").status()).isEqualTo(202);
    lab.quiet();
    assertThat(phone.texts()).noneMatch(t -> t.equals("one"));
    SipResponse answer = lab.send(BOB, lab.bare(BOB, AddressOfRecord.of("sip:deferred-messages@example.com"), "all"));

    assertThat(answer.status()).isEqualTo(202);
    awaitEmpty(BOB);
    assertThat(phone.texts()).endsWith("one", "two");
    assertThat(charged(BOB)).contains(ChargingRecord.Type.RETRIEVE);
  }

  @Test
  void aNotificationIsNeverKeptForRetrieval() {
    lab.keeping.add(BOB);
    FakePhone phone = lab.phone(BOB, "urn:uuid:1");
    lab.text(ALICE, BOB, "m1", "one");
    lab.quiet();

    assertThat(lab.delivered(ALICE, BOB, "n1", "x").status()).isEqualTo(200);
    assertThat(phone.ids()).contains("n1");
  }

  @Test
  void namedItemsAreRetrievedAndUnknownOnesAre404() {
    lab.keeping.add(BOB);
    FakePhone phone = lab.phone(BOB, "urn:uuid:1").goesAway();
    lab.text(ALICE, BOB, "m1", "one");
    lab.text(ALICE, BOB, "m2", "two");
    phone.comes();
    AddressOfRecord service = AddressOfRecord.of("sip:deferred-messages@example.com");

    assertThat(lab.send(BOB, lab.bare(BOB, service, "retrieve m2 nonsense")).status()).isEqualTo(404);
    assertThat(lab.send(BOB, lab.bare(BOB, service, "retrieve m2")).status()).isEqualTo(202);

    await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(waiting(BOB)).isEqualTo(1));
    assertThat(phone.texts()).contains("two").doesNotContain("one");
  }

  @Test
  void whatADeviceHasDoesNotComeAgainWhenItAsksForEverything() {
    FakePhone phone = lab.phone(BOB, "urn:uuid:1");
    lab.phone(BOB, "urn:uuid:2").goesAway(); // the message waits for this one
    lab.text(ALICE, BOB, "m1", "one");
    lab.quiet();
    assertThat(waiting(BOB)).isEqualTo(1);
    AddressOfRecord service = AddressOfRecord.of("sip:deferred-messages@example.com");

    assertThat(lab.send(BOB, lab.bare(BOB, service, "all")).status()).isEqualTo(202);
    lab.quiet();

    assertThat(phone.texts()).containsExactly("one");
  }

  @Test
  void theUserDeletesWhatHeDoesNotWant() {
    lab.keeping.add(BOB);
    lab.phone(BOB, "urn:uuid:1");
    lab.text(ALICE, BOB, "m1", "one");
    lab.text(ALICE, BOB, "m2", "two");

    SipResponse answer = lab.send(BOB, lab.bare(BOB, AddressOfRecord.of("sip:deferred-messages@example.com"), "delete m1"));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(waiting(BOB)).isEqualTo(1);
    assertThat(charged(BOB)).contains(ChargingRecord.Type.DELETE);
    assertThat(lab.send(BOB, lab.bare(BOB, AddressOfRecord.of("sip:delete-messages@example.com"), "all")).status()).isEqualTo(200);
    assertThat(waiting(BOB)).isZero();
  }

  @Test
  void whenTheUserNoLongerKeepsHisMessagesTheyArePushed() {
    lab.keeping.add(BOB);
    FakePhone phone = lab.phone(BOB, "urn:uuid:1").goesAway();
    lab.text(ALICE, BOB, "m1", "one");
    phone.comes();
    lab.im.registered(BOB);
    lab.quiet();

    lab.keeping.remove(BOB);
    lab.im.settingsChanged(BOB);

    await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(phone.texts()).contains("one"));
    awaitEmpty(BOB);
  }

  @Test
  void aUserWhoKeepsHisMessagesIsToldWhatWaitsWhenHeBecomesAvailable() {
    lab.keeping.add(BOB);
    FakePhone phone = lab.phone(BOB, "urn:uuid:1").goesAway();
    lab.text(ALICE, BOB, "m1", "one");
    lab.text(CAROL, BOB, "m2", "two");

    lab.registers(BOB, phone);
    lab.quiet();

    assertThat(phone.got()).hasSize(1);
    SipRequest notice = phone.got().getFirst();
    assertThat(notice.first(Header.CONTENT_TYPE)).contains("application/vnd.oma.im.deferred-list+xml");
    var list = tucket.protocol.document.DeferredList.parse(notice.body());
    assertThat(list.items()).hasSize(2);
    assertThat(list.items().getFirst().content()).isInstanceOfSatisfying(tucket.protocol.document.DeferredList.Pager.class,
        p -> assertThat(p.from()).isEqualTo(ALICE.value()));
    lab.im.registered(BOB);
    lab.quiet();
    assertThat(phone.got()).hasSize(1); // once for each time a device becomes available
  }

  @Test
  void whoWatchesIsToldEveryChangeOfWhatWaitsAndOnlyHisOwn() {
    java.util.concurrent.atomic.AtomicInteger changes = new java.util.concurrent.atomic.AtomicInteger();
    lab.im.onWaitingChanged(user -> changes.addAndGet(user.equals(BOB) ? 1 : 1000));
    var events = lab.im.waitingNotice();
    FakePhone phone = lab.phone(BOB, "urn:uuid:1").goesAway();

    lab.text(ALICE, BOB, "m1", "one");
    assertThat(changes).hasValue(1);
    assertThat(tucket.protocol.document.DeferredList.parse(events.state(BOB, BOB, 0)).items()).hasSize(1);
    lab.registers(BOB, phone);
    awaitEmpty(BOB);
    lab.quiet();

    assertThat(changes).hasValue(2);
    assertThat(tucket.protocol.document.DeferredList.parse(events.state(BOB, BOB, 1)).items()).isEmpty();
    assertThat(events.name()).isEqualTo("sip-profile");
    assertThat(events.mayWatch(BOB, BOB)).isTrue();
    assertThat(events.mayWatch(ALICE, BOB)).isFalse();
  }

  @Test
  void theListOfTheNoticeNamesTheItemsForRetrieval() {
    lab.keeping.add(BOB);
    FakePhone phone = lab.phone(BOB, "urn:uuid:1").goesAway();
    lab.text(ALICE, BOB, "m1", "one");
    lab.registers(BOB, phone);
    lab.quiet();
    byte[] list = phone.got().getFirst().body();

    SipRequest request = lab.message(BOB, AddressOfRecord.of("sip:deferred-messages@example.com"),
        tucket.protocol.document.DeferredList.TYPE, list);

    assertThat(lab.send(BOB, request).status()).isEqualTo(202);
    awaitEmpty(BOB);
    assertThat(phone.texts()).contains("one");
  }
}
