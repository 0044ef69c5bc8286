// RFC 5118: IPv6.
package tucket.protocol.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tucket.protocol.sip.Torture.assertRefused;
import static tucket.protocol.sip.Torture.request;
import static tucket.protocol.sip.Torture.valid;

import org.junit.jupiter.api.Test;
import tucket.protocol.Malformed;
import tucket.protocol.sip.Torture.Verdict;

class TortureIpv6Test {
  private static SipUri uri(SipRequest request) {
    return (SipUri) request.uri();
  }

  @Test
  @Verdict("ipv6-good")
  void ipv6ReferencesAreValid() {
    SipRequest register = valid("ipv6-good");
    assertThat(uri(register).host()).isEqualTo("[2001:db8::10]");
    assertThat(register.topVia().host()).isEqualTo("[2001:db8::9:1]");
    assertThat(((SipUri) register.addresses(Header.CONTACT).getFirst().uri()).host()).isEqualTo("[2001:db8::1]");
  }

  @Test
  @Verdict("ipv6-bad")
  void anIpv6AddressWithoutBracketsIsRefused() {
    assertRefused("ipv6-bad", 400, "Request-URI");
    assertThatThrownBy(() -> request("ipv6-bad").uri()).isInstanceOf(Malformed.class);
  }

  @Test
  @Verdict("port-ambiguous")
  void aPortInsideTheBracketsIsPartOfTheAddress() {
    assertThat(uri(valid("port-ambiguous")).host()).isEqualTo("[2001:db8::10:5070]");
    assertThat(uri(valid("port-ambiguous")).port()).isEqualTo(-1);
  }

  @Test
  @Verdict("port-unambiguous")
  void aPortBehindTheBracketsIsThePort() {
    assertThat(uri(valid("port-unambiguous")).host()).isEqualTo("[2001:db8::10]");
    assertThat(uri(valid("port-unambiguous")).port()).isEqualTo(5070);
  }

  @Test
  @Verdict("via-received-param-with-delim")
  void receivedIsReadWithBrackets() {
    assertThat(valid("via-received-param-with-delim").topVia().received()).contains("2001:db8::9:255");
  }

  @Test
  @Verdict("via-received-param-no-delim")
  void receivedIsReadWithoutBrackets() {
    Via via = valid("via-received-param-no-delim").topVia();
    assertThat(via.received()).contains("2001:db8::9:255");
    assertThat(via.branch()).contains("z9hG4bKas3");
  }

  @Test
  @Verdict("ipv6-in-sdp")
  void sdpHasAddressesWithoutBrackets() {
    // The RFC's message tells a length that is 17 more than the body it prints; with the right one it is valid, as the RFC says.
    assertRefused("ipv6-in-sdp", 400, "Content-Length");
    SipRequest printed = request("ipv6-in-sdp");
    SipRequest invite = printed.edit().bytes(printed.body()).request();
    assertThat(SipValidity.check(invite)).isEmpty();
    assertThat(invite.toString()).contains("Content-Length: 251\r\n");
    assertThat(invite.topVia().host()).isEqualTo("[2001:db8::20]");
    assertThat(invite.body()).asString().contains("c=IN IP6 2001:db8::20\r\n");
  }

  @Test
  @Verdict("mult-ip-in-header")
  void viasMayMixBothVersions() {
    SipRequest bye = valid("mult-ip-in-header");
    assertThat(bye.vias()).extracting(Via::sentBy).containsExactly("[2001:db8::9:1]:6050", "192.0.2.1", "[2001:db8::9:255]");
    assertThat(bye.vias().get(2).received()).contains("192.0.2.200");
  }

  @Test
  @Verdict("mult-ip-in-sdp")
  void sdpMayMixBothVersions() {
    SipRequest invite = valid("mult-ip-in-sdp");
    assertThat(invite.bodyLength()).isEqualTo(181);
    assertThat(invite.body()).asString().contains("c=IN IP4 192.0.2.1\r\n", "c=IN IP6 2001:db8::1\r\n");
  }

  @Test
  @Verdict("ipv4-mapped-ipv6")
  void mappedAddressesAreValid() {
    SipRequest invite = valid("ipv4-mapped-ipv6");
    assertThat(invite.vias()).extracting(Via::sentBy).containsExactly("[::ffff:192.0.2.10]:19823", "[::ffff:192.0.2.2]");
    NameAddr contact = invite.addresses(Header.CONTACT).getFirst();
    assertThat(contact.displayName()).isEqualTo("T. desk phone");
    assertThat(((SipUri) contact.uri()).host()).isEqualTo("[::ffff:192.0.2.2]");
    assertThat(invite.bodyLength()).isEqualTo(236);
  }

  @Test
  @Verdict("ipv6-bug-abnf-3-colons")
  void aThirdColonBeforeAnIpv4TailIsToleratedAndNotPassedOn() {
    SipRequest options = valid("ipv6-bug-abnf-3-colons");
    assertThat(uri(options).toString()).isEqualTo("sip:user@[2001:db8::192.0.2.1]");
    assertThat(options.to().uri()).isEqualTo(options.uri());
  }

  @Test
  @Verdict("ipv6-correct-abnf-2-colons")
  void twoColonsBeforeAnIpv4TailAreValid() {
    assertThat(uri(valid("ipv6-correct-abnf-2-colons"))).isEqualTo(uri(request("ipv6-bug-abnf-3-colons")));
  }
}
