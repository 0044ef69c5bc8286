// What users decide about what reaches them: rules, settings, presence.
package tucket.server.im;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static tucket.server.im.ImLab.ALICE;
import static tucket.server.im.ImLab.BOB;
import static tucket.server.im.ImLab.CAROL;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.server.Limits;
import tucket.server.im.settings.ImSettings;
import tucket.server.im.settings.UserSettings;
import tucket.server.reference.XdmAddress;
import tucket.store.MemoryEngine;

class UserPoliciesTest {
  private static final String BLOCK_ALICE = """
      <rule id="b"><conditions><identity><one id="sip:alice@example.com"/></identity></conditions>
      <actions><oxe:allow-reject-invite>true</oxe:allow-reject-invite></actions></rule>""";
  private static final UserSettings BARRED = new UserSettings(true, Optional.empty(), false, true, Set.of());

  private final ImLab lab = new ImLab(new MemoryEngine());
  private final FakePhone phone = lab.phone(BOB, "urn:uuid:1");

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
  void theVeryNextMessageMeetsARuleThatWasPut() {
    for (int round = 0; round < 50; round++) {
      assertThat(lab.text(ALICE, BOB, "open" + round, "hello").status()).isEqualTo(200);
      lab.rules(BOB, BLOCK_ALICE);
      SipResponse answer = lab.text(ALICE, BOB, "shut" + round, "hello");
      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.first(Header.WARNING).orElseThrow()).contains("129 No destinations");
      lab.xdms.remove(XdmAddress.of("org.openmobilealliance.access-rules", BOB, "access-rules"));
    }
    assertThat(phone.texts()).hasSize(50);
    assertThat(waiting(BOB)).isZero();
  }

  @Test
  void onlyWhoIsNamedIsBlockedAndOnlyOnTheWayToThatUser() {
    lab.rules(BOB, BLOCK_ALICE);
    FakePhone atAlice = lab.phone(ALICE, "urn:uuid:2");

    assertThat(lab.text(CAROL, BOB, "m1", "hello").status()).isEqualTo(200);
    assertThat(lab.text(BOB, ALICE, "m2", "hello").status()).isEqualTo(200);
    assertThat(atAlice.texts()).containsExactly("hello");
    assertThat(lab.delivered(ALICE, BOB, "n1", "m2").status()).isEqualTo(200); // it answers what bob has sent himself
  }

  @Test
  void aBlockedUserIsKnownByAllHisIdentities() {
    AddressOfRecord number = AddressOfRecord.of("tel:+4912345678");
    lab.core.alias(ALICE, number);
    lab.rules(BOB, BLOCK_ALICE);
    var fromNumber = lab.message(ALICE, BOB, ImLab.cpim(ALICE, BOB, "m1", "hello")).with(Header.P_ASSERTED_IDENTITY, "<tel:+4912345678>");

    assertThat(lab.send(ALICE, fromNumber).status()).isEqualTo(403);
  }

  @Test
  void aListOfBlockedContactsIsFollowedAndItsChangeIsInForceAtOnce() {
    lab.rules(BOB, """
        <rule id="l"><conditions><ocp:external-list>
        <ocp:entry anc="https://xdm.example.com/resource-lists/users/sip:bob@example.com/index/~~/resource-lists/list%5B@name=%22oma_blockedcontacts%22%5D"/>
        </ocp:external-list></conditions><actions><oxe:allow-reject-invite>true</oxe:allow-reject-invite></actions></rule>""");
    XdmAddress lists = XdmAddress.of("resource-lists", BOB, "index");
    String some = """
        <resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="friends"><entry uri="sip:carol@example.com"/></list>
        <list name="oma_blockedcontacts"><list><entry uri="%s"/></list></list></resource-lists>""";

    assertThat(lab.text(ALICE, BOB, "m1", "hello").status()).isEqualTo(200);
    lab.xdms.put(lists, some.formatted("sip:alice@example.com"));
    assertThat(lab.text(ALICE, BOB, "m2", "hello").status()).isEqualTo(403);
    assertThat(lab.text(CAROL, BOB, "m3", "hello").status()).isEqualTo(200);
    lab.xdms.put(lists, some.formatted("sip:carol@example.com"));
    assertThat(lab.text(ALICE, BOB, "m4", "hello").status()).isEqualTo(200);
    assertThat(lab.text(CAROL, BOB, "m5", "hello").status()).isEqualTo(403);
  }

  @Test
  void whoIsNamedGoesBeforeWhoIsInAListAndThatBeforeAllOthers() {
    lab.rules(BOB, """
        <rule id="o"><conditions><ocp:other-identity/></conditions><actions><oxe:allow-reject-invite>true</oxe:allow-reject-invite></actions></rule>
        <rule id="a"><conditions><identity><one id="sip:alice@example.com"/></identity></conditions>
        <actions><oxe:allow-reject-invite>false</oxe:allow-reject-invite></actions></rule>""");

    assertThat(lab.text(ALICE, BOB, "m1", "hello").status()).isEqualTo(200);
    assertThat(lab.text(CAROL, BOB, "m2", "hello").status()).isEqualTo(403);
  }

  @Test
  void aMessageOfWhomNothingMayBeKeptIsRefusedWhileTheUserIsAway() {
    lab.rules(BOB, """
        <rule id="s"><conditions><identity><one id="sip:alice@example.com"/></identity></conditions>
        <actions><oxe:allow-offline-storage allow="false"/></actions></rule>""");

    assertThat(lab.text(ALICE, BOB, "m1", "now").status()).isEqualTo(200);
    phone.goesAway();
    assertThat(lab.text(ALICE, BOB, "m2", "later").status()).isEqualTo(480);
    assertThat(lab.text(CAROL, BOB, "m3", "later").status()).isEqualTo(202);
    assertThat(waiting(BOB)).isEqualTo(1);
  }

  @Test
  void whatMayNotBeKeptDoesNotWaitBehindWhatDoes() {
    lab.rules(BOB, """
        <rule id="s"><conditions><identity><one id="sip:alice@example.com"/></identity></conditions>
        <actions><oxe:allow-offline-storage allow="false"/></actions></rule>""");
    phone.answers(480);
    assertThat(lab.text(CAROL, BOB, "m1", "waits").status()).isEqualTo(202);
    lab.quiet();
    assertThat(waiting(BOB)).isEqualTo(1);
    phone.answers(200);

    assertThat(lab.text(ALICE, BOB, "m2", "now").status()).isEqualTo(200);
    assertThat(phone.texts()).contains("now");
  }

  @Test
  void aRuleForOtherMediaDoesNotMeetAMessage() {
    lab.rules(BOB, """
        <rule id="m"><conditions><identity><many/></identity><oxe:media-list><oxe:message-session/></oxe:media-list></conditions>
        <actions><oxe:allow-reject-invite>true</oxe:allow-reject-invite></actions></rule>""");

    assertThat(lab.text(ALICE, BOB, "m1", "hello").status()).isEqualTo(200);
  }

  @Test
  void whoMayBeBlockedIsNotLetThroughWhileTheRulesCannotBeRead() {
    lab.xdms.breaks(true);
    SipResponse answer = lab.text(ALICE, BOB, "m1", "hello");
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.has(Header.RETRY_AFTER)).isTrue();
    lab.xdms.breaks(false);
    assertThat(lab.text(ALICE, BOB, "m2", "hello").status()).isEqualTo(200);
  }

  @Test
  void aBarredUserGetsNothingAndNothingIsKept() {
    lab.sets(BOB, BARRED);
    assertThat(lab.text(ALICE, BOB, "m1", "hello").status()).isEqualTo(480);
    assertThat(waiting(BOB)).isZero();
    lab.sets(BOB, UserSettings.DEFAULT);
    assertThat(lab.text(ALICE, BOB, "m2", "hello").status()).isEqualTo(200);
  }

  @Test
  void aBarredUserWhoWantsOfflineDeliveryGetsItWhenHeBarsNoMore() {
    lab.sets(BOB, new UserSettings(true, Optional.of(true), false, true, Set.of()));
    assertThat(lab.text(ALICE, BOB, "m1", "hello").status()).isEqualTo(202);
    lab.registers(BOB, phone);
    lab.quiet();
    assertThat(phone.texts()).isEmpty();
    lab.sets(BOB, UserSettings.DEFAULT);
    await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(phone.texts()).containsExactly("hello"));
  }

  @Test
  void whoWantsNoOfflineDeliveryIsNotStoredFor() {
    lab.sets(BOB, new UserSettings(false, Optional.of(false), false, true, Set.of()));
    phone.goesAway();
    assertThat(lab.text(ALICE, BOB, "m1", "hello").status()).isEqualTo(480);
    assertThat(waiting(BOB)).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aMessageForSomebodyClosedWaitsUntilHeIsOpen(boolean registersMeanwhile) {
    lab.presence.says(BOB, false);
    assertThat(lab.text(ALICE, BOB, "m1", "hello").status()).isEqualTo(202);
    if (registersMeanwhile) {
      lab.registers(BOB, phone);
    }
    lab.quiet();
    assertThat(phone.texts()).isEmpty();
    lab.presence.says(BOB, true);
    await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(phone.texts()).containsExactly("hello"));
    assertThat(lab.text(ALICE, BOB, "m2", "again").status()).isEqualTo(200);
  }

  @Test
  void thePresenceServerHearsOfEachChangeOnce() {
    lab.registers(BOB, phone);
    lab.registers(BOB, phone);
    lab.sets(BOB, BARRED);
    lab.sets(BOB, UserSettings.DEFAULT);
    phone.goesAway();
    lab.im.deregistered(BOB);

    assertThat(lab.presence.reported).containsExactly(BOB + " open", BOB + " closed", BOB + " open", BOB + " closed");
  }

  @Test
  void anAnonymousMessageReachesWhomARuleForAnonymousRequestsAllowsAndDoesNotTellWhoSentIt() {
    try (ImLab by = new ImLab(new MemoryEngine(), ImSettings.of("example.com").withAnonymity(ImSettings.Anonymity.BY_RULES), Limits.DEFAULT)) {
      FakePhone there = by.phone(BOB, "urn:uuid:9");
      SipRequest hidden = by.message(ALICE, BOB, ImLab.cpim(ALICE, BOB, "m1", "guess who")).with(Header.PRIVACY, "id").with(Header.USER_AGENT, "alice's");
      SipResponse refused = by.send(ALICE, hidden);
      assertThat(refused.status()).isEqualTo(403);
      assertThat(refused.first(Header.WARNING).orElseThrow()).contains("119 Anonymity not allowed");
      by.rules(BOB, """
          <rule id="a"><conditions><ocp:anonymous-request/></conditions><actions><oxe:allow-reject-invite>false</oxe:allow-reject-invite></actions></rule>
          """ + BLOCK_ALICE);
      assertThat(by.send(ALICE, hidden).status()).isEqualTo(200);
      assertThat(there.texts()).containsExactly("guess who");
      assertThat(there.got().getFirst().toString()).doesNotContain("alice");
      assertThat(there.got().getFirst().from().uri()).hasToString("sip:anonymous@anonymous.invalid");
      by.quiet();
    }
  }
}
