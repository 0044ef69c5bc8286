// Dialogs: their state on both sides, and requests inside them over loose and strict routes (RFC 3261 section 12).
package tucket.protocol.sip.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import tucket.protocol.Malformed;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;

class DialogTest {
  private final SipRequest invite = Messages.request("INVITE").without(Header.ROUTE)
      .with(Header.CONTACT, "<sip:alice@client.atlanta.example.com>")
      .append(Header.RECORD_ROUTE, "<sip:p2.example.com;lr>").append(Header.RECORD_ROUTE, "<sip:p1.example.com;lr>");
  private final SipResponse ok = Messages.response(invite, 200)
      .with(Header.CONTACT, "<sip:bob@192.0.2.4>")
      .append(Header.RECORD_ROUTE, "<sip:p2.example.com;lr>, <sip:p1.example.com;lr>");

  @Test
  void theClientTakesTheRouteSetInReverse() {
    Dialog dialog = Dialog.asClient(invite, ok);
    assertThat(dialog.id()).isEqualTo(new Dialog.DialogId("987asjd97y7atg", "88sja8x", "x200"));
    SipRequest bye = dialog.request("BYE").request();
    assertThat(bye.uri()).hasToString("sip:bob@192.0.2.4");
    assertThat(bye.lines(Header.ROUTE)).containsExactly("<sip:p1.example.com;lr>", "<sip:p2.example.com;lr>");
    assertThat(bye.from().tag()).contains("88sja8x");
    assertThat(bye.to().tag()).contains("x200");
    assertThat(bye.cseq().number()).isEqualTo(986760);
    assertThat(bye.cseq().method()).isEqualTo("BYE");
    assertThat(bye.number(Header.MAX_FORWARDS)).hasValue(70);
  }

  @Test
  void theServerTakesTheRouteSetAsItIs() {
    Dialog dialog = Dialog.asServer(invite, "x200");
    assertThat(dialog.id()).isEqualTo(new Dialog.DialogId("987asjd97y7atg", "x200", "88sja8x"));
    SipRequest bye = dialog.request("BYE").request();
    assertThat(bye.uri()).hasToString("sip:alice@client.atlanta.example.com");
    assertThat(bye.lines(Header.ROUTE)).containsExactly("<sip:p2.example.com;lr>", "<sip:p1.example.com;lr>");
    assertThat(bye.from().uri()).hasToString("sip:bob@biloxi.example.com");
    assertThat(bye.from().tag()).contains("x200");
    assertThat(bye.to().tag()).contains("88sja8x");
    assertThat(bye.cseq().number()).isEqualTo(1);
  }

  @Test
  void bothSidesKnowTheDialogByTheIdsOfWhatTheyReceive() {
    Dialog client = Dialog.asClient(invite, ok);
    Dialog server = Dialog.asServer(invite, "x200");
    assertThat(Dialog.DialogId.ofReceived(client.request("BYE").request())).isEqualTo(server.id());
    assertThat(Dialog.DialogId.ofReceived(server.request("BYE").request())).isEqualTo(client.id());
    assertThat(Dialog.DialogId.ofReceived(ok)).isEqualTo(client.id());
  }

  @Test
  void eachRequestHasTheNextCseqAndTheAckThatOfItsInvite() {
    Dialog.Sending first = Dialog.asClient(invite, ok).request("INFO");
    Dialog.Sending second = first.dialog().request("BYE");
    assertThat(second.request().cseq().number()).isEqualTo(first.request().cseq().number() + 1);
    SipRequest ack = second.dialog().ack(986759);
    assertThat(ack.cseq().number()).isEqualTo(986759);
    assertThat(ack.cseq().method()).isEqualTo("ACK");
    assertThat(second.dialog().localCseq()).isEqualTo(986761);
  }

  @Test
  void aStrictRouterGetsItsUriAsRequestUriAndTheTargetComesLast() {
    SipRequest strict = invite.without(Header.RECORD_ROUTE)
        .append(Header.RECORD_ROUTE, "<sip:strict.example.com;method=INVITE?Subject=x>")
        .append(Header.RECORD_ROUTE, "<sip:p1.example.com;lr>");
    SipRequest bye = Dialog.asServer(strict, "t").request("BYE").request();
    assertThat(bye.uri()).hasToString("sip:strict.example.com");
    assertThat(bye.lines(Header.ROUTE)).containsExactly("<sip:p1.example.com;lr>", "<sip:alice@client.atlanta.example.com>");
  }

  @Test
  void withoutARouteSetTheRequestGoesStraightToTheTarget() {
    SipRequest bye = Dialog.asServer(invite.without(Header.RECORD_ROUTE), "t").request("BYE").request();
    assertThat(bye.uri()).hasToString("sip:alice@client.atlanta.example.com");
    assertThat(bye.has(Header.ROUTE)).isFalse();
  }

  @Test
  void aLowerCseqIsOutOfOrder() {
    Dialog server = Dialog.asServer(invite, "x200");
    SipRequest later = Dialog.asClient(invite, ok).request("INFO").request();
    Dialog after = server.received(later).orElseThrow();
    assertThat(after.remoteCseq()).isEqualTo(986760);
    assertThat(after.received(later.with(Header.CSEQ, "986759 INFO"))).isEmpty();
    assertThat(after.received(later.with(Header.CSEQ, "986765 INFO"))).isPresent();
  }

  @Test
  void aReInviteMovesTheTargetAndAnInfoDoesNot() {
    Dialog server = Dialog.asServer(invite, "x200");
    SipRequest again = Dialog.asClient(invite, ok).request("INVITE").request().with(Header.CONTACT, "<sip:alice@192.0.2.9>");
    assertThat(server.received(again).orElseThrow().target()).hasToString("sip:alice@192.0.2.9");
    SipRequest info = Dialog.asClient(invite, ok).request("INFO").request().with(Header.CONTACT, "<sip:alice@192.0.2.9>");
    assertThat(server.received(info).orElseThrow().target()).hasToString("sip:alice@client.atlanta.example.com");
  }

  @Test
  void a2xxToATargetRefreshMovesTheTarget() {
    Dialog client = Dialog.asClient(invite, ok);
    SipResponse moved = ok.with(Header.CONTACT, "<sip:bob@192.0.2.77>");
    assertThat(client.answered(moved).target()).hasToString("sip:bob@192.0.2.77");
    assertThat(client.answered(Messages.response(invite, 486)).target()).hasToString("sip:bob@192.0.2.4");
  }

  @Test
  void the2xxGivesAnEarlyDialogItsRouteSet() {
    SipResponse ringing = Messages.response(invite, 180).withToTag("x200").with(Header.CONTACT, "<sip:bob@192.0.2.4>");
    Dialog early = Dialog.asClient(invite, ringing);
    assertThat(early.routes()).isEmpty();
    assertThat(early.confirmed(ok).routes()).hasSize(2);
  }

  @Test
  void aNotifyMakesTheSubscribersDialog() {
    SipRequest subscribe = Messages.request("SUBSCRIBE").without(Header.ROUTE).with(Header.CONTACT, "<sip:alice@192.0.2.1>");
    Dialog notifier = Dialog.asServer(subscribe, "n1");
    SipRequest notify = notifier.request("NOTIFY").request().with(Header.CONTACT, "<sip:reg@192.0.2.2>")
        .append(Header.RECORD_ROUTE, "<sip:p1.example.com;lr>");
    Dialog subscriber = Dialog.asSubscriber(subscribe, notify);
    assertThat(subscriber.id()).isEqualTo(new Dialog.DialogId("987asjd97y7atg", "88sja8x", "n1"));
    SipRequest refresh = subscriber.request("SUBSCRIBE").request();
    assertThat(refresh.uri()).hasToString("sip:reg@192.0.2.2");
    assertThat(refresh.cseq().number()).isEqualTo(986760);
    assertThat(refresh.lines(Header.ROUTE)).containsExactly("<sip:p1.example.com;lr>");
    assertThat(Dialog.DialogId.ofReceived(refresh)).isEqualTo(notifier.id());
  }

  @Test
  void withoutOneContactThereIsNoDialog() {
    assertThatThrownBy(() -> Dialog.asServer(invite.without(Header.CONTACT), "t"))
        .isInstanceOf(Malformed.class).hasMessageContaining("Contact");
    assertThatThrownBy(() -> Dialog.asServer(invite.append(Header.CONTACT, "<sip:b@c>"), "t")).isInstanceOf(Malformed.class);
  }
}
