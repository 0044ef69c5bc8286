// Session mode over real sockets: INVITE, relay, and the server in the place of who is absent.
package tucket.server.im;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tucket.protocol.imdn.Imdn;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sdp.MessageOffer;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;

class SessionModeTest {
  private final SessionLab lab = new SessionLab();

  @AfterEach
  void close() {
    lab.close();
  }

  @Test
  void twoPhonesTalkThroughTheServer() throws Exception {
    SessionPhone alice = lab.registered("alice");
    SessionPhone bob = lab.registered("bob");
    SessionPhone.Calling calling = alice.calling("bob", "m1", "Hello");
    SessionPhone.Talk atAlice = calling.talk();
    SessionPhone.Talk atBob = bob.talks.poll(5, TimeUnit.SECONDS);

    assertThat(atBob.hear()).isEqualTo("Hello");
    SipRequest invite = bob.invites.element();
    assertThat(invite.addresses(Header.P_ASSERTED_IDENTITY).getFirst().uri()).hasToString("sip:alice@example.test");
    assertThat(invite.first(Header.of("Contribution-ID"))).contains("contribution-of-alice");
    assertThat(invite.first(Header.CONTACT).orElseThrow()).contains("+g.oma.sip-im").contains(alice.instance).contains(lab.tcp.hostPort());
    assertThat(SessionPhone.firstOf(invite).orElseThrow().from()).contains("sip:alice@example.test");
    assertThat(SessionPhone.firstOf(invite).orElseThrow().messageId()).contains("m1");
    int serverPort = lab.msrp.listening(false).orElseThrow().port();
    assertThat(MessageOffer.in(SessionPhone.sdpOf(invite)).orElseThrow().media().port()).isEqualTo(serverPort);
    assertThat(calling.offer.accepted(tucket.protocol.sdp.SessionDescription.parse(atAlice.ok.body())).orElseThrow().theirs().port())
        .isEqualTo(serverPort);

    assertThat(atAlice.say("m2", "How are you?").get(10, TimeUnit.SECONDS)).isEqualTo(200);
    assertThat(atBob.hear()).isEqualTo("How are you?");
    assertThat(atBob.say("m3", "Fine").get(10, TimeUnit.SECONDS)).isEqualTo(200);
    assertThat(atAlice.hear()).isEqualTo("Fine");
    assertThat(atBob.send("message/cpim", bob.notification("m2", Imdn.Status.DISPLAYED)).get(10, TimeUnit.SECONDS)).isEqualTo(200);
    assertThat(atAlice.hear()).contains("<displayed/>");
    assertThat(atAlice.send("application/im-iscomposing+xml", "<isComposing/>".getBytes()).get(10, TimeUnit.SECONDS)).isEqualTo(200);
    assertThat(atBob.bare.poll(5, TimeUnit.SECONDS)).isEqualTo("application/im-iscomposing+xml");

    assertThat(atAlice.request("UPDATE").status()).isEqualTo(200);
    assertThat(atAlice.bye().status()).isEqualTo(200);
    assertThat(atBob.byes.poll(5, TimeUnit.SECONDS)).isNotNull();
    await().untilAsserted(() -> assertThat(lab.msrp.size()).isZero());
    assertThat(lab.waiting("bob")).isZero();
  }

  // RFC 4975 section 7.1.2
  @Test
  void aSuccessReportIsTheReceiversAndComesFromEndToEnd() throws Exception {
    SessionPhone alice = lab.registered("alice");
    SessionPhone bob = lab.registered("bob");
    SessionPhone.Talk atAlice = alice.calling("bob", "m1", "Hello").talk();
    SessionPhone.Talk atBob = bob.talks.poll(20, TimeUnit.SECONDS);
    atBob.reportsLater = true;
    assertThat(atAlice.wish("m2", "Report, please").get(20, TimeUnit.SECONDS)).isEqualTo(200);
    assertThat(atAlice.say("m3", "behind it").get(20, TimeUnit.SECONDS)).isEqualTo(200);
    assertThat(atAlice.reported).isEmpty();
    atBob.end.report(atBob.tickets.poll(20, TimeUnit.SECONDS), 200);
    assertThat(atAlice.reported.poll(20, TimeUnit.SECONDS)).isEqualTo(200);
    assertThat(atAlice.wish("m4", "And what becomes of this?").get(20, TimeUnit.SECONDS)).isEqualTo(200);
    assertThat(atBob.tickets.poll(20, TimeUnit.SECONDS)).isNotNull(); // of m3
    atBob.end.report(atBob.tickets.poll(20, TimeUnit.SECONDS), 413);
    assertThat(atAlice.reported.poll(20, TimeUnit.SECONDS)).isEqualTo(413);
  }

  @Test
  void theServerReportsWhereItIsTheEndPoint() throws Exception {
    SessionPhone alice = lab.registered("alice");
    lab.phone("bob", tucket.transport.Protocol.TCP); // who is not registered
    SessionPhone.Talk atAlice = alice.calling("bob", "m1", "Hello").talk();
    assertThat(atAlice.wish("m2", "Are you away?").get(20, TimeUnit.SECONDS)).isEqualTo(200);
    assertThat(atAlice.reported.poll(20, TimeUnit.SECONDS)).isEqualTo(200);
    assertThat(lab.waiting("bob")).isEqualTo(2);
  }

  @Test
  void theFirstDeviceThatAnswersWinsAndTheOthersAreTold() throws Exception {
    SessionPhone alice = lab.registered("alice");
    SessionPhone phone = lab.registered("bob");
    SessionPhone tablet = lab.registered("bob");
    tablet.onInvite = r -> 180;
    phone.onInvite = r -> tablet.invites.isEmpty() ? waitFor(tablet) : 200;
    alice.calling("bob", "m1", "Hello").talk();
    assertThat(phone.talks.poll(5, TimeUnit.SECONDS).hear()).isEqualTo("Hello");
    assertThat(tablet.cancels.poll(5, TimeUnit.SECONDS)).isNotNull();
  }

  private static int waitFor(SessionPhone other) {
    await().until(() -> !other.invites.isEmpty());
    return 200;
  }

  @Test
  void aCallerWhoGivesUpIsHeardByTheDevice() throws Exception {
    SessionPhone alice = lab.registered("alice");
    SessionPhone bob = lab.registered("bob");
    bob.onInvite = r -> 180;
    SessionPhone.Calling calling = alice.calling("bob", "m1", "Hello");
    assertThat(calling.provisional.poll(5, TimeUnit.SECONDS)).isNotNull();
    await().until(() -> calling.provisional.stream().anyMatch(r -> r.status() == 180) || !bob.invites.isEmpty());
    calling.transaction.cancel();
    assertThat(calling.await().status()).isEqualTo(487);
    assertThat(bob.cancels.poll(5, TimeUnit.SECONDS)).isNotNull();
    assertThat(lab.waiting("bob")).isZero();
  }

  @Test
  void aSessionThatIsAcceptedWhileItsCallerGivesUpIsEnded() throws Exception {
    SessionPhone alice = lab.registered("alice");
    SessionPhone bob = lab.registered("bob");
    SessionPhone.Calling[] calling = new SessionPhone.Calling[1];
    java.util.concurrent.CountDownLatch begun = new java.util.concurrent.CountDownLatch(1);
    bob.onInvite = r -> {
      SessionPhone.await(begun);
      calling[0].transaction.cancel(); // the CANCEL and the 200 are on their way at the same time
      return 200;
    };
    calling[0] = alice.calling("bob", "m1", "Hello");
    begun.countDown();
    SessionPhone.Talk atBob = bob.talks.poll(10, TimeUnit.SECONDS);
    assertThat(atBob).isNotNull();
    if (calling[0].await().status() == 200) { // it came first: the session stands until somebody ends it
      calling[0].talk().bye();
    }
    assertThat(atBob.byes.poll(20, TimeUnit.SECONDS)).isNotNull();
    await().untilAsserted(() -> assertThat(lab.msrp.size()).isZero());
  }

  @Test
  void aDeclinedInvitationIsTakenBackFromTheOtherDevices() throws Exception {
    SessionPhone alice = lab.registered("alice");
    SessionPhone phone = lab.registered("bob");
    SessionPhone tablet = lab.registered("bob");
    tablet.onInvite = r -> 180;
    phone.onInvite = r -> {
      waitFor(tablet);
      return 603;
    };
    assertThat(alice.calling("bob", "m1", "Hello").await().status()).isEqualTo(603);
    SipRequest cancel = tablet.cancels.poll(10, TimeUnit.SECONDS);
    assertThat(cancel).isNotNull();
    assertThat(lab.waiting("bob")).isZero();
  }

  @Test
  void twoInvitationsThatCrossBecomeOneSession() throws Exception {
    SessionPhone alice = lab.registered("alice");
    SessionPhone bob = lab.registered("bob");
    alice.onInvite = r -> 0; // a terminal with an INVITE of its own pending says nothing
    bob.onInvite = r -> 0;
    SessionPhone.Calling forth = alice.calling("bob", "m1", "from alice");
    await().until(() -> !bob.invites.isEmpty());
    SessionPhone.Calling back = bob.calling("alice", "m2", "from bob");
    SessionPhone.Talk atAlice = forth.talk();
    SessionPhone.Talk atBob = back.talk();
    assertThat(atAlice.hear()).isEqualTo("from bob");
    assertThat(atBob.hear()).isEqualTo("from alice");
    assertThat(bob.cancels.poll(10, TimeUnit.SECONDS)).as("the first is taken back").isNotNull();
    assertThat(alice.invites).as("the second is not sent to one who is calling himself").isEmpty();
    assertThat(atAlice.say("m3", "more").get(10, TimeUnit.SECONDS)).isEqualTo(200);
    assertThat(atBob.hear()).isEqualTo("more");
    await().untilAsserted(() -> assertThat(lab.waiting("bob")).isZero());
    assertThat(lab.waiting("alice")).isZero();
    assertThat(atBob.bye().status()).isEqualTo(200);
    assertThat(atAlice.byes.poll(10, TimeUnit.SECONDS)).isNotNull();
    await().untilAsserted(() -> assertThat(lab.msrp.size()).isZero());
  }

  @Test
  void aSessionThatNobodyRefreshesEnds() throws Exception {
    SessionPhone alice = lab.registered("alice");
    SessionPhone bob = lab.registered("bob");
    bob.sessionExpires = "1;refresher=uac";
    SessionPhone.Talk atAlice = alice.calling("bob", "m1", "Hello").talk();
    SessionPhone.Talk atBob = bob.talks.poll(10, TimeUnit.SECONDS);
    assertThat(atAlice.ok.first(Header.SESSION_EXPIRES)).contains("1;refresher=uac");
    SipRequest bye = atBob.byes.poll(20, TimeUnit.SECONDS);
    assertThat(bye).isNotNull();
    assertThat(bye.first(Header.REASON).orElse("")).contains("Session expired");
    assertThat(atAlice.byes.poll(20, TimeUnit.SECONDS)).isNotNull();
    await().untilAsserted(() -> assertThat(lab.msrp.size()).isZero());
  }

  @Test
  void aServerThatStopsEndsItsSessions() throws Exception {
    SessionPhone alice = lab.registered("alice");
    SessionPhone bob = lab.registered("bob");
    alice.calling("bob", "m1", "Hello").talk();
    SessionPhone.Talk atBob = bob.talks.poll(10, TimeUnit.SECONDS);
    SessionPhone carol = lab.registered("carol");
    carol.onInvite = r -> 180;
    SessionPhone.Calling ringing = alice.calling("carol", "m2", "Hello");
    await().until(() -> ringing.provisional.stream().anyMatch(r -> r.status() == 180));
    lab.core.endCalls(tucket.transport.Deadline.in(java.time.Duration.ofSeconds(20), lab.world.clock()));
    SipRequest bye = atBob.byes.poll();
    assertThat(bye).as("it has come when endCalls returns").isNotNull();
    assertThat(bye.first(Header.REASON).orElse("")).contains("503");
    assertThat(ringing.await().status()).isEqualTo(503);
    assertThat(carol.cancels.poll(10, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void theServerIsTheEndPointForWhoIsAbsent() throws Exception {
    SessionPhone alice = lab.registered("alice");
    lab.phone("bob", tucket.transport.Protocol.TCP);
    SessionPhone.Talk talk = alice.calling("bob", "m1", "one").talk();
    assertThat(lab.waiting("bob")).isEqualTo(1);
    assertThat(talk.say("m2", "two").get(10, TimeUnit.SECONDS)).isEqualTo(200);
    assertThat(talk.say("m3", "three").get(10, TimeUnit.SECONDS)).isEqualTo(200);
    assertThat(talk.send("application/im-iscomposing+xml", "<isComposing/>".getBytes()).get(10, TimeUnit.SECONDS)).isEqualTo(200);
    assertThat(lab.waiting("bob")).isEqualTo(3);
    assertThat(talk.ok.first(Header.CONTACT).orElseThrow()).contains("+g.oma.sip-im");
    assertThat(talk.bye().status()).isEqualTo(200);
    await().untilAsserted(() -> assertThat(lab.msrp.size()).isZero());
  }

  @Test
  void aDeviceThatSaysNothingIsAbsent() throws Exception {
    SessionPhone alice = lab.registered("alice");
    SessionPhone bob = lab.registered("bob");
    bob.onInvite = r -> 0;
    SessionPhone.Talk talk = alice.calling("bob", "m1", "one").talk();
    assertThat(lab.waiting("bob")).isEqualTo(1);
    assertThat(talk.say("m2", "two").get(10, TimeUnit.SECONDS)).isEqualTo(200);
  }

  @Test
  void whetherABusyUserHasTheMessageIsToldByItsNotification() throws Exception {
    SessionPhone alice = lab.registered("alice");
    SessionPhone bob = lab.registered("bob");
    bob.onInvite = r -> {
      bob.report(SessionPhone.peer(r), SessionPhone.firstOf(r).orElseThrow(), Imdn.Status.DELIVERED);
      return 486;
    };
    assertThat(alice.calling("bob", "m1", "one").await().status()).isEqualTo(486);
    assertThat(lab.waiting("bob")).isZero();
    SipRequest told = alice.inbox.poll(5, TimeUnit.SECONDS);
    assertThat(told.contentType().orElseThrow().is(MediaType.CPIM)).isTrue();

    bob.onInvite = r -> 603;
    bob.reports = false;
    assertThat(alice.calling("bob", "m2", "two").await().status()).isEqualTo(603);
    bob.onInvite = r -> 480;
    assertThat(alice.calling("bob", "m3", "three").talk().ok.status()).isEqualTo(200);
    assertThat(lab.waiting("bob")).isEqualTo(1);
  }

  @Test
  void whatALostLegCantTakeIsKept() throws Exception {
    SessionPhone alice = lab.registered("alice");
    SessionPhone bob = lab.registered("bob");
    SessionPhone.Talk talk = alice.calling("bob", "m1", "one").talk();
    SessionPhone.Talk atBob = bob.talks.poll(5, TimeUnit.SECONDS);
    assertThat(talk.say("m2", "two").get(10, TimeUnit.SECONDS)).isEqualTo(200);
    atBob.settles = false;
    bob.onMessage = r -> 480;
    var unanswered = talk.say("m3", "three");
    await().until(() -> atBob.messages.stream().anyMatch(m -> m.messageId().orElse("").equals("m3")));
    bob.close();
    assertThat(unanswered.get(20, TimeUnit.SECONDS)).isEqualTo(200);
    assertThat(lab.waiting("bob")).isEqualTo(1);
    assertThat(talk.say("m4", "four").get(20, TimeUnit.SECONDS)).isEqualTo(200);
    assertThat(lab.waiting("bob")).isEqualTo(2);
  }
}
