// Notifications: every status, every prefix, aggregates, attacks.
package tucket.protocol.imdn;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tucket.protocol.Malformed;
import tucket.protocol.mime.Entity;
import tucket.protocol.mime.MediaType;
import tucket.protocol.mime.Samples;

class ImdnTest {
  private static Imdn parse(String xml) {
    return Imdn.parse(xml.getBytes(UTF_8));
  }

  @Test
  void theExampleOfRfc5438IsRead() {
    Imdn imdn = parse("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\">\r\n "
        + "<message-id>34jk324j</message-id>\r\n"
        + " <datetime>2008-04-04T12:16:49-05:00</datetime>\r\n <recipient-uri>im:bob@example.com</recipient-uri>\r\n "
        + "<original-recipient-uri\r\n"
        + "   >im:bob@example.com</original-recipient-uri>\r\n <delivery-notification>\r\n  <status>\r\n   <delivered/>\r\n  "
        + "</status>\r\n </delivery-notification>\r\n</imdn>");
    assertThat(imdn).isEqualTo(Imdn.of("34jk324j", "2008-04-04T12:16:49-05:00", Imdn.Kind.DELIVERY, Imdn.Status.DELIVERED)
        .withRecipient("im:bob@example.com", "im:bob@example.com"));
  }

  @Test
  void everyStatusIsReadUnderAnyPrefixAndWithoutNamespace() {
    for (Imdn.Kind kind : Imdn.Kind.values()) {
      for (Imdn.Status status : Imdn.Status.values()) {
        for (String p : List.of("", "i:")) {
          String xml = "<" + p + "imdn" + (p.isEmpty() ? "" : " xmlns:i='urn:ietf:params:xml:ns:imdn'") + "><" + p + "message-id> 1 </"
              + p + "message-id><" + p + kind.element()
              + "><" + p + "status><" + p + status.element() + "></" + p + status.element() + "></" + p + "status></" + p + kind.element()
              + "></" + p + "imdn>";
          assertThat(parse(xml)).isEqualTo(Imdn.of("1", "", kind, status));
        }
      }
    }
  }

  @Test
  void elementsAreWrittenInTheOrderOfTheSchema() {
    Imdn imdn = new Imdn("a&b", "2026-11-22T07:56:56Z", Optional.of("sip:b@c"), Optional.of("sip:o@c"), Optional.of("<s>"),
        Imdn.Kind.PROCESSING, Imdn.Status.STORED);
    assertThat(imdn.write()).asString().isEqualTo("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<imdn "
        + "xmlns=\"urn:ietf:params:xml:ns:imdn\">\r\n<message-id>a&amp;b</message-id>\r\n"
        + "<datetime>2026-11-22T07:56:56Z</datetime>\r\n<recipient-uri>sip:b@c</recipient-uri>\r\n"
        + "<original-recipient-uri>sip:o@c</original-recipient-uri>\r\n"
        + "<subject>&lt;s&gt;</subject>\r\n<processing-notification>\r\n<status>\r\n<stored/>\r\n</status>\r\n"
        + "</processing-notification>\r\n</imdn>\r\n");
    assertThat(imdn.withoutRecipient().write()).asString().doesNotContain("recipient");
  }

  @Test
  void theContentSaysThatItIsANotification() {
    Entity entity = Imdn.of("1", "2", Imdn.Kind.DISPLAY, Imdn.Status.DISPLAYED).entity();
    assertThat(entity.headers().toString()).startsWith("Content-Type: message/imdn+xml\r\nContent-Disposition: notification\r\n"
        + "Content-Length: ");
  }

  @Test
  void anAggregateGivesAllItsNotifications() {
    String body = "--imdn-boundary\r\nContent-type: message/imdn+xml\r\n\r\n"
        + new String(Imdn.of("1", "", Imdn.Kind.DELIVERY, Imdn.Status.DELIVERED).write(), UTF_8)
        + "\r\n--imdn-boundary\r\nContent-type: text/plain\r\n\r\nfor people\r\n--imdn-boundary\r\nContent-type: message/imdn+xml\r\n\r\n"
        + new String(Imdn.of("1", "", Imdn.Kind.DELIVERY, Imdn.Status.FAILED).write(), UTF_8) + "\r\n--imdn-boundary--\r\n";
    Entity entity = Entity.parse(("Content-type: multipart/mixed;\r\n   boundary=\"imdn-boundary\"\r\nContent-Disposition: "
        + "notification\r\n\r\n" + body).getBytes(UTF_8));
    assertThat(Imdn.parseAll(entity)).extracting(Imdn::status).containsExactly(Imdn.Status.DELIVERED, Imdn.Status.FAILED);
  }

  @Test
  void aPercentEncodedRecipientIsReadAndAnOrdinaryEscapeLeftAlone() {
    assertThat(withRecipient("sip%3Abob%40example.com").recipientUri()).contains("sip:bob@example.com");
    assertThat(withRecipient("sip:b%3Ab@example.com").recipientUri()).contains("sip:b%3Ab@example.com");
    assertThat(withRecipient("tel%3a%2B33%zz").recipientUri()).contains("tel:+33%zz");
  }

  private static Imdn withRecipient(String uri) {
    return parse("<imdn><message-id>1</message-id><recipient-uri>" + uri + "</recipient-uri><display-notification><status><displayed/></"
        + "status></display-notification></imdn>");
  }

  @Test
  void whiteSpaceInFrontAndExtensionsAreTolerated() {
    assertThat(parse("\r\n <?xml version='1.0'?><imdn xmlns:e='urn:e'><e:x><message-id>no</message-id></e:x><message-id><![CDATA[y]]>es<"
        + "/message-id>"
        + "<!-- c --><delivery-notification><status><e:why/><error/></status></delivery-notification></imdn>").messageId())
        .isEqualTo("yes");
  }

  @Test
  void theFaultNamesTheElement() {
    assertThatThrownBy(() -> parse("<imdn/>")).isInstanceOf(Malformed.class).hasMessageContaining("message-id");
    assertThatThrownBy(() -> parse("<imdn><message-id>1</message-id></imdn>")).isInstanceOf(Malformed.class)
        .hasMessageContaining("notification");
    assertThatThrownBy(() -> parse("<imdn><message-id>1</message-id><display-notification><status><read/></status></display-notification"
        + "></imdn>"))
        .isInstanceOf(Malformed.class).hasMessageContaining("status");
    assertThatThrownBy(() -> parse("<other/>")).isInstanceOf(Malformed.class).hasMessageContaining("imdn");
    assertThatThrownBy(() -> Imdn.parseAll(Entity.of(MediaType.TEXT_PLAIN, new byte[0]))).isInstanceOf(Malformed.class)
        .hasMessageContaining("Content-Type");
  }

  @Test
  void documentTypesEntitiesDepthAndSizeAreRefused() {
    String tail = "<imdn><message-id>&x;</message-id><display-notification><status><displayed/></status></display-notification></imdn>";
    assertThatThrownBy(() -> parse("<!DOCTYPE imdn [<!ENTITY x \"y\">]>" + tail)).isInstanceOf(Malformed.class);
    assertThatThrownBy(() -> parse("<!DOCTYPE imdn SYSTEM \"http://127.0.0.1:1/x\">" + tail.replace("&x;", "1")))
        .isInstanceOf(Malformed.class);
    assertThatThrownBy(() -> parse("<!DOCTYPE imdn [<!ENTITY x SYSTEM \"file:///etc/hostname\">]>" + tail)).isInstanceOf(Malformed.class);
    assertThatThrownBy(() -> parse(tail)).isInstanceOf(Malformed.class);
    assertThatThrownBy(() -> parse("<imdn>" + "<a>".repeat(10_000))).isInstanceOf(Malformed.class);
    assertThatThrownBy(() -> parse("<imdn>" + " ".repeat(Imdn.MAX_BYTES) + "</imdn>")).isInstanceOf(Malformed.class)
        .hasMessageContaining("large");
  }

  @Test
  void whatIsWrittenIsReadAsItWas() {
    for (long seed = 0; seed < 300; seed++) {
      Samples s = new Samples(seed);
      Imdn imdn = new Imdn(s.text(), s.text(), s.maybe(s::uri), s.maybe(s::uri), s.maybe(s::text), s.oneOf(Imdn.Kind.class),
          s.oneOf(Imdn.Status.class));
      assertThat(Imdn.parse(imdn.write())).as("seed " + seed).isEqualTo(imdn);
    }
  }
}
