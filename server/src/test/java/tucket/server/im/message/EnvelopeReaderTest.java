// What is read out of a request.
package tucket.server.im.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import tucket.protocol.Malformed;
import tucket.protocol.cpim.Disposition;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipReader;
import tucket.protocol.sip.SipRequest;
import tucket.server.Envelope;
import tucket.server.im.settings.ServiceAddresses;

class EnvelopeReaderTest {
  static final AddressOfRecord ALICE = AddressOfRecord.of("sip:alice@example.com");
  static final AddressOfRecord BOB = AddressOfRecord.of("sip:bob@example.com");
  static final Instant NOW = Instant.parse("2026-11-22T08:00:00.123456789Z");
  static final EnvelopeReader READER = new EnvelopeReader(ServiceAddresses.of("example.com"), Duration.ofDays(30), 100_000);

  static final String HEAD = """
      MESSAGE sip:bob@example.com SIP/2.0
      Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1
      Max-Forwards: 70
      From: "Alice" <sip:alice@example.com>;tag=1
      To: <sip:bob@example.com>
      Call-ID: c1
      CSeq: 4 MESSAGE
      P-Asserted-Identity: <sip:alice@example.com>
      """;

  static SipRequest request(String more, byte[] body) {
    byte[] head = (HEAD + more + "Content-Length: " + body.length + "\n\n").replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
    byte[] all = java.util.Arrays.copyOf(head, head.length + body.length);
    System.arraycopy(body, 0, all, head.length, body.length);
    return (SipRequest) new SipReader().read(all, 0, all.length);
  }

  static SipRequest request(String more, String body) {
    return request(more, body.getBytes(StandardCharsets.UTF_8));
  }

  static Reading read(SipRequest request) {
    return ((EnvelopeReader.Read) READER.read(request, ALICE, BOB, NOW)).reading();
  }

  static final String RCSJTA = """
      From: <sip:anonymous@anonymous.invalid>
      To: <sip:anonymous@anonymous.invalid>
      NS: imdn <urn:ietf:params:imdn>
      imdn.Message-ID: Msg6b8f
      DateTime: 2026-11-22T07:56:56.000Z
      imdn.Disposition-Notification: positive-delivery, display

      Content-type: text/plain;charset=utf-8
      Content-length: 5

      hello""".replace("\n", "\r\n");

  @Test
  void whatIsReadAgainLaterIsWhatWasReadAtFirst() {
    List<SipRequest> requests = List.of(
        request("Content-Type: message/cpim\nX-Other: 1\nExpires: 60\n", RCSJTA),
        request("Content-Type: text/plain\n", "hello"),
        request("Content-Type: application/im-iscomposing+xml\n", "<isComposing/>"));
    for (SipRequest request : requests) {
      Reading first = read(request);
      Reading again = READER.again(request, Brief.of(first));
      assertThat(again.envelope()).usingRecursiveComparison().isEqualTo(first.envelope());
      assertThat(again.wrapper()).isEqualTo(first.wrapper());
      assertThat(again.plain()).isEqualTo(first.plain());
      assertThat(again.passing()).isEqualTo(first.passing());
    }
  }

  @Test
  void aCpimMessageIsReadWithItsIdAndRequests() {
    Reading reading = read(request("Content-Type: message/cpim\n", RCSJTA));

    Envelope e = reading.envelope();
    assertThat(e.kind()).isEqualTo(Envelope.Kind.MESSAGE);
    assertThat(e.messageId()).isEqualTo("Msg6b8f");
    assertThat(e.wanted()).containsExactlyInAnyOrder(Disposition.POSITIVE_DELIVERY, Disposition.DISPLAY);
    assertThat(e.body()).isEqualTo(RCSJTA.getBytes(StandardCharsets.UTF_8));
    assertThat(e.received()).isEqualTo(Instant.parse("2026-11-22T08:00:00.123Z"));
    assertThat(e.expires()).isEqualTo(e.received().plus(Duration.ofDays(30)));
  }

  @Test
  void aDeflatedBodyIsReadAndKeptAsItArrived() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
      deflater.write(RCSJTA.getBytes(StandardCharsets.UTF_8));
    }

    Reading reading = read(request("Content-Type: message/cpim\nContent-Encoding: deflate\n", out.toByteArray()));

    assertThat(reading.envelope().messageId()).isEqualTo("Msg6b8f");
    assertThat(reading.envelope().body()).isEqualTo(out.toByteArray());
    assertThat(reading.plain()).isEqualTo(RCSJTA.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aNotificationIsKnownByItsContentAndWantsNothing() {
    String cpim = RCSJTA.replace("Content-type: text/plain;charset=utf-8", "Content-type: message/imdn+xml");

    Reading reading = read(request("Content-Type: message/cpim\n", cpim));

    assertThat(reading.isNotification()).isTrue();
    assertThat(reading.envelope().wanted()).isEmpty();
  }

  @Test
  void aBareNotificationIsOneToo() {
    assertThat(read(request("Content-Type: message/imdn+xml\n", "<imdn/>")).isNotification()).isTrue();
  }

  @Test
  void aRetryHasTheSameIdAndAnotherMessageAnotherOne() {
    String id = read(request("Content-Type: text/plain\n", "hi")).envelope().messageId();
    SipRequest other = request("Content-Type: text/plain\n", "hi").with(Header.CSEQ, "5 MESSAGE");

    assertThat(read(request("Content-Type: text/plain\n", "hi").with(Header.VIA, "SIP/2.0/UDP x;branch=z9hG4bKz")).envelope().messageId())
        .isEqualTo(id);
    assertThat(read(other).envelope().messageId()).isNotEqualTo(id);
    assertThat(id).startsWith("im-").hasSize(35);
  }

  @Test
  void theSenderIsWhoIsAssertedNotWhoIsClaimed() {
    SipRequest request = request("Content-Type: text/plain\n", "hi").with(Header.FROM, "\"The Boss\" <sip:boss@example.com>;tag=1");

    Envelope e = read(request).envelope();

    assertThat(e.from()).isEqualTo(ALICE);
    assertThat(e.carried()).noneMatch(c -> c.value().contains("Boss"));
  }

  @Test
  void theCarriedHeadersAreKept() {
    Envelope e = read(request("Content-Type: text/plain\nContribution-ID: abc\ns: Lunch\nX-Custom: 1\nX-Custom: 2\n", "hi")).envelope();

    assertThat(e.carried()).contains(new Envelope.Carried("Contribution-ID", "abc"), new Envelope.Carried("Subject", "Lunch"),
        new Envelope.Carried("X-Custom", "1"), new Envelope.Carried("X-Custom", "2"));
  }

  @Test
  void expiresIsRelativeAndBounded() {
    Instant received = Instant.parse("2026-11-22T08:00:00.123Z");

    assertThat(read(request("Expires: 60\n", "")).envelope().expires()).isEqualTo(received.plusSeconds(60));
    assertThat(read(request("Expires: 4294967295\n", "")).envelope().expires()).isEqualTo(received.plus(Duration.ofDays(30)));
  }

  @Test
  void aBodyWithoutTypeIsMalformed() {
    assertThatThrownBy(() -> read(request("", "hi"))).isInstanceOf(Malformed.class).hasMessageContaining("Content-Type");
  }

  @Test
  void aBodyThatGrowsBeyondTheLimitIsMalformed() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
      deflater.write(new byte[200_000]);
    }

    assertThatThrownBy(() -> read(request("Content-Type: text/plain\nContent-Encoding: deflate\n", out.toByteArray())))
        .isInstanceOf(Malformed.class);
  }

  @Test
  void anUnknownEncodingInsideCpimIsUndecodable() {
    String cpim = RCSJTA.replace("Content-length: 5", "Content-Encoding: br");

    assertThat(READER.read(request("Content-Type: message/cpim\n", cpim), ALICE, BOB, NOW)).isInstanceOf(EnvelopeReader.Undecodable.class);
  }

  @Test
  void theSecondLegTakesOverTheReadingOfTheFirst() {
    SipRequest request = request("Content-Type: message/cpim\n", RCSJTA);
    Reading first = read(request);

    Reading second = READER.during(request, first, () -> read(request.prepend(Header.ROUTE, "<sip:core;lr>")));
    Reading third = READER.during(request, first, () -> read(request.with(Header.CALL_ID, "other")));

    assertThat(second).isSameAs(first);
    assertThat(third).isNotSameAs(first);
  }

  @Test
  void whatIsStoredIsReadBackAsItWas() {
    Reading reading = read(request("Content-Type: message/cpim;charset=utf-8\nSubject: Grüße\n", RCSJTA));

    Envelope back = EnvelopeCodec.decode(EnvelopeCodec.encode(reading.envelope()));

    assertThat(back).usingRecursiveComparison().withEqualsForType(AddressOfRecord::equals, AddressOfRecord.class).isEqualTo(reading.envelope());
    assertThat(READER.open(back).wrapper()).isEqualTo(reading.wrapper());
  }

  @Test
  void damagedStoredBytesAreRecognised() {
    byte[] stored = EnvelopeCodec.encode(read(request("Content-Type: message/cpim\n", RCSJTA)).envelope());

    for (int length = 0; length < stored.length; length += 7) {
      byte[] cut = java.util.Arrays.copyOf(stored, length);
      assertThatThrownBy(() -> EnvelopeCodec.decode(cut)).isInstanceOf(IllegalStateException.class);
    }
  }
}
