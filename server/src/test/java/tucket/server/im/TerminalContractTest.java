// The contract with terminals: every condition under which they take what we push, checked by their own logic on what we send.
package tucket.server.im;

import static org.assertj.core.api.Assertions.assertThat;
import static tucket.server.im.Terminals.Kind.CHAT;
import static tucket.server.im.Terminals.Kind.STORED_MESSAGES;
import static tucket.server.im.Terminals.Kind.STORED_NOTIFICATIONS;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tucket.protocol.cpim.CpimMessage;
import tucket.protocol.imdn.Imdn;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.server.im.Terminals.Seen;
import tucket.transport.Protocol;

class TerminalContractTest {
  private static final String ALICE = "+33600000001";
  private static final String BOB = "+33600000002";

  private final SessionLab lab = new SessionLab();

  @AfterEach
  void close() {
    lab.close();
  }

  private static SipRequest invited(SessionPhone phone) throws InterruptedException {
    SipRequest invite = phone.invites.poll(20, TimeUnit.SECONDS);
    assertThat(invite).isNotNull();
    return invite;
  }

  private static void takenFor(SipRequest invite, Terminals.Kind kind) {
    assertThat(Terminals.all(invite)).as(() -> String.valueOf(invite)).containsOnly(new Seen(kind, ALICE));
  }

  private SipRequest pushOfMessages() throws InterruptedException {
    SessionPhone alice = lab.registered(ALICE);
    SessionPhone bob = lab.phone(BOB, Protocol.TCP);
    alice.calling(BOB, "m1", "one").talk();
    bob.register();
    return invited(bob);
  }

  @Test
  void storedMessagesAreTakenForThatByEveryTerminal() throws Exception {
    SipRequest invite = pushOfMessages();
    takenFor(invite, STORED_MESSAGES);
    assertThat(invite.lines(Header.P_ASSERTED_IDENTITY)).as("one identity, and no tel: beside it").hasSize(1);
    assertThat(invite.first(Header.of("Contribution-ID"))).contains("contribution-of-" + ALICE);
    CpimMessage first = SessionPhone.firstOf(invite).orElseThrow();
    assertThat(first.messageId()).contains("m1");
    assertThat(first.dateTime()).contains("2026-11-22T10:00:00.000Z");
  }

  @Test
  void storedNotificationsAreTakenForThatByEveryTerminal() throws Exception {
    SessionPhone alice = lab.registered(ALICE);
    SessionPhone bob = lab.phone(BOB, Protocol.TCP);
    bob.register();
    bob.register("0");
    byte[] delivered = alice.notification("m9", Imdn.Status.DELIVERED);
    assertThat(alice.send(alice.request("MESSAGE", bob.address()).edit().with(Header.CONTACT, alice.contact()).body(MediaType.CPIM, delivered)
        .request()).status()).isEqualTo(202);
    bob.register();
    SipRequest invite = invited(bob);
    takenFor(invite, STORED_NOTIFICATIONS);
    SessionPhone.Talk talk = bob.talks.poll(20, TimeUnit.SECONDS);
    assertThat(talk).isNotNull();
    assertThat(talk.hear()).contains("<message-id>m9</message-id>").contains("<delivered/>");
  }

  @Test
  void aSessionOfTwoIsTakenForAChatByEveryTerminal() throws Exception {
    SessionPhone alice = lab.registered(ALICE);
    SessionPhone bob = lab.registered(BOB);
    alice.calling(BOB, "m1", "one").talk();
    takenFor(invited(bob), CHAT);
  }

  @Test
  void eachConditionOfTheContractIsNeeded() throws Exception {
    SipRequest invite = pushOfMessages();
    assertThat(Terminals.all(invite.edit().without(Header.REFERRED_BY).request())).doesNotContain(new Seen(STORED_MESSAGES, ALICE));
    SipRequest second = invite.edit().append(Header.P_ASSERTED_IDENTITY, "<tel:" + ALICE + ">").request();
    assertThat(Terminals.rcsjta(second.withBody(MediaType.SDP, SessionPhone.sdpOf(invite).write())).kind())
        .as("a tel: identity hides the service").isNotEqualTo(STORED_NOTIFICATIONS);
    String body = new String(invite.body(), java.nio.charset.StandardCharsets.UTF_8);
    MediaType type = invite.contentType().orElseThrow();
    assertThat(Terminals.google(invite.withBody(type, body.replace("a=sendrecv\r\n", "").getBytes(java.nio.charset.StandardCharsets.UTF_8))))
        .as("without a direction").isEqualTo(Seen.REFUSED);
    assertThat(Terminals.rcsjta(invite.withBody(type, body.replace("imdn.Message-ID: ", "imdn.message-id: ")
        .getBytes(java.nio.charset.StandardCharsets.UTF_8)))).as("names with their case").isEqualTo(Seen.REFUSED);
    assertThat(Terminals.rcsjta(invite.edit().without(Header.ACCEPT_CONTACT).with(Header.CONTACT, "<sip:x@y>").request()))
        .as("without the feature tag").isEqualTo(Seen.REFUSED);
  }
}
