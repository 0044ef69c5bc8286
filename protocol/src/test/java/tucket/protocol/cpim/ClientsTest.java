// CPIM literally as the clients of the field write it, and what each of them needs to read.
package tucket.protocol.cpim;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static tucket.protocol.fuzz.CpimCorpus.AG_IMDN;
import static tucket.protocol.fuzz.CpimCorpus.AG_MESSAGE;
import static tucket.protocol.fuzz.CpimCorpus.LINPHONE_IMDN;
import static tucket.protocol.fuzz.CpimCorpus.MAVENIR_MESSAGE;
import static tucket.protocol.fuzz.CpimCorpus.RCSJTA_MESSAGE;
import static tucket.protocol.mime.ContentEncodingTest.deflate;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import tucket.protocol.document.ResourceLists;
import tucket.protocol.fuzz.CpimCorpus;
import tucket.protocol.imdn.Imdn;
import tucket.protocol.iscomposing.IsComposing;
import tucket.protocol.mime.ContentEncoding;
import tucket.protocol.mime.Entity;
import tucket.protocol.mime.MediaType;

class ClientsTest {
  private static CpimMessage parse(String text) {
    return CpimMessage.parse(text.getBytes(UTF_8));
  }

  private static String relayed(String text) {
    return new String(parse(text).withAddresses("sip:+33611@example.com", "sip:+33622@example.com").write(), UTF_8);
  }

  @Test
  void linphoneDeflatesItsImdnWithZlib() {
    byte[] onTheWire = deflate(LINPHONE_IMDN.getBytes(UTF_8), false);
    CpimMessage m = CpimMessage.parse(ContentEncoding.inflate("deflate", onTheWire, 64 * 1024));
    assertThat(m.isNotification()).isTrue();
    assertThat(Imdn.parseAll(m.content()).getFirst().messageId()).isEqualTo("Zx~9kQ");
  }

  @Test
  void linphoneDeflatesTheContentInsideCpimAndItGoesOutPlain() {
    byte[] xml = IsComposing.active("text/plain", 60).write();
    byte[] head = ("From: <sip:a@example.org>\r\nTo: <sip:b@example.org>\r\n\r\nContent-Type: application/im-iscomposing+xml\r\n"
        + "Content-Encoding: deflate\r\n\r\n").getBytes(UTF_8);
    byte[] coded = deflate(xml, false);
    byte[] message = Arrays.copyOf(head, head.length + coded.length);
    System.arraycopy(coded, 0, message, head.length, coded.length);
    CpimMessage m = CpimMessage.parse(message);
    assertThat(m.content().body()).isEqualTo(xml);
    assertThat(m.write()).asString().doesNotContain("Content-Encoding").contains("Content-Length: " + xml.length);
    assertThat(m.verbatim()).isEqualTo(message);
  }

  @Test
  void linphoneDeflatesIsComposingAndResourceLists() {
    byte[] composing = deflate(("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<isComposing "
        + "xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\"><state>active</state><refresh>60</refresh></isComposing>").getBytes(UTF_8),
        false);
    assertThat(IsComposing.parse(ContentEncoding.inflate("deflate", composing, 16_384)).state()).isEqualTo(IsComposing.State.ACTIVE);
    byte[] list = deflate(("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\" ?>\n<rl:resource-lists "
        + "xmlns:rl=\"urn:ietf:params:xml:ns:resource-lists\">"
        + "<rl:list><rl:entry uri=\"sip:bob@example.org\"/></rl:list></rl:resource-lists>").getBytes(UTF_8), false);
    Entity part = new Entity(Entity.of(MediaType.RESOURCE_LISTS, list).headers().with("Content-Encoding", "deflate"), list).decoded(16_384);
    assertThat(ResourceLists.parse(part.body()).entries()).extracting(ResourceLists.Entry::uri).containsExactly("sip:bob@example.org");
  }

  @Test
  void linphonesImdnWithoutNsAndWithDispositionFirstIsRead() {
    CpimMessage m = parse(LINPHONE_IMDN);
    assertThat(m.messageId()).isEmpty();
    assertThat(m.dispositions()).isEmpty();
    assertThat(Imdn.parseAll(m.content()).getFirst().status()).isEqualTo(Imdn.Status.DELIVERED);
  }

  @Test
  void linphonesImdnGoesOutWithTheNamespaceThatRcsjtaLooksFor() {
    String out = relayed(LINPHONE_IMDN);
    assertThat(out).contains("NS: imdn <urn:ietf:params:imdn>\r\n");
    assertThat(out).contains("\r\n\r\nContent-Type: message/imdn+xml\r\nContent-Disposition: notification\r\nContent-Length: ");
    assertThat(parse(LINPHONE_IMDN).withMessageId("new1").write()).asString().contains("\r\nimdn.Message-ID: new1\r\n");
  }

  @Test
  void linphoneAcceptsWhatWeWriteOfEveryClient() {
    for (String text : CpimCorpus.ALL) {
      String out = relayed(text);
      assertThat(out).startsWith("From: <sip:+33611@example.com>\r\nTo: <sip:+33622@example.com>\r\n");
      assertThat(out).doesNotContain("anonymous.invalid").doesNotContain("Content-type").contains("\r\nContent-Type: ");
      String heads = out.substring(0, out.indexOf("\r\n\r\n", out.indexOf("\r\n\r\n") + 4));
      assertThat(heads.replace("\r\n", "")).doesNotContain("\n").doesNotContain("\r");
    }
  }

  @Test
  void agWritesLfInTheMimePartAndMimeVersion() {
    CpimMessage m = parse(AG_MESSAGE);
    assertThat(m.from()).contains("sip:alice@example.com");
    assertThat(m.messageId()).contains("4f3c2b");
    assertThat(m.content().body()).asString().isEqualTo("hello\nworld");
    assertThat(relayed(AG_MESSAGE)).endsWith("\r\n\r\nContent-Type: text/plain; charset=\"utf-8\"\r\nMIME-Version: 1.0\r\nContent-Length: 11\r\n\r\nhello\n"
        + "world");
  }

  @Test
  void agWritesMicrosecondsAndAPercentEncodedRecipient() {
    CpimMessage m = parse(AG_IMDN);
    assertThat(m.dateTime()).contains("2026-11-22T07:56:57.654321+00:00");
    Imdn imdn = Imdn.parseAll(m.content()).getFirst();
    assertThat(imdn.dateTime()).isEqualTo("2026-11-22T07:56:56.123456+00:00");
    assertThat(imdn.recipientUri()).contains("sip:bob@example.com");
    assertThat(imdn.status()).isEqualTo(Imdn.Status.DISPLAYED);
    assertThat(relayed(AG_IMDN)).endsWith(AG_IMDN.substring(AG_IMDN.indexOf("<?xml")));
  }

  @Test
  void rcsjtaWritesSmallTypeNoLengthAndAnonymousAddresses() {
    CpimMessage m = parse(RCSJTA_MESSAGE);
    assertThat(m.content().is(MediaType.TEXT_PLAIN)).isTrue();
    assertThat(m.from()).contains("sip:anonymous@anonymous.invalid");
    assertThat(m.dispositions()).containsExactly(Disposition.POSITIVE_DELIVERY, Disposition.DISPLAY);
    assertThat(relayed(RCSJTA_MESSAGE)).isEqualTo("From: <sip:+33611@example.com>\r\nTo: <sip:+33622@example.com>\r\nNS: imdn "
        + "<urn:ietf:params:imdn>\r\n"
        + "imdn.Message-ID: Msg6b8f\r\nDateTime: 2026-11-22T07:56:56.000Z\r\nimdn.Disposition-Notification: positive-delivery, "
        + "display\r\n\r\n"
        + "Content-Type: text/plain;charset=utf-8\r\nContent-Length: 5\r\n\r\nhello");
  }

  @Test
  void rcsjtaReadsWhatWeWriteOfEveryClient() {
    for (String text : CpimCorpus.ALL) {
      CpimMessage original = parse(text);
      String out = new String(original.withMessageId("given").withAddresses("sip:a@example.com", "sip:b@example.com").write(), UTF_8);
      // it cuts at the first two CRLF CRLF, looks names up exactly, and searches for the id as plain text up to the line's end
      int first = out.indexOf("\r\n\r\n");
      int second = out.indexOf("\r\n\r\n", first + 4);
      assertThat(out.substring(second + 4).getBytes(UTF_8)).isEqualTo(original.content().body());
      assertThat(out.substring(first, second)).contains("\r\nContent-Type: ").contains("\r\nContent-Length: " + original.content()
          .body().length);
      int id = out.indexOf("imdn.Message-ID: ") + "imdn.Message-ID: ".length();
      assertThat(out.substring(id, out.indexOf("\r\n", id))).isEqualTo(original.messageId().orElse("given"));
      assertThat(out).contains("imdn <urn:ietf:params:imdn>");
    }
  }

  @Test
  void mavenirWritesNsWithoutBlankAndAnInvalidDateTime() {
    CpimMessage m = parse(MAVENIR_MESSAGE);
    assertThat(m.messageId()).contains("m1");
    assertThat(m.dateTime()).contains("2018-02-16T01:42:50+5:30");
    assertThat(relayed(MAVENIR_MESSAGE)).contains("NS: imdn <urn:ietf:params:imdn>\r\n")
        .contains("\r\nDateTime: 2018-02-16T01:42:50+5:30\r\n");
  }

  @Test
  void anyClientGetsIdTimeRequestsAndBodyByteForByte() {
    for (String text : CpimCorpus.ALL) {
      CpimMessage in = parse(text);
      CpimMessage out = CpimMessage.parse(in.withAddresses("sip:a@example.com", "sip:b@example.com").write());
      assertThat(out.messageId()).isEqualTo(in.messageId());
      assertThat(out.dateTime()).isEqualTo(in.dateTime());
      assertThat(out.dispositions()).isEqualTo(in.dispositions());
      assertThat(out.content().body()).isEqualTo(in.content().body());
      assertThat(in.verbatim()).isEqualTo(text.getBytes(UTF_8));
    }
  }
}
