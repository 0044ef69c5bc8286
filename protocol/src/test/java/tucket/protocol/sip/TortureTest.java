// RFC 4475 section 3.1: syntax.
package tucket.protocol.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tucket.protocol.sip.Torture.assertRefused;
import static tucket.protocol.sip.Torture.message;
import static tucket.protocol.sip.Torture.request;
import static tucket.protocol.sip.Torture.valid;
import static tucket.protocol.sip.Torture.validResponse;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tucket.protocol.Malformed;
import tucket.protocol.fuzz.SipCorpus;
import tucket.protocol.sip.Torture.Verdict;

class TortureTest {
  @Test
  void everyMessageOfBothRfcsHasItsVerdict() {
    List<String> named = new ArrayList<>();
    for (Class<?> tests : List.of(TortureTest.class, TortureSemanticsTest.class, TortureIpv6Test.class)) {
      for (var method : tests.getDeclaredMethods()) {
        Verdict verdict = method.getAnnotation(Verdict.class);
        if (verdict != null) {
          assertThat(method.isAnnotationPresent(Test.class)).as(method.getName()).isTrue();
          named.add(verdict.value());
        }
      }
    }
    List<String> all = new ArrayList<>(SipCorpus.RFC4475);
    all.addAll(SipCorpus.RFC5118);
    assertThat(SipCorpus.RFC4475).hasSize(49).doesNotHaveDuplicates();
    assertThat(SipCorpus.RFC5118).hasSize(12).doesNotHaveDuplicates();
    assertThat(named).containsExactlyInAnyOrderElementsOf(all);
  }

  @Test
  @Verdict("wsinv")
  void aShortTortuousInviteIsValid() {
    SipRequest invite = valid("wsinv");
    assertThat(invite.uri().toString()).isEqualTo("sip:vivekg@chair-dnrc.example.com;unknownparam");
    assertThat(invite.to().uri().toString()).isEqualTo("sip:vivekg@chair-dnrc.example.com");
    assertThat(invite.to().tag()).contains("1918181833n");
    assertThat(invite.from().displayName()).isEqualTo("J Rosenberg \\\"");
    assertThat(invite.from().tag()).contains("98asjd8");
    assertThat(invite.number(Header.MAX_FORWARDS)).hasValue(68);
    assertThat(invite.callId()).isEqualTo("wsinv.ndaksdj@192.0.2.1");
    assertThat(invite.cseq()).isEqualTo(new CSeq(9, "INVITE"));
    assertThat(invite.vias()).extracting(Via::transport).containsExactly("UDP", "TCP", "UDP");
    assertThat(invite.vias()).extracting(v -> v.branch().orElse("")).containsExactly("390skdjuw", "z9hG4bK9ikj8", "z9hG4bK30239");
    assertThat(invite.first(Header.SUBJECT)).contains("");
    assertThat(invite.first(Header.of("newfangledheader"))).contains("newfangled value continued newfangled value");
    assertThat(invite.first(Header.of("UnknownHeaderWithUnusualValue"))).contains(";;,,;;,;");
    NameAddr route = invite.addresses(Header.ROUTE).getFirst();
    assertThat(route.uri().toString()).isEqualTo("sip:services.example.com;lr;unknownwith=value;unknown-no-value");
    NameAddr contact = invite.addresses(Header.CONTACT).getFirst();
    assertThat(contact.displayName()).isEqualTo("Quoted string \"\"");
    assertThat(contact.params().value("newparam")).contains("newvalue");
    assertThat(contact.params().has("secondparam")).isTrue();
    assertThat(contact.params().value("q")).contains("0.33");
    assertThat(invite.bodyLength()).isEqualTo(150);
  }

  @Test
  @Verdict("intmeth")
  void aWideRangeOfCharactersIsValidAndTheMethodUnknown() {
    SipRequest request = valid("intmeth");
    assertThat(request.method()).isEqualTo("!interesting-Method0123456789_*+`.%indeed'~");
    SipUri uri = (SipUri) request.uri();
    assertThat(uri.user()).isEqualTo("1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*");
    assertThat(uri.password()).isEqualTo("&it+has=1,weird!*pas$wo~d_too.(doesn't-it)");
    assertThat(uri.host()).isEqualTo("example.com");
    assertThat(request.topVia().branch()).contains("z9hG4bK-.!%66*_+`'~");
    assertThat(request.to().displayName()).isEqualTo("BEL:\u0007 NUL:\0 DEL:\u007f");
    assertThat(request.from().displayName()).isEqualTo("token1~` token2'+_ token3*%!.-");
    assertThat(request.from().params().value("fromParam''~+*_!.-%")).contains("работающий");
    assertThat(request.from().tag()).contains("_token~1'+`*%!-.");
    assertThat(request.callId()).isEqualTo("intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{");
    assertThat(request.number(Header.MAX_FORWARDS)).hasValue(255);
    assertThat(request.first(Header.of("extensionHeader-!.%*+_`'~"))).contains("\uFEFF大停電");
    assertRefused("intmeth", 501, "Not Implemented");
    assertThat(Torture.PLAIN.check(request).orElseThrow().first(Header.ALLOW)).contains(String.join(", ", Methods.ALL));
  }

  @Test
  @Verdict("esc01")
  void escapesAreUndoneOnceAndOnlyWhereTheyAreEscapes() {
    SipRequest invite = valid("esc01");
    assertThat(((SipUri) invite.uri()).user()).isEqualTo("sips:user@example.com");
    assertThat(((SipUri) invite.to().uri()).user()).isEqualTo("user");
    assertThat(((SipUri) invite.from().uri()).user()).isEqualTo("I have spaces");
    SipUri contact = (SipUri) invite.addresses(Header.CONTACT).getFirst().uri();
    assertThat(contact.user()).isEqualTo("caller");
    assertThat(contact.isLoose()).isTrue();
    assertThat(contact.params().value("name")).contains("value%41");
    assertThat(Uri.parse(contact.toString())).isEqualTo(contact);
  }

  @Test
  @Verdict("escnull")
  void escapedNullsShortenNothing() {
    SipRequest register = valid("escnull");
    assertThat(((SipUri) register.to().uri()).user()).isEqualTo("null-\0-null");
    assertThat(AddressOfRecord.of(register.to().uri()).value()).isEqualTo("sip:null-%00-null@example.com");
    assertThat(register.addresses(Header.CONTACT)).hasSize(2).extracting(c -> ((SipUri) c.uri()).user()).containsExactly("\0", "\0\0");
    assertThat(register.bodyLength()).isZero();
  }

  @Test
  @Verdict("esc02")
  void percentIsNoEscapeInMethodsNamesAndDisplayNames() {
    SipRequest request = valid("esc02");
    assertThat(request.method()).isEqualTo("RE%47IST%45R");
    assertThat(request.to().displayName()).isEqualTo("%Z%45");
    assertThat(request.from().displayName()).isEqualTo("%Z%45");
    assertThat(request.addresses(Header.CONTACT)).hasSize(2);
    assertThat(request.first(Header.of("C%6Fntact"))).contains("<sip:alias2@host2.example.com>");
    assertRefused("esc02", 501, "Not Implemented");
  }

  @Test
  @Verdict("lwsdisp")
  void aDisplayNameNeedsNoBlankBeforeItsBracket() {
    SipRequest options = valid("lwsdisp");
    assertThat(options.from().displayName()).isEqualTo("caller");
    assertThat(options.from().uri()).isEqualTo(SipUri.of("caller", "example.com"));
  }

  @Test
  @Verdict("longreq")
  void longValuesAreValid() {
    SipRequest invite = valid("longreq");
    assertThat(invite.to().displayName()).startsWith("I have a user name of extreme").endsWith("proportion");
    assertThat(((SipUri) invite.to().uri()).port()).isEqualTo(6000);
    assertThat(invite.from().tag().orElseThrow()).hasSize(2 + 150 + 3).startsWith("12982982");
    assertThat(invite.callId()).startsWith("longreq.onereally").endsWith("longcallid");
    assertThat(invite.vias()).hasSize(34);
    assertThat(invite.vias().getLast().branch().orElseThrow()).startsWith("verylong").endsWith("branchvalue");
    assertThat(invite.bodyLength()).isEqualTo(150);
  }

  @Test
  @Verdict("dblreq")
  void bytesBehindTheBodyOfADatagramAreNoise() {
    SipRequest register = valid("dblreq");
    assertThat(register.method()).isEqualTo("REGISTER");
    assertThat(register.bodyLength()).isZero();
    assertThat(register.toString()).doesNotContain("INVITE").endsWith("Content-Length: 0\r\n\r\n");
  }

  @Test
  @Verdict("semiuri")
  void semicolonsMayStandInTheUserPart() {
    SipUri uri = (SipUri) valid("semiuri").uri();
    assertThat(uri.user()).isEqualTo("user;par=u@example.net");
    assertThat(uri.params().isEmpty()).isTrue();
    assertThat(valid("semiuri").values(Header.ACCEPT)).hasSize(6);
  }

  @Test
  @Verdict("transports")
  void unknownTransportsAreValid() {
    assertThat(valid("transports").vias()).extracting(Via::transport).containsExactly("UDP", "SCTP", "TLS", "UNKNOWN", "TCP");
  }

  @Test
  @Verdict("mpart01")
  void aBinaryMultipartBodyStaysWhole() {
    SipRequest message = valid("mpart01");
    assertThat(message.bodyLength()).isEqualTo(553);
    assertThat(message.body()).contains(0);
    assertThat(message.contentType().orElseThrow().params().value("boundary")).contains("7a9cbec02ceef655");
    assertThat(message.topVia().asksRport()).isTrue();
    assertThat(SipDate.parse(message.first(Header.DATE).orElseThrow())).isEqualTo("2005-10-15T04:44:56Z");
  }

  @Test
  @Verdict("unreason")
  void anUnusualReasonPhraseIsValid() {
    SipResponse response = validResponse("unreason");
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.reason()).isEqualTo("= 2**3 * 5**2 но сто девяносто девять - простое");
  }

  @Test
  @Verdict("noreason")
  void anEmptyReasonPhraseIsValidWithOrWithoutItsBlank() {
    assertThat(validResponse("noreason").status()).isEqualTo(100);
    assertThat(validResponse("noreason").reason()).isEmpty();
    String without = new String(SipCorpus.bytes("noreason"), StandardCharsets.UTF_8).replace("SIP/2.0 100 ", "SIP/2.0 100");
    assertThat(((SipResponse) SipMessageTest.read(without)).status()).isEqualTo(100);
  }

  @Test
  @Verdict("badinv01")
  void separatorsWithoutValuesAreRefused() {
    assertRefused("badinv01", 400, "Via");
    assertThatThrownBy(() -> request("badinv01").addresses(Header.CONTACT)).isInstanceOf(Malformed.class).hasMessageContaining("Contact");
  }

  @Test
  @Verdict("clerr")
  void aContentLengthBeyondTheDatagramIsRefused() {
    assertRefused("clerr", 400, "Content-Length");
  }

  @Test
  @Verdict("ncl")
  void aNegativeContentLengthIsRefusedAndEndsAStream() {
    assertRefused("ncl", 400, "Content-Length");
    SipFramer framer = new SipFramer();
    framer.append(SipCorpus.bytes("ncl"));
    assertThat(framer.next()).get().isInstanceOf(SipFramer.Message.class);
    assertThatThrownBy(framer::next).isInstanceOf(Malformed.class).hasMessageContaining("Content-Length");
  }

  @Test
  @Verdict("scalar02")
  void overlargeNumbersInARequestAreRefused() {
    assertRefused("scalar02", 400, "CSeq");
    SipRequest register = request("scalar02").with(Header.CSEQ, "1 REGISTER");
    assertThat(SipValidity.check(register).orElseThrow().reason()).contains("Max-Forwards");
    assertThat(register.number(Header.EXPIRES)).hasValue(Integer.MAX_VALUE);
  }

  @Test
  @Verdict("scalarlg")
  void overlargeNumbersInAResponseAreAFault() {
    assertThat(SipValidity.check(message("scalarlg")).orElseThrow().reason()).contains("CSeq");
    assertThat(message("scalarlg").number(Header.RETRY_AFTER)).hasValue(Integer.MAX_VALUE);
  }

  @Test
  @Verdict("quotbal")
  void anUnterminatedQuotedStringIsRefused() {
    assertRefused("quotbal", 400, "To");
  }

  @Test
  @Verdict("ltgtruri")
  void bracketsAroundTheRequestUriAreRefused() {
    assertRefused("ltgtruri", 400, "Request-URI");
  }

  @Test
  @Verdict("lwsruri")
  void blanksInTheRequestUriAreRefused() {
    assertRefused("lwsruri", 400, "start line");
    assertThatThrownBy(() -> request("lwsruri").uri()).isInstanceOf(Malformed.class).hasMessageContaining("Request-URI");
  }

  @Test
  @Verdict("lwsstart")
  void severalBlanksInTheStartLineAreRefused() {
    assertRefused("lwsstart", 400, "start line");
  }

  @Test
  @Verdict("trws")
  void blanksAtTheEndOfTheStartLineAreRefused() {
    assertRefused("trws", 400, "start line");
  }

  @Test
  @Verdict("escruri")
  void headersInTheRequestUriAreRefused() {
    assertRefused("escruri", 400, "Request-URI");
  }

  @Test
  @Verdict("baddate")
  void aDateOutsideGmtIsNoReasonToRefuseButNoDate() {
    String date = valid("baddate").first(Header.DATE).orElseThrow();
    assertThatThrownBy(() -> SipDate.parse(date)).isInstanceOf(Malformed.class).hasMessageContaining("Date");
    assertThat(Torture.PLAIN.check(request("baddate"))).isEmpty();
  }

  @Test
  @Verdict("regbadct")
  void aUriWithHeadersNeedsBrackets() {
    assertRefused("regbadct", 400, "Contact");
  }

  @Test
  @Verdict("badaspec")
  void blanksInsideTheBracketsAreRefused() {
    assertRefused("badaspec", 400, "To");
  }

  @Test
  @Verdict("baddn")
  void anUnquotedDisplayNameWithACommaIsRefused() {
    assertRefused("baddn", 400, "From");
  }

  @Test
  @Verdict("badvers")
  void anotherVersionIsAnswered505() {
    assertRefused("badvers", 505, "version");
  }

  @Test
  @Verdict("mismatch01")
  void anotherMethodInCseqIsRefused() {
    assertRefused("mismatch01", 400, "CSeq");
  }

  @Test
  @Verdict("mismatch02")
  void anUnknownMethodIsAnswered501EvenWhereCseqDiffers() {
    assertRefused("mismatch02", 501, "Not Implemented");
    assertThat(SipValidity.check(request("mismatch02")).orElseThrow().reason()).contains("CSeq");
  }

  @Test
  @Verdict("bigcode")
  void aResponseWithAnOverlargeCodeIsDropped() {
    assertThatThrownBy(() -> message("bigcode")).isInstanceOf(Malformed.class).hasMessageContaining("status code");
  }
}
