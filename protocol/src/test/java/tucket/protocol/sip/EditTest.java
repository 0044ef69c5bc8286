// What a changed message still knows, and what it must find out anew.
package tucket.protocol.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import tucket.protocol.mime.MediaType;

class EditTest {
  private static SipRequest message() {
    String text =
        """
        MESSAGE sip:bob@example.com SIP/2.0
        Via: SIP/2.0/UDP a.example.com;rport;branch=z9hG4bK1, SIP/2.0/TCP b.example.com;branch=z9hG4bK0
        From: <sip:alice@example.com>;tag=1
        To: <sip:bob@example.com>
        Call-ID: abc
        CSeq: 7 MESSAGE
        X-One: 1
        x-two: 2
        X-ONE: 3
        Content-Type: text/plain
        Content-Length: 5

        hello"""
            .replace("\n", "\r\n");
    return (SipRequest) new SipReader().read(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void theTopViaIsReplacedAndTheOthersStay() {
    Via stamped = message().topVia().with("received", "192.0.2.1").with("rport", "5070");
    SipRequest changed = message().edit().topVia(stamped).request();
    assertThat(changed.vias()).hasSize(2).last().extracting(Via::sentBy).isEqualTo("b.example.com");
    assertThat(changed.topVia()).isEqualTo(stamped);
    assertThat(((SipRequest) new SipReader().read(changed.encode())).topVia()).isEqualTo(stamped);
  }

  @Test
  void aLaterChangeOfTheViaIsSeenBehindAnEarlierOne() {
    SipRequest changed = message().edit().topVia(message().topVia().with("received", "192.0.2.1")).withoutFirstValue(Header.VIA).request();
    assertThat(changed.topVia().sentBy()).isEqualTo("b.example.com");
  }

  @Test
  void aFaultThatAChangeBringsIsFoundThoughTheMessageWasGood() {
    SipRequest good = message();
    assertThat(SipValidity.check(good)).isEmpty();
    assertThat(SipValidity.check(good.edit().topVia(good.topVia().with("received", "192.0.2.1")).request())).isEmpty();
    assertThat(SipValidity.check(good.with(Header.CSEQ, "7 INVITE"))).isPresent();
    assertThat(SipValidity.check(good.append(Header.CALL_ID, "again"))).isPresent();
    assertThat(SipValidity.check(good.without(Header.CONTENT_TYPE))).isPresent();
    assertThat(SipValidity.check(good.withUri(Uri.parse("sip:bob@example.com?Subject=no")))).isPresent();
  }

  @Test
  void theUriIsThatOfTheLastChange() {
    SipRequest asked = message();
    assertThat(asked.uri().toString()).isEqualTo("sip:bob@example.com");
    SipRequest changed = asked.withUri(Uri.parse("sip:carol@example.com"));
    assertThat(changed.uri().toString()).isEqualTo("sip:carol@example.com");
    assertThat(changed.with(Header.SUBJECT, "s").uri().toString()).isEqualTo("sip:carol@example.com");
    assertThat(asked.uri().toString()).isEqualTo("sip:bob@example.com");
  }

  @Test
  void linesAreMadeLikeThoseOfAnotherMessage() {
    SipRequest request = message();
    SipResponse own = SipResponse.to(request, 200);
    assertThat(own.edit().likeIn(request, Header.VIA).response().toString()).isEqualTo(own.toString());
    SipResponse other = own.withoutFirstValue(Header.VIA).with(Header.CALL_ID, "other").append(Header.FROM, "<sip:x@example.com>");
    SipResponse again = other.edit().likeIn(request, Header.VIA).likeIn(request, Header.CALL_ID).likeIn(request, Header.FROM).response();
    assertThat(again.vias()).isEqualTo(request.vias());
    assertThat(again.callId()).isEqualTo("abc");
    assertThat(again.lines(Header.FROM)).isEqualTo(request.lines(Header.FROM));
    assertThat(own.edit().likeIn(SipRequest.of("MESSAGE", request.uri()), Header.VIA).response().has(Header.VIA)).isFalse();
  }

  @Test
  void bodiesAreComparedByTheirBytes() {
    SipRequest one = message();
    assertThat(one.hasBodyOf(one.with(Header.SUBJECT, "s"))).isTrue();
    assertThat(one.hasBodyOf(message())).isTrue();
    assertThat(one.hasBodyOf(one.withBody(MediaType.TEXT_PLAIN, "hullo".getBytes(StandardCharsets.UTF_8)))).isFalse();
    assertThat(one.withBody(MediaType.TEXT_PLAIN, "other".getBytes(StandardCharsets.UTF_8)).body()).asString().isEqualTo("other");
  }

  @Test
  void namesThatAreInNoTableComeOnceInTheirOrder() {
    assertThat(message().otherNames()).isEqualTo(List.of("X-One", "x-two"));
  }

  @Test
  void anAnswerKnowsTheRequestItWasMadeFor() {
    SipRequest request = message();
    SipResponse answer = SipResponse.to(request, Status.OK);
    assertThat(answer.isMadeFor(request)).isTrue();
    assertThat(answer.withToTag("5").append(Header.SERVER, "x").isMadeFor(request)).isTrue();
    assertThat(answer.isMadeFor(message())).as("the same text of another packet").isFalse();
    assertThat(answer.withoutFirstValue(Header.VIA).isMadeFor(request)).isFalse();
    assertThat(answer.prepend(Header.VIA, "SIP/2.0/UDP c.example.com").isMadeFor(request)).isFalse();
    assertThat(answer.without(Header.CSEQ).isMadeFor(request)).isFalse();
    assertThat(SipResponse.to(request.with(Header.CALL_ID, "abc"), Status.OK).isMadeFor(request)).isFalse();
  }

  @Test
  void aNewLineIsWrittenInUtf8() {
    assertThat(new String(message().with(Header.SUBJECT, "Grüße 👋 ok").encode(), StandardCharsets.UTF_8)).contains("\r\nSubject: Grüße 👋 ok\r\n");
    assertThat(message().with(Header.of("X-Three"), "plain").first(Header.of("x-three"))).hasValue("plain");
  }
}
