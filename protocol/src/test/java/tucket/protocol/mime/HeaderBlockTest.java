// Header blocks and entities: what is tolerated, what is refused.
package tucket.protocol.mime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import tucket.protocol.Malformed;

class HeaderBlockTest {
  private static Entity entity(String text) {
    return Entity.parse(text.getBytes(ISO_8859_1));
  }

  @Test
  void namesAreFoundInAnyCase() {
    Entity e = entity("Content-type: text/plain\r\nCONTENT-LENGTH : 2\r\n\r\nhi");
    assertThat(e.headers().first("Content-Type")).contains("text/plain");
    assertThat(e.headers().first("content-length")).contains("2");
    assertThat(e.body()).asString().isEqualTo("hi");
  }

  @Test
  void aTypeIsRecognisedWhateverFollowsIt() {
    assertThat(entity("Content-Type: Text/Plain ; charset=\r\n\r\n").is(MediaType.TEXT_PLAIN)).isTrue();
    assertThat(entity("Content-Type: text/plainer\r\n\r\n").is(MediaType.TEXT_PLAIN)).isFalse();
    assertThat(entity("Content-Type: message/imdn+xml;=\r\n\r\n").is(MediaType.IMDN)).isTrue();
    assertThat(entity("\r\n").is(MediaType.TEXT_PLAIN)).isTrue();
  }

  @Test
  void aPartWithLfAloneIsReadAndItsBodyKeptByteForByte() {
    Entity e = entity("MIME-Version: 1.0\nContent-Type: text/plain\n\na\nb\r\n\r\nc");
    assertThat(e.is(MediaType.TEXT_PLAIN)).isTrue();
    assertThat(e.body()).asString().isEqualTo("a\nb\r\n\r\nc");
  }

  @Test
  void aFoldedLineBelongsToTheHeaderBefore() {
    Entity e = entity("Content-type: multipart/mixed;\r\n      boundary=\"imdn-boundary\"\r\n\r\n");
    assertThat(e.type().params().value("boundary")).contains("imdn-boundary");
  }

  @Test
  void withoutABlankLineThereIsNoBody() {
    assertThat(entity("Content-Type: text/html").body()).isEmpty();
    assertThat(entity("").type()).isEqualTo(MediaType.TEXT_PLAIN);
  }

  @Test
  void aBareCarriageReturnIsRefusedSoThatNobodySeesAnotherHeader() {
    assertThatThrownBy(() -> entity("Content-Type: text/plain\rX: y\r\n\r\n")).isInstanceOf(Malformed.class)
        .hasMessageContaining("bare CR");
    assertThatThrownBy(() -> new HeaderBlock.Field("A", "b\r\nC: d")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void limitsAreKept() {
    assertThatThrownBy(() -> entity("A: b\r\n".repeat(HeaderBlock.MAX_FIELDS + 1))).isInstanceOf(Malformed.class);
    assertThatThrownBy(() -> entity("A: " + "b".repeat(HeaderBlock.MAX_LINE + 1))).isInstanceOf(Malformed.class);
    assertThatThrownBy(() -> entity("A: b\r\n" + " c\r\n".repeat(HeaderBlock.MAX_LINE))).isInstanceOf(Malformed.class);
    assertThat(entity("A: b\r\n".repeat(HeaderBlock.MAX_FIELDS)).headers().fields()).hasSize(HeaderBlock.MAX_FIELDS);
  }

  @Test
  void aLineWithoutColonIsRefused() {
    assertThatThrownBy(() -> entity("hello\r\n\r\nworld")).isInstanceOf(Malformed.class);
    assertThatThrownBy(() -> entity(" folded: first\r\n\r\n")).isInstanceOf(Malformed.class);
  }

  @Test
  void canonicalHeadersHaveTypeFirstAndLengthLast() {
    Entity e = entity("content-disposition: notification\r\nMIME-Version: 1.0\r\ncontent-type: message/imdn+xml\r\nX-Own: 1\r\n"
        + "content-length: 99\r\n\r\nabc");
    assertThat(e.canonical().write()).asString()
        .isEqualTo("Content-Type: message/imdn+xml\r\nContent-Disposition: notification\r\nMIME-Version: 1.0\r\nX-Own: 1\r\nContent-Length: 3\r\n\r\nabc");
  }

  @Test
  void bytesThatAreNoUtf8ComeOutAsTheyWentIn() {
    byte[] latin1 = "J\u00fcrgen <\u00ff\u00fe> \u00c3".getBytes(ISO_8859_1);
    assertThat(Octets.encode(Octets.decode(latin1, 0, latin1.length))).isEqualTo(latin1);
    Samples samples = new Samples(7);
    for (int i = 0; i < 5000; i++) {
      byte[] any = samples.bytes(40);
      assertThat(Octets.encode(Octets.decode(any, 0, any.length))).isEqualTo(any);
    }
    byte[] good = "\u4f60\u597d \ud83d\ude00".getBytes(UTF_8);
    assertThat(Octets.decode(good, 0, good.length)).isEqualTo("\u4f60\u597d \ud83d\ude00");
  }

  @Test
  void transferEncodingsAreUndoneForTheReader() {
    assertThat(entity("Content-Transfer-Encoding: base64\r\n\r\naGVs\r\nbG8=").content(100)).asString().isEqualTo("hello");
    assertThat(entity("Content-Transfer-Encoding: quoted-printable\r\n\r\na=3Db=\r\nc= \nd").content(100)).asString().isEqualTo("a=bcd");
    assertThat(entity("Content-Type: text/plain;charset=iso-8859-1\r\n\r\n\u00e9").text(10)).isEqualTo("\u00e9");
    assertThatThrownBy(() -> entity("Content-Transfer-Encoding: base64\r\n\r\n=a=").content(100)).isInstanceOf(Malformed.class);
    assertThatThrownBy(() -> entity("Content-Transfer-Encoding: uuencode\r\n\r\nx").content(100)).isInstanceOf(Malformed.class);
  }
}
