// RFC 4475 sections 3.2 to 3.4: transaction and application layer, older syntax.
package tucket.protocol.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tucket.protocol.sip.Torture.assertRefused;
import static tucket.protocol.sip.Torture.request;
import static tucket.protocol.sip.Torture.valid;
import static tucket.protocol.sip.Torture.validResponse;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tucket.protocol.Malformed;
import tucket.protocol.fuzz.SipCorpus;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.Torture.Verdict;
import tucket.protocol.sip.digest.DigestCredentials;

class TortureSemanticsTest {
  @Test
  @Verdict("badbranch")
  void aBranchOfNothingButTheCookieIsRefused() {
    assertRefused("badbranch", 400, "Via");
  }

  @Test
  @Verdict("insuf")
  void missingHeadersAreRefused() {
    assertRefused("insuf", 400, "Call-ID");
    assertThatThrownBy(() -> request("insuf").from()).isInstanceOf(Malformed.class).hasMessage("From is missing");
    assertThatThrownBy(() -> request("insuf").to()).isInstanceOf(Malformed.class).hasMessage("To is missing");
  }

  @Test
  @Verdict("unkscm")
  void anUnknownSchemeIsValidAndAnswered416() {
    assertThat(valid("unkscm").uri()).isEqualTo(new OtherUri("nobodyknowsthisscheme", "totallyopaquecontent"));
    assertRefused("unkscm", 416, "Unsupported URI Scheme");
  }

  @Test
  @Verdict("novelsc")
  void aKnownButAtypicalSchemeIsValidAndAnswered416() {
    assertThat(valid("novelsc").uri().scheme()).isEqualTo("soap.beep");
    assertRefused("novelsc", 416, "Unsupported URI Scheme");
  }

  @Test
  @Verdict("unksm2")
  void unknownSchemesInHeadersAreValidButNothingToRegister() {
    SipRequest register = valid("unksm2");
    assertThat(register.to().uri()).isEqualTo(new OtherUri("isbn", "2983792873"));
    assertThat(register.from().uri().scheme()).isEqualTo("http");
    assertThat(register.addresses(Header.CONTACT).getFirst().uri().scheme()).isEqualTo("name");
    assertRefused("unksm2", 400, "To");
  }

  @Test
  @Verdict("bext01")
  void unknownExtensionsAreAnswered420ByTheRoleTheyAreMeantFor() {
    SipRequest options = valid("bext01");
    SipResponse proxy = Torture.PLAIN.check(options).orElseThrow();
    assertThat(proxy.status()).isEqualTo(420);
    assertThat(proxy.values(Header.UNSUPPORTED)).containsExactly("noProxiesSupportThis", "norDoAnyProxiesSupportThis");
    SipResponse endpoint = Torture.PLAIN.checkAsEndpoint(options).orElseThrow();
    assertThat(endpoint.status()).isEqualTo(420);
    assertThat(endpoint.values(Header.UNSUPPORTED)).containsExactly("nothingSupportsThis", "nothingSupportsThisEither");
  }

  @Test
  @Verdict("invut")
  void anUnknownContentTypeIsValidAndTold() {
    assertThat(valid("invut").contentType()).contains(MediaType.of("application", "unknownformat"));
    assertThat(valid("invut").bodyLength()).isEqualTo(40);
  }

  @Test
  @Verdict("regaut01")
  void anUnknownAuthorizationSchemeIsValidAndNoDigest() {
    String authorization = valid("regaut01").first(Header.AUTHORIZATION).orElseThrow();
    assertThat(DigestCredentials.isDigest(authorization)).isFalse();
    assertThat(authorization).isEqualTo("NoOneKnowsThisScheme opaque-data=here");
    RequestChecks noRegistrar = new RequestChecks(List.of("INVITE", "MESSAGE"), Set.of(), Set.of("sip"));
    assertThat(noRegistrar.checkAsEndpoint(request("regaut01")).orElseThrow().status()).isEqualTo(405);
  }

  @Test
  @Verdict("multi01")
  void severalValuesWhereOneIsDueAreRefused() {
    assertRefused("multi01", 400, "Call-ID");
  }

  @Test
  @Verdict("mcl01")
  void severalContentLengthsAreRefusedAndEndAStream() {
    assertRefused("mcl01", 400, "Content-Length");
    SipFramer framer = new SipFramer();
    framer.append(SipCorpus.bytes("mcl01"));
    assertThat(framer.next()).get().isInstanceOf(SipFramer.Message.class);
    assertThatThrownBy(framer::next).isInstanceOf(Malformed.class).hasMessageContaining("Content-Length");
  }

  @Test
  @Verdict("bcast")
  void aBroadcastViaIsValidAndSeen() {
    assertThat(validResponse("bcast").vias().get(1).host()).isEqualTo("255.255.255.255");
  }

  @Test
  @Verdict("zeromf")
  void maxForwardsOfZeroIsAnswered483ByAProxyOnly() {
    assertThat(valid("zeromf").number(Header.MAX_FORWARDS)).hasValue(0);
    assertRefused("zeromf", 483, "Too Many Hops");
    assertThat(Torture.PLAIN.checkAsEndpoint(request("zeromf"))).isEmpty();
  }

  @Test
  @Verdict("cparam01")
  void withoutBracketsAParameterIsTheContacts() {
    NameAddr contact = valid("cparam01").addresses(Header.CONTACT).getFirst();
    assertThat(contact.params().has("unknownparam")).isTrue();
    assertThat(contact.uri()).isEqualTo(SipUri.of("+19725552222", "gw1.example.net"));
    assertThat(contact.toString()).isEqualTo("<sip:+19725552222@gw1.example.net>;unknownparam");
  }

  @Test
  @Verdict("cparam02")
  void insideBracketsAParameterIsTheUris() {
    NameAddr contact = valid("cparam02").addresses(Header.CONTACT).getFirst();
    assertThat(contact.params().isEmpty()).isTrue();
    assertThat(contact.toString()).isEqualTo("<sip:+19725552222@gw1.example.net;unknownparam>");
  }

  @Test
  @Verdict("regescrt")
  void headersInsideTheBracketsOfAContactAreKept() {
    NameAddr contact = valid("regescrt").addresses(Header.CONTACT).getFirst();
    assertThat(((SipUri) contact.uri()).headers()).isEqualTo("Route=%3Csip:sip.example.com%3E");
    assertThat(contact.toString()).isEqualTo("<sip:user@example.com?Route=%3Csip:sip.example.com%3E>");
  }

  @Test
  @Verdict("sdp01")
  void whatTheCallerAcceptsIsToldForA406() {
    assertThat(valid("sdp01").values(Header.ACCEPT)).containsExactly("text/nobodyKnowsThis");
  }

  @Test
  @Verdict("inv2543")
  void anInviteOfRfc2543IsValid() {
    SipRequest invite = valid("inv2543");
    assertThat(invite.topVia().branch()).isEmpty();
    assertThat(invite.from().tag()).isEmpty();
    assertThat(invite.has(Header.MAX_FORWARDS)).isFalse();
    assertThat(invite.body()).asString().startsWith("v=0\r\n").endsWith("m=audio 49217 RTP/AVP 0\r\n");
    assertThat(invite.toString()).contains("\r\nContent-Length: " + invite.bodyLength() + "\r\n");
    assertThat(AddressOfRecord.of(invite.from().uri()).value()).isEqualTo("tel:+13035551111");
    assertThat(invite.to().params().value("user")).as("no URI parameter without brackets").contains("phone");
    assertThat(Torture.PLAIN.check(invite)).isEmpty();
  }
}
