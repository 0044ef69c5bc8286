// Reading, changing and writing messages.
package tucket.protocol.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import tucket.protocol.Malformed;
import tucket.protocol.mime.MediaType;

class SipMessageTest {
  private static final String MESSAGE =
      """
      MESSAGE sip:bob@example.com SIP/2.0
      Via: SIP/2.0/UDP a.example.com;branch=z9hG4bK1, SIP/2.0/TCP b.example.com:5070;branch=z9hG4bK0
      v: SIP/2.0/TLS [2001:db8::9]:5061;branch=z9hG4bK9
      Max-Forwards: 70
      f: "Alice \\"A\\"" <sip:alice@example.com>;tag=1
      t: <sip:bob@example.com>
      i: abc@a
      CSeq: 7 MESSAGE
      Route: <sip:p1.example.com;lr>, <sip:p2.example.com;lr>
      Subject: folded
       over,
      \tlines
      Content-Type: text/plain;charset=UTF-8
      l: 5

      hello"""
          .replace("\n", "\r\n");

  static SipMessage read(String text) {
    return new SipReader().read(text.getBytes(StandardCharsets.UTF_8));
  }

  private static SipRequest message() {
    return (SipRequest) read(MESSAGE);
  }

  @Test
  void headersAreFoundInLongAndInCompactForm() {
    SipRequest message = message();
    assertThat(message.method()).isEqualTo("MESSAGE");
    assertThat(message.uri()).isEqualTo(SipUri.of("bob", "example.com"));
    assertThat(message.topVia().branch()).contains("z9hG4bK1");
    assertThat(message.vias()).extracting(Via::sentBy).containsExactly("a.example.com", "b.example.com:5070", "[2001:db8::9]:5061");
    assertThat(message.from().displayName()).isEqualTo("Alice \"A\"");
    assertThat(message.from().tag()).contains("1");
    assertThat(message.to().tag()).isEmpty();
    assertThat(message.callId()).isEqualTo("abc@a");
    assertThat(message.cseq()).isEqualTo(new CSeq(7, "MESSAGE"));
    assertThat(message.number(Header.MAX_FORWARDS)).hasValue(70);
    assertThat(message.first(Header.SUBJECT)).contains("folded over, lines");
    assertThat(message.contentType()).contains(MediaType.TEXT_PLAIN.with("charset", "UTF-8"));
    assertThat(message.addresses(Header.ROUTE)).hasSize(2);
    assertThat(message.body()).asString().isEqualTo("hello");
    assertThat(message.has(Header.of("CONTENT-length"))).isTrue();
    assertThat(message.has(Header.CONTACT)).isFalse();
    assertThat(message.first(Header.of("x-none"))).isEmpty();
  }

  @Test
  void anUntouchedMessageIsWrittenByteForByte() {
    assertThat(message().toString()).isEqualTo(MESSAGE);
    assertThat(message().encodedLength()).isEqualTo(MESSAGE.length());
  }

  @Test
  void aViaIsPushedAndPoppedFromAJoinedLine() {
    SipRequest pushed = message().prepend(Header.VIA, "SIP/2.0/TCP me;branch=z9hG4bKme");
    assertThat(pushed.topVia().host()).isEqualTo("me");
    assertThat(pushed.vias()).hasSize(4);
    assertThat(pushed.withoutFirstValue(Header.VIA).toString()).isEqualTo(MESSAGE);
    SipRequest popped = message().withoutFirstValue(Header.VIA);
    assertThat(popped.vias()).extracting(Via::transport).containsExactly("TCP", "TLS");
    assertThat(popped.topVia().host()).isEqualTo("b.example.com");
    assertThat(popped.withoutFirstValue(Header.VIA).vias()).hasSize(1);
    assertThat(read(popped.toString()).vias()).isEqualTo(popped.vias());
  }

  @Test
  void contentLengthFollowsTheBody() {
    SipRequest longer = message().withBody(MediaType.TEXT_PLAIN, "hello world".getBytes(StandardCharsets.UTF_8));
    assertThat(longer.toString()).contains("\r\nContent-Length: 11\r\n").doesNotContain("\r\nl: 5").endsWith("\r\n\r\nhello world");
    assertThat(longer.encodedLength()).isEqualTo(longer.encode().length);
    assertThat(message().withoutBody().toString()).endsWith("Content-Length: 0\r\n\r\n").doesNotContain("Content-Type");
  }

  @Test
  void aResponseTakesBackWhatRfc3261Demands() {
    SipResponse response = SipResponse.to(message(), 202, "Accepted").withToTag("x9").with(Header.EXPIRES, "60");
    assertThat(response.toString()).startsWith("SIP/2.0 202 Accepted\r\nVia: SIP/2.0/UDP a.example.com")
        .contains("To: <sip:bob@example.com>;tag=x9\r\n");
    assertThat(response.withToTag("other").to().tag()).contains("x9");
    SipResponse again = (SipResponse) read(response.toString());
    assertThat(again.status()).isEqualTo(202);
    assertThat(again.reason()).isEqualTo("Accepted");
    assertThat(again.vias()).isEqualTo(message().vias());
    assertThat(again.isFinal()).isTrue();
    assertThat(again.isSuccess()).isTrue();
  }

  @Test
  void aValueCannotSmuggleAHeaderIn() {
    assertThatThrownBy(() -> message().with(Header.SUBJECT, "a\r\nEvil: b")).isInstanceOf(Malformed.class).hasMessageContaining("Subject");
  }

  @Test
  void aCarriageReturnInsideALineIsAFault() {
    assertThat(SipValidity.check(read(MESSAGE))).isEmpty();
    assertThat(SipValidity.check(read(MESSAGE.replace("folded", "a\rEvil: b"))).orElseThrow().reason())
        .isEqualTo("Subject has a CR that ends no line");
  }

  @Test
  void requireHasOptionTagsOnly() {
    SipRequest odd = (SipRequest) read(MESSAGE.replace("Route: ", "Proxy-Require: a b\r\nRoute: "));
    assertThat(Torture.PLAIN.check(odd).orElseThrow().reason()).startsWith("Proxy-Require");
  }

  @Test
  void datesAreReadAndWritten() {
    String text = "Sat, 13 Nov 2010 23:29:00 GMT";
    assertThat(SipDate.parse(text)).isEqualTo("2010-11-13T23:29:00Z");
    assertThat(SipDate.write(SipDate.parse(text))).isEqualTo(text);
    for (String bad : new String[] {"", "Sat, 13 Nov 2010 23:29:00 UTC", "Sat, 31 Feb 2010 23:29:00 GMT",
        "Sat, 13 ovD 2010 23:29:00 GMT"}) {
      assertThatThrownBy(() -> SipDate.parse(bad)).isInstanceOf(Malformed.class);
    }
  }

  @Test
  void unknownHeadersAreFoundWhoeverWroteThem() {
    SipRequest changed = message().with(Header.of("X-Mine"), "1").append(Header.of("x-mine"), "2");
    assertThat(changed.lines(Header.of("X-MINE"))).containsExactly("1", "2");
    assertThat(read(changed.toString()).lines(Header.of("x-mine"))).containsExactly("1", "2");
    assertThat(changed.with(Header.of("X-mine"), "3").values(Header.of("x-mine"))).containsExactly("3");
    assertThat(changed.without(Header.of("x-mine")).toString()).isEqualTo(MESSAGE);
    assertThat(Header.of("X-Mine")).isEqualTo(Header.of("x-mine")).hasSameHashCodeAs(Header.of("x-mine")).isNotEqualTo(Header.VIA);
    assertThat(Header.of("V")).isSameAs(Header.VIA);
  }

  @Test
  void theShortestStartLinesAreJudged() {
    assertThat(SipValidity.check(read("A SIP/2\r\n\r\n")).orElseThrow().status()).isEqualTo(505);
    assertThat(SipValidity.check(read("A SIP/2.0\r\n\r\n")).orElseThrow().status()).isEqualTo(400);
    assertThat(SipValidity.check(read("A  SIP/2.0\r\n\r\n")).orElseThrow().status()).isEqualTo(400);
    assertThat(SipValidity.check(read("A x SIP/2.00\r\n\r\n")).orElseThrow().status()).isEqualTo(505);
    assertThatThrownBy(() -> ((SipRequest) read("A SIP/2.0\r\n\r\n")).uri()).isInstanceOf(Malformed.class);
  }

  @Test
  void editDoesSeveralChangesAtOnce() {
    SipRequest changed =
        message()
            .edit()
            .uri(Uri.parse("sips:carol@[::1]:5071;lr"))
            .with(Header.MAX_FORWARDS, "69")
            .append(Header.ROUTE, "<sip:p3;lr>")
            .prepend(Header.RECORD_ROUTE, "<sip:rr;lr>")
            .without(Header.SUBJECT)
            .request();
    assertThat(changed.uri().toString()).isEqualTo("sips:carol@[::1]:5071;lr");
    assertThat(changed.number(Header.MAX_FORWARDS)).hasValue(69);
    assertThat(changed.values(Header.ROUTE)).hasSize(3).last().isEqualTo("<sip:p3;lr>");
    assertThat(changed.has(Header.SUBJECT)).isFalse();
    assertThat(changed.toString()).contains("z9hG4bK9\r\nRecord-Route: <sip:rr;lr>\r\n");
    assertThat(message().toString()).isEqualTo(MESSAGE);
  }

  @Test
  void lineEndsOfLfAloneAreReadAndWrittenAsCrlf() {
    assertThat(read(MESSAGE.replace("\r\n", "\n")).toString()).isEqualTo(MESSAGE);
  }

  @Test
  void aMessageIsBuiltFromNothing() {
    SipRequest made =
        SipRequest.of("OPTIONS", SipUri.of("a", "b.c")).edit().with(Header.VIA, "SIP/2.0/UDP h;branch=z9hG4bKq")
            .with(Header.CALL_ID, "1").request();
    assertThat(made.toString())
        .isEqualTo("OPTIONS sip:a@b.c SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKq\r\nCall-ID: 1\r\nContent-Length: 0\r\n\r\n");
  }

  @Test
  void whatIsNoSipIsMalformed() {
    for (String text : new String[] {"", "\r\n", "hello", "GET / HTTP/1.1\r\n\r\n", "SIP/2.0 20 x\r\n\r\n", "SIP/2.0 2000 x\r\n\r\n",
        "MESSAGE\r\n\r\n"}) {
      assertThatThrownBy(() -> read(text)).as(text).isInstanceOf(Malformed.class);
    }
  }
}
