// What is found in the bytes of a request without reading it is what the reader finds.
package tucket.protocol.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tucket.protocol.fuzz.SipCorpus;
import tucket.protocol.sip.transaction.TransactionKey;

class RequestOutlineTest {
  private static final String PLAIN = """
      MESSAGE sip:bob@example.org SIP/2.0
      Via: SIP/2.0/UDP Client.example.org:5062;rport;branch=z9hG4bKabc.1;x=y
      Max-Forwards: 70
      v: SIP/2.0/UDP [2001:db8::1];branch=z9hG4bKdef, SIP/2.0/TCP c;branch=z9hG4bKghi
      To: "Bob" <sip:bob@example.org>
      f: <sip:alice@example.org>;tag=a1
      Call-ID: 1@client
      CSeq: 12 MESSAGE
      Content-Type: text/plain
      Content-Length: 4

      To: x""".replace("\n", "\r\n");
  private static final byte[] LINE = bytes("SIP/2.0 503 Service Unavailable\r\n");
  private static final byte[] MORE = bytes("Retry-After: 5\r\nContent-Length: 0\r\n\r\n");
  private static final String SPICE = "\r\n \t:;,<>\"\\@%=/?[]tvfic.0129aZ\0\u007f";

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static @Nullable RequestOutline outline(byte[] data) {
    return RequestOutline.of(data, 0, data.length);
  }

  private static @Nullable RequestOutline outline(String text) {
    return outline(bytes(text));
  }

  /// The response that the slow way makes.
  private static SipResponse expected(SipRequest request) {
    Via via = request.topVia();
    Via stamped = via.asksRport() ? via.with("received", "192.0.2.1").with("rport", "4000") : via.with("received", "192.0.2.1");
    return SipResponse.to(request.edit().topVia(stamped).request(), 503, "Service Unavailable").edit().append(Header.RETRY_AFTER, "5")
        .with(Header.TO, request.first(Header.TO).orElse("") + ";tag=t").response();
  }

  private static void same(byte[] data, RequestOutline outline) {
    SipRequest request = (SipRequest) new SipReader().read(data.clone());
    assertThat(TransactionKey.of(outline)).isEqualTo(TransactionKey.of(request));
    assertThat(outline.branch()).isEqualTo(request.topVia().branch().orElseThrow());
    assertThat(outline.host()).isEqualTo(request.topVia().host());
    assertThat(outline.port()).isEqualTo(request.topVia().port());
    assertThat(outline.asksRport()).isEqualTo(request.topVia().asksRport());
    byte[] made = outline.response(LINE, Optional.of("192.0.2.1"), 4000, "t", MORE);
    SipResponse response = (SipResponse) new SipReader().read(made);
    SipResponse slow = expected(request);
    assertThat(response.status()).isEqualTo(503);
    for (Header h : List.of(Header.FROM, Header.TO, Header.CALL_ID, Header.CSEQ, Header.RETRY_AFTER, Header.CONTENT_LENGTH)) {
      assertThat(response.lines(h)).as(h.name()).isEqualTo(h == Header.CONTENT_LENGTH ? List.of("0") : slow.lines(h));
    }
    assertThat(response.values(Header.VIA).subList(1, response.values(Header.VIA).size()))
        .isEqualTo(slow.values(Header.VIA).subList(1, slow.values(Header.VIA).size()));
    assertThat(response.topVia().sentBy()).isEqualTo(slow.topVia().sentBy());
    assertThat(response.topVia().rport()).isEqualTo(slow.topVia().rport());
    assertThat(response.topVia().received()).isEqualTo(slow.topVia().received());
  }

  @Test
  void whatGoesBackIsWhatTheReaderWouldGiveBack() {
    RequestOutline outline = Objects.requireNonNull(outline(PLAIN));
    same(bytes(PLAIN), outline);
    assertThat(new String(outline.response(LINE, Optional.of("192.0.2.1"), 4000, "t", MORE), StandardCharsets.UTF_8)).isEqualTo("""
        SIP/2.0 503 Service Unavailable
        Via: SIP/2.0/UDP Client.example.org:5062;rport=4000;branch=z9hG4bKabc.1;x=y;received=192.0.2.1
        v: SIP/2.0/UDP [2001:db8::1];branch=z9hG4bKdef, SIP/2.0/TCP c;branch=z9hG4bKghi
        To: "Bob" <sip:bob@example.org>;tag=t
        f: <sip:alice@example.org>;tag=a1
        Call-ID: 1@client
        CSeq: 12 MESSAGE
        Retry-After: 5
        Content-Length: 0

        """.replace("\n", "\r\n"));
  }

  @Test
  void whateverIsBrokenInARequestNothingElseIsToldThanTheReaderTells() {
    Random random = new Random(20_261_122);
    byte[] plain = bytes(PLAIN);
    int told = 0;
    for (int round = 0; round < 40_000; round++) {
      byte[] data = plain;
      for (int i = random.nextInt(3); i >= 0; i--) {
        data = mutated(data, random);
      }
      RequestOutline outline = outline(data);
      if (outline != null) {
        told++;
        try {
          same(data, outline);
        } catch (AssertionError | RuntimeException different) {
          throw new AssertionError("round " + round + ":\n" + new String(data, StandardCharsets.ISO_8859_1), different);
        }
      }
    }
    assertThat(told).isBetween(10_000, 35_000);
  }

  private static byte[] mutated(byte[] data, Random random) {
    int at = random.nextInt(data.length);
    int cut = random.nextInt(3) == 0 ? Math.min(random.nextInt(30), data.length - at) : 0;
    byte[] more = random.nextBoolean() ? bytes("" + SPICE.charAt(random.nextInt(SPICE.length()))) : new byte[0];
    byte[] made = Arrays.copyOf(data, data.length - cut + more.length);
    System.arraycopy(more, 0, made, at, more.length);
    System.arraycopy(data, at + cut, made, at + more.length, data.length - at - cut);
    return made;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "MESSAGE sip:b->ACK sip:b", "MESSAGE sip:b->CANCEL sip:b", "MESSAGE sip:b->SIP/2.0 200 sip:b", "example.org>\r\nf:->example.org>;tag=b\r\nf:",
        "example.org>\r\nf:->example.org>;TAG=b\r\nf:", "Max-Forwards: 70->Max-Forwards: 70\r\n 1", "To: ->To : ", "Call-ID: 1@client\r\n->",
        "Call-ID: 1@client->i: 1\r\nCall-ID: 2", "CSeq: 12 MESSAGE->CSeq: 12 INVITE", "CSeq: 12->CSeq: x", "z9hG4bKabc.1->abc", ";x=y->;x=\"y\"",
        ";x=y->;received=1.2.3.4", ";x=y->, SIP/2.0/UDP x;branch=z9hG4bKx", ";rport->;rport=1", "SIP/2.0/UDP Client->SIP/2.0/UDP  Client", "\r\n\r\nTo: x->",
        ":5062->:99999", " SIP/2.0\r\nVia-> SIP/3.0\r\nVia", "Max-Forwards: 70\r\n->Max-Forwards: 70\n"
      })
  void whatIsOfAnotherFormIsLeftToTheReader(String change) {
    String[] parts = change.split("->", -1);
    assertThat(PLAIN).contains(parts[0]);
    assertThat(outline(PLAIN.replace(parts[0], parts[1]))).isNull();
  }

  @Test
  void theTortureMessagesAreToldAsTheReaderTellsThem() {
    int told = 0;
    for (List<String> names : List.of(SipCorpus.RFC4475, SipCorpus.RFC5118)) {
      for (String name : names) {
        byte[] data = SipCorpus.bytes(name);
        RequestOutline outline = outline(data);
        if (outline != null) {
          told++;
          same(data, outline);
        }
      }
    }
    assertThat(told).isPositive();
  }
}
