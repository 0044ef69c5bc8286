// What devices get.
package tucket.server.im.message;

import static org.assertj.core.api.Assertions.assertThat;
import static tucket.server.im.message.EnvelopeReaderTest.ALICE;
import static tucket.server.im.message.EnvelopeReaderTest.BOB;
import static tucket.server.im.message.EnvelopeReaderTest.NOW;
import static tucket.server.im.message.EnvelopeReaderTest.READER;
import static tucket.server.im.message.EnvelopeReaderTest.RCSJTA;
import static tucket.server.im.message.EnvelopeReaderTest.read;
import static tucket.server.im.message.EnvelopeReaderTest.request;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import tucket.protocol.cpim.CpimMessage;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.server.im.settings.ImSettings;

class EnvelopeWriterTest {
  private final AtomicInteger random = new AtomicInteger();
  private final EnvelopeWriter writer = new EnvelopeWriter(ImSettings.of("example.com"), b -> b[0] = (byte) random.incrementAndGet());

  private static String body(SipRequest request) {
    return new String(request.body(), StandardCharsets.UTF_8);
  }

  @Test
  void theWrapperIsCanonicalAndTheAddressesAreTheAssertedOnes() {
    SipRequest out = writer.outgoing(read(request("Content-Type: message/cpim; charset=utf-8\n", RCSJTA))).forDevice(true);

    assertThat(out.first(Header.CONTENT_TYPE)).contains("message/cpim");
    assertThat(body(out)).isEqualTo("""
        From: <sip:alice@example.com>
        To: <sip:bob@example.com>
        NS: imdn <urn:ietf:params:imdn>
        imdn.Message-ID: Msg6b8f
        DateTime: 2026-11-22T07:56:56.000Z
        imdn.Disposition-Notification: positive-delivery, display

        Content-Type: text/plain;charset=utf-8
        Content-Length: 5

        hello""".replace("\n", "\r\n"));
  }

  @Test
  void theRequestNamesTheRealSenderTheReceiptAndWhatIsCarried() {
    SipRequest out = writer.outgoing(read(request("Content-Type: message/cpim\nContribution-ID: abc\nExpires: 600\n", RCSJTA)))
        .forDevice(true);

    assertThat(out.method()).isEqualTo("MESSAGE");
    assertThat(out.uri().toString()).isEqualTo("sip:bob@example.com");
    assertThat(out.lines(Header.P_ASSERTED_IDENTITY)).containsExactly("<sip:alice@example.com>");
    assertThat(out.first(Header.DATE)).contains("Sun, 22 Nov 2026 08:00:00 GMT");
    assertThat(out.first(Header.of("Contribution-ID"))).contains("abc");
    assertThat(out.first(Header.EXPIRES)).contains("600");
    assertThat(out.from().displayName()).isEqualTo("Alice");
    assertThat(out.from().tag()).isPresent();
    assertThat(out.to().tag()).isEmpty();
    assertThat(out.has(Header.VIA)).isFalse();
    assertThat(out.lines(Header.CALL_ID)).hasSize(1).doesNotContain("c1");
    assertThat(out.has(Header.CONTACT)).isFalse(); // RFC 3428 section 4
  }

  @Test
  void aDeflatedBodyLeavesInflated() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(packed)) {
      deflater.write("hello".getBytes(StandardCharsets.UTF_8));
    }

    SipRequest out = writer.outgoing(read(request("Content-Type: text/plain\nContent-Encoding: deflate\n", packed.toByteArray())))
        .forDevice(false);

    assertThat(body(out)).isEqualTo("hello");
    assertThat(out.has(Header.CONTENT_ENCODING)).isFalse();
  }

  @Test
  void aBareBodyStaysBareForADeviceWithoutTheFeature() {
    SipRequest out = writer.outgoing(read(request("Content-Type: text/plain;charset=utf-8\n", "hi"))).forDevice(false);

    assertThat(out.first(Header.CONTENT_TYPE)).contains("text/plain;charset=utf-8");
    assertThat(body(out)).isEqualTo("hi");
    assertThat(out.has(Header.ACCEPT_CONTACT)).isFalse();
  }

  @Test
  void aBareBodyIsWrappedWithItsIdForADeviceThatHasTheFeature() {
    Reading reading = read(request("Content-Type: text/plain;charset=utf-8\n", "hi"));

    SipRequest out = writer.outgoing(reading).forDevice(true);

    CpimMessage cpim = CpimMessage.parse(out.body());
    assertThat(out.first(Header.CONTENT_TYPE)).contains("message/cpim");
    assertThat(cpim.messageId()).contains(reading.envelope().messageId());
    assertThat(cpim.dateTime()).contains("2026-11-22T08:00:00.123Z");
    assertThat(cpim.dispositions()).isEmpty();
    assertThat(new String(cpim.content().body(), StandardCharsets.UTF_8)).isEqualTo("hi");
    assertThat(out.first(Header.ACCEPT_CONTACT)).contains("*;+g.oma.sip-im");
  }

  @Test
  void aNotificationGetsNamespaceAndIdWhereItsClientGaveNone() { // Linphone writes it so, rcsjta refuses it so
    String linphone = """
        Content-Disposition: notification
        Content-Type: message/imdn+xml

        <imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>m1</message-id></imdn>""";
    String cpim = ("From: <sip:alice@example.com>\nTo: <sip:bob@example.com>\n\n" + linphone).replace("\n", "\r\n");

    SipRequest out = writer.outgoing(read(request("Content-Type: message/cpim\n", cpim))).forDevice(true);

    assertThat(out.first(Header.CONTENT_TYPE)).contains("message/cpim");
    assertThat(body(out)).contains("imdn <urn:ietf:params:imdn>").contains("imdn.Message-ID: im-");
  }

  @Test
  void aSignedBodyLeavesAsItArrived() {
    String signed = RCSJTA.replace("text/plain;charset=utf-8", "multipart/signed;boundary=x");

    SipRequest out = writer.outgoing(read(request("Content-Type: message/cpim\n", signed))).forDevice(true);

    assertThat(body(out)).isEqualTo(signed);
  }

  @Test
  void bySettingTheWrapperLeavesAsItArrived() {
    EnvelopeWriter verbatim = new EnvelopeWriter(ImSettings.of("example.com").withRewrite(ImSettings.Rewrite.VERBATIM), b -> {});

    assertThat(body(verbatim.outgoing(read(request("Content-Type: message/cpim\n", RCSJTA))).forDevice(true))).isEqualTo(RCSJTA);
    assertThat(body(verbatim.outgoing(read(request("Content-Type: text/plain\n", "hi"))).forDevice(true))).isEqualTo("hi");
  }

  @Test
  void aNumberIsWrittenAsASipUriWithinTheWrapper() {
    AddressOfRecord number = AddressOfRecord.of("tel:+33612345678");
    SipRequest in = request("Content-Type: message/cpim\n", RCSJTA).with(Header.P_ASSERTED_IDENTITY, "<tel:+33612345678>")
        .with(Header.FROM, "<sip:+33612345678@example.com;user=phone>;tag=1");
    Reading reading = ((EnvelopeReader.Read) READER.read(in, number, BOB, NOW)).reading();

    SipRequest out = writer.outgoing(reading).forDevice(true);

    assertThat(body(out)).startsWith("From: <sip:+33612345678@example.com;user=phone>\r\n");
    assertThat(out.first(Header.P_ASSERTED_IDENTITY)).contains("<tel:+33612345678>");
  }

  @Test
  void aStoredEnvelopeIsWrittenAsAFreshOne() {
    Reading reading = read(request("Content-Type: message/cpim\nSubject: x\n", RCSJTA));
    Reading stored = READER.open(EnvelopeCodec.decode(EnvelopeCodec.encode(reading.envelope())));

    SipRequest fresh = writer.outgoing(reading).forDevice(true);
    SipRequest later = writer.outgoing(stored).forDevice(true);

    assertThat(later.body()).isEqualTo(fresh.body());
    assertThat(later.names()).isEqualTo(fresh.names());
    assertThat(later.first(Header.DATE)).isEqualTo(fresh.first(Header.DATE));
  }

  @Test
  void oneFormIsWrittenOnceForAllDevicesOfASort() {
    EnvelopeWriter.Outgoing out = writer.outgoing(read(request("Content-Type: text/plain\n", "hi")));

    assertThat(out.forDevice(true)).isSameAs(out.forDevice(true)).isNotSameAs(out.forDevice(false));
    assertThat(ALICE).isNotEqualTo(BOB);
  }
}
