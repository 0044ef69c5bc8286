// Stored messages and notifications on their way to terminals that take them only in a session.
package tucket.server.im;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tucket.protocol.cpim.CpimMessage;
import tucket.protocol.imdn.Imdn;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sdp.MessageOffer;
import tucket.protocol.sdp.Setup;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.transport.Protocol;

class SessionPushTest {
  private final SessionLab lab = new SessionLab();

  @AfterEach
  void close() {
    lab.close();
  }

  private static SipRequest pushed(SessionPhone phone) throws InterruptedException {
    SipRequest invite = phone.invites.poll(10, TimeUnit.SECONDS);
    assertThat(invite).isNotNull();
    return invite;
  }

  /// What the terminals look at (rcsjta's dispatcher and those of three more).
  private static void isAsTerminalsWantIt(SipRequest invite, String author) {
    assertThat(invite.lines(Header.P_ASSERTED_IDENTITY)).containsExactly("<sip:rcse-standfw@example.test>");
    assertThat(invite.first(Header.REFERRED_BY)).contains("<sip:" + author + "@example.test>");
    assertThat(invite.first(Header.CONTACT).orElseThrow()).contains("+g.oma.sip-im").doesNotContain("isfocus");
    assertThat(invite.first(Header.ACCEPT_CONTACT)).contains("*;+g.oma.sip-im");
    MessageOffer offer = MessageOffer.in(SessionPhone.sdpOf(invite)).orElseThrow();
    assertThat(offer.media().setup()).contains(Setup.ACTPASS);
    assertThat(offer.media().matchesPath()).isTrue();
    assertThat(new String(offer.write(), java.nio.charset.StandardCharsets.UTF_8)).contains("a=sendrecv").doesNotContain("file-selector");
  }

  @Test
  void whatWaitsIsPushedInOneSessionOfItsAuthorOldestFirst() throws Exception {
    SessionPhone alice = lab.registered("alice");
    SessionPhone bob = lab.phone("bob", Protocol.TCP);
    SessionPhone.Talk talk = alice.calling("bob", "m1", "one").talk();
    assertThat(talk.say("m2", "two").get(10, TimeUnit.SECONDS)).isEqualTo(200);
    assertThat(talk.say("m3", "three").get(10, TimeUnit.SECONDS)).isEqualTo(200);

    bob.register();
    SipRequest invite = pushed(bob);
    isAsTerminalsWantIt(invite, "alice");
    assertThat(invite.contentType().orElseThrow().type()).isEqualTo("multipart");
    assertThat(invite.first(Header.of("Contribution-ID"))).contains("contribution-of-alice");
    CpimMessage first = SessionPhone.firstOf(invite).orElseThrow();
    assertThat(first.messageId()).contains("m1");
    assertThat(first.dateTime()).contains("2026-11-22T10:00:00.000Z");
    SessionPhone.Talk push = bob.talks.poll(10, TimeUnit.SECONDS);
    assertThat(push.hear()).isEqualTo("one");
    assertThat(push.hear()).isEqualTo("two");
    assertThat(push.hear()).isEqualTo("three");
    await().until(() -> lab.waiting("bob") == 0);
    assertThat(alice.inbox.poll(10, TimeUnit.SECONDS)).as("delivered for m1").isNotNull();

    // alice still talks to the server: what she says now is appended to the running push or follows in it
    assertThat(talk.say("m4", "four").get(10, TimeUnit.SECONDS)).isEqualTo(200);
    assertThat(push.hear()).isEqualTo("four");
    assertThat(push.send("message/cpim", bob.notification("m4", Imdn.Status.DISPLAYED)).get(10, TimeUnit.SECONDS)).isEqualTo(200);
    await().until(() -> alice.inbox.stream().anyMatch(m -> new String(m.body(), java.nio.charset.StandardCharsets.UTF_8).contains("<displayed/>")));
    assertThat(bob.invites).isEmpty();
    assertThat(push.byes.poll(20, TimeUnit.SECONDS)).as("BYE behind the last message").isNotNull();
  }

  @Test
  void notificationsComeBeforeMessagesInASessionOfTheirOwn() throws Exception {
    SessionPhone alice = lab.registered("alice");
    SessionPhone bob = lab.registered("bob");
    SessionPhone.Talk talk = alice.calling("bob", "m1", "Hello").talk();
    SessionPhone.Talk atBob = bob.talks.poll(10, TimeUnit.SECONDS);
    CpimMessage hello = atBob.messages.poll(10, TimeUnit.SECONDS);
    assertThat(alice.inbox.poll(10, TimeUnit.SECONDS)).as("delivered").isNotNull();
    talk.bye();
    assertThat(alice.register("0").status()).isEqualTo(200);
    bob.calling("alice", "b1", "Are you there?").talk();
    assertThat(bob.report("sip:alice@example.test", hello, Imdn.Status.DISPLAYED).status()).isEqualTo(202);
    assertThat(lab.waiting("alice")).isEqualTo(2);

    alice.register();
    SipRequest notifications = pushed(alice);
    isAsTerminalsWantIt(notifications, "bob");
    assertThat(notifications.contentType().orElseThrow().is(MediaType.SDP)).isTrue();
    assertThat(alice.talks.poll(10, TimeUnit.SECONDS).hear()).contains("<displayed/>");
    SipRequest messages = pushed(alice);
    isAsTerminalsWantIt(messages, "bob");
    assertThat(SessionPhone.firstOf(messages).orElseThrow().messageId()).contains("b1");
    await().until(() -> lab.waiting("alice") == 0);
  }

  @Test
  void aRefusedPushOfAMessageThatWasReportedIsNotRepeated() throws Exception {
    SessionPhone alice = lab.registered("alice");
    SessionPhone bob = lab.phone("bob", Protocol.TCP);
    SessionPhone.Talk talk = alice.calling("bob", "m1", "one").talk();
    assertThat(talk.say("m2", "two").get(10, TimeUnit.SECONDS)).isEqualTo(200);
    bob.onInvite = r -> {
      bob.report(SessionPhone.peer(r), SessionPhone.firstOf(r).orElseThrow(), Imdn.Status.DELIVERED);
      return 486;
    };
    bob.register();
    assertThat(SessionPhone.firstOf(pushed(bob)).orElseThrow().messageId()).contains("m1");
    assertThat(SessionPhone.firstOf(pushed(bob)).orElseThrow().messageId()).contains("m2");
    await().until(() -> lab.waiting("bob") == 0);
  }

  @Test
  void aPageModeMessageThatARegisteredTerminalRefusesReachesItInASession() throws Exception {
    SessionPhone alice = lab.registered("alice");
    SessionPhone bob = lab.registered("bob");
    bob.onMessage = r -> 403;
    assertThat(alice.page("bob", "p1", "one").status()).isEqualTo(202);
    assertThat(SessionPhone.firstOf(pushed(bob)).orElseThrow().messageId()).contains("p1");
    await().until(() -> lab.waiting("bob") == 0);
    int asked = bob.inbox.size();
    assertThat(alice.page("bob", "p2", "two").status()).isEqualTo(202);
    SessionPhone.Talk push = bob.talks.poll(10, TimeUnit.SECONDS);
    assertThat(push.hear()).isEqualTo("one");
    assertThat(push.hear()).isEqualTo("two");
    await().until(() -> lab.waiting("bob") == 0);
    assertThat(bob.inbox).as("it is not asked again by MESSAGE").hasSize(asked);
  }

  @Test
  void aDeviceThatRefusesAMessageGetsItInASession() throws Exception {
    SessionPhone alice = lab.registered("alice");
    SessionPhone bob = lab.phone("bob", Protocol.TCP);
    bob.features = ";+g.oma.sip-im";
    bob.onMessage = r -> 403;
    alice.calling("bob", "m1", "one").talk();
    bob.register();
    assertThat(SessionPhone.firstOf(pushed(bob)).orElseThrow().messageId()).contains("m1");
    await().until(() -> lab.waiting("bob") == 0);
  }
}
