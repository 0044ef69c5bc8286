// CPIM beyond what single clients do: RFC 3862 and RFC 5438, and what is tolerated.
package tucket.protocol.cpim;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import tucket.protocol.Malformed;
import tucket.protocol.imdn.Imdn;
import tucket.protocol.mime.ContentEncodingTest;
import tucket.protocol.mime.Entity;
import tucket.protocol.mime.HeaderBlock;
import tucket.protocol.mime.Samples;

class CpimMessageTest {
  private static final String BODY = "\r\n\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi";

  private static CpimMessage parse(String text) {
    return CpimMessage.parse(text.getBytes(UTF_8));
  }

  private static String write(String text) {
    return new String(parse(text).write(), UTF_8);
  }

  @Test
  void theExampleOfRfc3862IsReadAndKeepsItsHeaders() {
    CpimMessage m = parse("From: MR SANDERS <im:piglet@100akerwood.com>\r\nTo: Depressed Donkey <im:eeyore@100akerwood.com>\r\n"
        + "DateTime: 2000-12-13T13:40:00-08:00\r\n"
        + "Subject: the weather will be fine today\r\nSubject:;lang=fr beau temps prevu pour aujourd'hui\r\nNS: MyFeatures "
        + "<mid:MessageFeatures@id.foo.com>\r\n"
        + "Require: MyFeatures.VitalMessageOption\r\nMyFeatures.VitalMessageOption: Confirmation-requested\r\n"
        + "MyFeatures.WackyMessageOption: Use-silly-font\r\n\r\n"
        + "Content-type: text/xml; charset=utf-8\r\nContent-ID: <1234567890@foo.com>\r\n\r\n<body>\r\nHere is the text of my "
        + "message.\r\n</body>");
    assertThat(m.from()).contains("im:piglet@100akerwood.com");
    assertThat(m.subject()).contains("the weather will be fine today");
    assertThat(m.first("mid:MessageFeatures@id.foo.com", "WackyMessageOption").orElseThrow().value()).isEqualTo("Use-silly-font");
    assertThat(m.headers().get(4)).isEqualTo(new CpimHeader("Subject", ";lang=fr", "beau temps prevu pour aujourd'hui"));
    assertThat(m.write()).asString().contains("\r\nSubject:;lang=fr beau temps prevu pour aujourd'hui\r\nNS: MyFeatures "
        + "<mid:MessageFeatures@id.foo.com>\r\n"
        + "Require: MyFeatures.VitalMessageOption\r\nMyFeatures.VitalMessageOption: Confirmation-requested\r\n")
        .contains("\r\nContent-ID: <1234567890@foo.com>\r\n");
  }

  @Test
  void anotherPrefixForTheImdnNamespaceIsUnderstoodAndWrittenAsImdn() {
    String out = write("From: <sip:a@b>\r\nTo: <sip:c@d>\r\nNS: x <urn:ietf:params:imdn>\r\nx.Message-ID: 42\r\n"
        + "x.disposition-notification: display" + BODY);
    assertThat(out).contains("\r\nNS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: 42\r\nimdn.Disposition-Notification: display\r\n")
        .doesNotContain("x.");
  }

  @Test
  void theDefaultNamespaceMayBeTheOneOfImdn() {
    CpimMessage m = parse("From: <sip:a@b>\r\nTo: <sip:c@d>\r\nNS: <urn:ietf:params:imdn>\r\nMessage-ID: 42" + BODY);
    assertThat(m.messageId()).contains("42");
    assertThat(m.write()).asString().contains("\r\nimdn.Message-ID: 42\r\n").doesNotContain("NS: <");
  }

  @Test
  void aForeignNamespaceUnderThePrefixImdnIsNotMistakenForOurs() {
    CpimMessage m = parse("From: <sip:a@b>\r\nTo: <sip:c@d>\r\nNS: imdn <urn:other>\r\nimdn.Message-ID: fake\r\nNS: i "
        + "<urn:ietf:params:imdn>\r\ni.Message-ID: real" + BODY);
    assertThat(m.messageId()).contains("real");
    CpimMessage out = CpimMessage.parse(m.write());
    assertThat(out.messageId()).contains("real");
    assertThat(out.first("urn:other", "Message-ID").orElseThrow().value()).isEqualTo("fake");
    CpimMessage without = parse("From: <sip:a@b>\r\nNS: imdn <urn:other>\r\nimdn.Message-ID: fake" + BODY);
    assertThat(without.messageId()).isEmpty();
    assertThat(CpimMessage.parse(without.withMessageId("7").write()).messageId()).contains("7");
  }

  @Test
  void unknownHeadersStayInOrder() {
    String out = write("From: <sip:a@b>\r\nB-Two: 2\r\nTo: <sip:c@d>\r\nA-One: 1\r\nz.Q: 3" + BODY);
    assertThat(out).startsWith("From: <sip:a@b>\r\nTo: <sip:c@d>\r\nB-Two: 2\r\nA-One: 1\r\nz.Q: 3\r\n\r\n");
  }

  @Test
  void blanksAroundNamesAndValuesAreTidied() {
    assertThat(write("from:<sip:a@b>\r\nTO :\t <sip:c@d>  \r\nimdn.message-id:x" + BODY))
        .startsWith("From: <sip:a@b>\r\nTo: <sip:c@d>\r\nNS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: x\r\n\r\n");
  }

  @Test
  void onlyTheFirstIdFromAndTimeGoOut() {
    String out = write("From: <sip:a@b>\r\nFrom: <sip:evil@b>\r\nTo: <sip:c@d>\r\nTo: <sip:e@f>\r\nimdn.Message-ID: 1\r\n"
        + "imdn.Message-ID: 2\r\nDateTime: x\r\nDateTime: y" + BODY);
    assertThat(out).doesNotContain("evil").doesNotContain("Message-ID: 2").doesNotContain("DateTime: y").contains("To: <sip:e@f>");
  }

  @Test
  void outerTypeInFrontAndMimeHeadersWithoutBlankLineAreTolerated() {
    CpimMessage m = parse("\r\nContent-Type: Message/CPIM\r\n\r\nFrom: <sip:a@b>\r\nTo: <sip:c@d>\r\nContent-type: text/html\r\n\r\n<p>");
    assertThat(m.to()).contains("sip:c@d");
    assertThat(m.content().type().name()).isEqualTo("text/html");
    assertThat(m.content().body()).asString().isEqualTo("<p>");
  }

  @Test
  void addressesWithNamesBareUrisAndEscapesAreRead() {
    assertThat(CpimAddress.parse("\"A \\\"B\\\" <C>\" <sip:a@b>")).isEqualTo(new CpimAddress("A \"B\" <C>", "sip:a@b"));
    assertThat(CpimAddress.parse("Winnie the Pooh <im:pooh@wood>")).isEqualTo(new CpimAddress("Winnie the Pooh", "im:pooh@wood"));
    assertThat(CpimAddress.parse("sip:a@b")).isEqualTo(new CpimAddress("", "sip:a@b"));
    assertThat(CpimAddress.parse("")).isEqualTo(new CpimAddress("", ""));
    assertThatThrownBy(() -> CpimAddress.of("sip:a@b>\r\nX: y")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void escapesFollowRfc3862() {
    assertThat(new CpimHeader("S", "a\\\\b\\\"\\'\\b\\t\\n\\r\\u00e9\\uD83D\\uDE00\\q\\u12").text())
        .isEqualTo("a\\b\"'\b\t\n\r\u00e9\ud83d\ude00qu12");
    assertThat(new CpimHeader("S", "end\\").text()).isEqualTo("end");
    assertThat(CpimHeader.ofText("S", "a\\b\b\t\n\r\u0001\u007f\u00e9").value()).isEqualTo("a\\\\b\\b\\t\\n\\r\\u0001\\u007f\u00e9");
    Samples samples = new Samples(5);
    for (int i = 0; i < 500; i++) {
      String text = samples.text() + (char) samples.upTo(32) + samples.token();
      assertThat(CpimHeader.ofText("Subject", text).text()).isEqualTo(text);
    }
  }

  @Test
  void latin1InANameSurvives() {
    byte[] in = ("From: <sip:a@b>\r\nSubject: J\u00fcrgen\r\nimdn.Message-ID: \u00ff" + BODY).getBytes(ISO_8859_1);
    assertThat(new String(CpimMessage.parse(in).write(), ISO_8859_1)).contains("Subject: J\u00fcrgen\r\n")
        .contains("imdn.Message-ID: \u00ff\r\n");
  }

  @Test
  void aNotificationNeverAsksForOne() {
    CpimMessage m = CpimMessage.builder().from("sip:a@b").to("sip:c@d").messageId("n1").request(Disposition.values())
        .content(Imdn.of("1", "", Imdn.Kind.DISPLAY, Imdn.Status.DISPLAYED).entity()).build();
    assertThat(m.isNotification()).isTrue();
    assertThat(CpimMessage.parse(m.write()).dispositions()).isEmpty();
  }

  @Test
  void requestsAreReadOverSeveralLinesWithParametersAndUnknownOnes() {
    CpimMessage m = parse("From: <sip:a@b>\r\nimdn.Disposition-Notification: Positive-Delivery;x=y , later,display\r\n"
        + "imdn.Disposition-Notification: negative-delivery,processing,display" + BODY);
    assertThat(m.dispositions()).containsExactly(Disposition.POSITIVE_DELIVERY, Disposition.DISPLAY, Disposition.NEGATIVE_DELIVERY,
        Disposition.PROCESSING);
    assertThat(m.write()).asString().contains("imdn.Disposition-Notification: Positive-Delivery;x=y , later,display\r\n");
  }

  @Test
  void signedContentIsNeverRewritten() {
    for (String type : List.of("Multipart/Signed; boundary=next; micalg=sha1", "application/pkcs7-mime; smime-type=signed-data")) {
      String text = "from:<sip:anonymous@anonymous.invalid>\nNS: imdn<urn:ietf:params:imdn>\n\nContent-type: " + type + "\n\n--next\n...";
      CpimMessage m = parse(text);
      assertThat(m.isSigned()).isTrue();
      assertThat(m.withAddresses("sip:a@b", "sip:c@d").withMessageId("1").withDateTime("x").write()).asString().isEqualTo(text);
    }
  }

  @Test
  void aMessageWithLfAloneThroughoutIsReadAndWrittenWithCrlf() {
    String out = write("From: <sip:a@b>\nTo: <sip:c@d>\nNS: imdn <urn:ietf:params:imdn>\nimdn.Message-ID: 7\n\nContent-type: "
        + "text/plain\n\na\nb\n");
    assertThat(out).isEqualTo("From: <sip:a@b>\r\nTo: <sip:c@d>\r\nNS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: 7\r\n\r\n"
        + "Content-Type: text/plain\r\nContent-Length: 4\r\n\r\na\nb\n");
  }

  @Test
  void anIdIsGivenOnlyWhereThereIsNone() {
    CpimMessage m = parse("From: <sip:a@b>\r\nTo: <sip:c@d>" + BODY);
    assertThat(m.withMessageId("new").messageId()).contains("new");
    assertThat(m.withMessageId("new").withMessageId("other").messageId()).contains("new");
    assertThat(m.withMessageId("new").write()).asString().contains("NS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: new\r\n");
    assertThat(parse("From: <sip:a@b>\r\nimdn.Message-ID: " + BODY).withMessageId("n").messageId()).contains("n");
  }

  @Test
  void anUnknownContentEncodingStaysForTheCallerToRefuse() {
    CpimMessage m = parse("From: <sip:a@b>\r\n\r\nContent-Type: text/plain\r\nContent-Encoding: br\r\n\r\nxyz");
    assertThat(m.content().encoding()).contains("br");
    assertThat(m.content().body()).asString().isEqualTo("xyz");
  }

  @Test
  void limitsAreKept() {
    CpimLimits small = new CpimLimits(1000, 3, 50, 100);
    assertThatThrownBy(() -> CpimMessage.parse(new byte[1001], small)).isInstanceOf(Malformed.class).hasMessageContaining("large");
    assertThatThrownBy(() -> CpimMessage.parse(("A: b\r\n".repeat(4) + BODY).getBytes(UTF_8), small)).isInstanceOf(Malformed.class)
        .hasMessageContaining("headers");
    assertThatThrownBy(() -> CpimMessage.parse(("A: " + "b".repeat(60) + BODY).getBytes(UTF_8), small)).isInstanceOf(Malformed.class)
        .hasMessageContaining("long");
    assertThatThrownBy(() -> CpimMessage.parse(("A: b\r\n" + " ccccccccc\r\n".repeat(9) + BODY).getBytes(UTF_8), small))
        .isInstanceOf(Malformed.class);
    byte[] head = "A: b\r\n\r\nContent-Encoding: deflate\r\n\r\n".getBytes(UTF_8);
    byte[] bomb = ContentEncodingTest.deflate(new byte[100_000], false);
    byte[] whole = Arrays.copyOf(head, head.length + bomb.length);
    System.arraycopy(bomb, 0, whole, head.length, bomb.length);
    assertThatThrownBy(() -> CpimMessage.parse(whole, small)).isInstanceOf(Malformed.class).hasMessageContaining("limit");
  }

  @Test
  void whatIsNoCpimIsRefused() {
    for (String text : List.of("", "hello", "hello\r\n\r\nworld", "From: <sip:a@b>", ": x\r\n\r\n", "\r\n\r\n")) {
      assertThatThrownBy(() -> parse(text)).as(text).isInstanceOf(Malformed.class);
    }
  }

  @Test
  void whatIsWrittenIsReadAsItWas() {
    for (long seed = 0; seed < 1000; seed++) {
      CpimMessage m = random(new Samples(seed));
      CpimMessage again = CpimMessage.parse(m.write());
      assertThat(again).as("seed " + seed).isEqualTo(m);
      assertThat(again.write()).isEqualTo(m.write());
    }
  }

  private static CpimMessage random(Samples s) {
    List<Disposition> requests = new ArrayList<>();
    for (Disposition d : Disposition.values()) {
      s.maybe(() -> d).ifPresent(requests::add);
    }
    Entity content = new Entity(HeaderBlock.EMPTY.with("Content-Type", "text/plain;charset=utf-8").with("Content-ID", "<" + s.token()
        + ">"), s.bytes(300));
    CpimBuilder builder = CpimMessage.builder().from(new CpimAddress(s.maybe(s::text).orElse(""), s.uri())).to(s.uri()).messageId(s.token())
        .dateTime("2026-11-22T07:56:" + s.upTo(60) + "Z").request(requests.toArray(Disposition[]::new)).content(content);
    s.maybe(s::text).ifPresent(builder::subject);
    int more = s.upTo(3);
    for (int i = 0; i < more; i++) {
      builder.header(new CpimHeader("X-" + s.token(), s.maybe(() -> ";lang=" + "de").orElse(""), s.text()));
    }
    return builder.build();
  }

  // Found by fuzzing: it became a header of the message, and ended the headers where it was read again.
  @Test
  void blanksBeforeTheFirstLineDoNotHideAMimeHeader() {
    byte[] text = "   Content-Type: text/plain\r\nimdn.Message-ID: 1\r\n\r\n\r\nhello".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    assertThatThrownBy(() -> CpimMessage.parse(text)).isInstanceOf(Malformed.class);
  }
}
