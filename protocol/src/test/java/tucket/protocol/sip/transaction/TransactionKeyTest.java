// Which message belongs to which transaction (RFC 3261 sections 17.1.3 and 17.2.3).
package tucket.protocol.sip.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import tucket.protocol.Malformed;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;

class TransactionKeyTest {
  private final SipRequest invite = Messages.request("INVITE");
  private final SipRequest old = invite.with(Header.VIA, "SIP/2.0/UDP old.example.com;branch=1");

  private SipRequest via(String sentByAndBranch) {
    return invite.with(Header.VIA, "SIP/2.0/UDP " + sentByAndBranch);
  }

  private static TransactionKey key(SipRequest request) {
    return TransactionKey.of(request);
  }

  @Test
  void branchSentByAndMethodTellRequestsApart() {
    assertThat(key(invite)).isEqualTo(key(Messages.request("INVITE")));
    assertThat(key(invite)).isNotEqualTo(key(Messages.request("MESSAGE")));
    assertThat(key(invite)).isNotEqualTo(key(via("client.atlanta.example.com:5060;branch=z9hG4bKother")));
    assertThat(key(invite)).isNotEqualTo(key(via("client.atlanta.example.com:5062;branch=z9hG4bKkjshdyff")));
    assertThat(key(invite)).isNotEqualTo(key(via("mallory.example.com:5060;branch=z9hG4bKkjshdyff")));
  }

  @Test
  void theHostOfSentByHasNoCase() {
    assertThat(key(invite)).isEqualTo(key(via("CLIENT.atlanta.example.com:5060;branch=z9hG4bKkjshdyff")));
  }

  @Test
  void anAckIsOfItsInvitesTransaction() {
    assertThat(key(Messages.request("ACK"))).isEqualTo(key(invite));
  }

  @Test
  void aCancelFindsItsInvite() {
    TransactionKey cancel = key(Messages.request("CANCEL"));
    assertThat(cancel).isNotEqualTo(key(invite));
    assertThat(cancel.withMethod("INVITE")).isEqualTo(key(invite));
  }

  @Test
  void aResponseIsFoundByBranchAndCseqMethod() {
    assertThat(TransactionKey.of(Messages.response(invite, 200))).isEqualTo(TransactionKey.client("z9hG4bKkjshdyff", "INVITE"));
    assertThat(TransactionKey.of(Messages.response(Messages.request("CANCEL"), 200)))
        .isEqualTo(TransactionKey.client("z9hG4bKkjshdyff", "CANCEL"));
  }

  @Test
  void anOldPeersRequestsAreToldApartByWhatTheyContain() {
    assertThat(key(old)).isEqualTo(key(old.with(Header.MAX_FORWARDS, "69")));
    assertThat(key(old)).isNotEqualTo(key(old.with(Header.CALL_ID, "another")));
    assertThat(key(old)).isNotEqualTo(key(old.with(Header.CSEQ, "986760 INVITE")));
    assertThat(key(old)).isNotEqualTo(key(old.with(Header.FROM, "<sip:alice@atlanta.example.com>;tag=other")));
    assertThat(key(old)).isNotEqualTo(key(old.with(Header.VIA, "SIP/2.0/UDP old.example.com;branch=2")));
    assertThat(key(old)).isNotEqualTo(key(old.withUri(tucket.protocol.sip.Uri.parse("sip:carol@biloxi.example.com"))));
  }

  @Test
  void anOldPeersAckCarriesOurTagAndStillFindsItsInvite() {
    SipRequest ack = Messages.request("ACK").with(Header.VIA, "SIP/2.0/UDP old.example.com;branch=1")
        .with(Header.TO, "Bob <sip:bob@biloxi.example.com>;tag=ours");
    assertThat(key(ack)).isEqualTo(key(old));
  }

  @Test
  void anOldPeersCancelFindsItsInviteInsideADialogToo() {
    SipRequest again = old.with(Header.TO, "<sip:bob@biloxi.example.com>;tag=ours");
    SipRequest cancel = Messages.request("CANCEL").with(Header.VIA, "SIP/2.0/UDP old.example.com;branch=1")
        .with(Header.TO, "<sip:bob@biloxi.example.com>;tag=ours");
    assertThat(key(cancel).withMethod("INVITE")).isEqualTo(key(again));
  }

  @Test
  void aBranchOfTheMagicCookieAloneIdentifiesNothing() {
    SipRequest bare = via("old.example.com;branch=z9hG4bK");
    assertThat(key(bare)).isNotEqualTo(key(bare.with(Header.CALL_ID, "another")));
  }

  @Test
  void withoutAViaThereIsNoKey() {
    assertThatThrownBy(() -> key(invite.without(Header.VIA))).isInstanceOf(Malformed.class).hasMessageContaining("Via");
  }

  @Test
  void untilTimerEReachesT2ItTakesThreeAndAHalfSeconds() {
    assertThat(Timers.DEFAULT.untilT2()).isEqualTo(3_500_000_000L);
    assertThat(Timers.DEFAULT.timeout()).isEqualTo(32_000_000_000L);
  }
}
