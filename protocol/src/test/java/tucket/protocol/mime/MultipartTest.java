// Multipart bodies as clients write them.
package tucket.protocol.mime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tucket.protocol.Malformed;
import tucket.protocol.testing.Damaged;

class MultipartTest {
  private static final MediaType MIXED = MediaType.parse("multipart/mixed;boundary=boundary1");

  private static Multipart parse(String body) {
    return Multipart.parse(MIXED, body.getBytes(UTF_8));
  }

  @Test
  void anInviteBodyOfSdpAndCpimIsRead() {
    Multipart m = parse("--boundary1\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n\r\n--boundary1\r\n"
        + "Content-Type: message/cpim\r\n\r\nFrom: <sip:a@b>\r\n\r\n"
        + "Content-type: text/plain\r\n\r\nhello\r\n--boundary1--\r\n");
    assertThat(m.parts()).hasSize(2);
    assertThat(m.first(MediaType.SDP).orElseThrow().body()).asString().isEqualTo("v=0\r\n");
    assertThat(m.first(MediaType.CPIM).orElseThrow().body()).asString().endsWith("hello");
    assertThat(m.first(MediaType.IMDN)).isEmpty();
  }

  @Test
  void lfLineEndsPreambleEpilogueAndBlanksBehindTheBoundaryAreTolerated() {
    Multipart m = parse("preamble\n--boundary1 \nContent-Type: text/plain\n\none\n--boundary1\t\n\ntwo\n--boundary1--\nepilogue");
    assertThat(m.parts()).extracting(p -> new String(p.body(), UTF_8)).containsExactly("one", "two");
  }

  @Test
  void aMissingClosingBoundaryEndsWithTheBody() {
    assertThat(parse("--boundary1\r\n\r\none\r\n").parts().getFirst().body()).asString().isEqualTo("one\r\n");
  }

  @Test
  void aLongerWordIsNoBoundary() {
    assertThat(parse("--boundary1\r\n\r\n--boundary12\r\n--boundary1--").parts().getFirst().body()).asString().isEqualTo("--boundary12");
  }

  @Test
  void emptyPartsAreParts() {
    assertThat(parse("--boundary1\r\n--boundary1\r\n\r\n\r\n--boundary1--").parts()).extracting(p -> p.body().length).containsExactly(0, 0);
  }

  @Test
  void withoutBoundaryItIsRefused() {
    assertThatThrownBy(() -> parse("hello")).isInstanceOf(Malformed.class).hasMessageContaining("boundary");
    assertThatThrownBy(() -> Multipart.parse(MediaType.parse("multipart/mixed"), new byte[0])).isInstanceOf(Malformed.class);
    assertThatThrownBy(() -> Multipart.parse(MediaType.TEXT_PLAIN, new byte[0])).isInstanceOf(Malformed.class);
    assertThatThrownBy(() -> parse("--boundary1\r\n\r\n\r\n".repeat(Multipart.MAX_PARTS + 2))).isInstanceOf(Malformed.class)
        .hasMessageContaining("parts");
  }

  @Test
  void whatIsWrittenIsReadAsItWas() {
    for (long seed = 0; seed < 300; seed++) {
      Samples samples = new Samples(seed);
      List<Entity> parts = new ArrayList<>();
      int count = 1 + samples.upTo(5);
      for (int i = 0; i < count; i++) {
        parts.add(new Entity(HeaderBlock.EMPTY.with("Content-Type", "text/" + "abc").with("X-" + samples.token(), samples.text()),
            samples.bytes(200)));
      }
      Multipart m = new Multipart(parts);
      String boundary = m.boundary();
      assertThat(Multipart.parse(MIXED.with("boundary", boundary), m.write(boundary))).isEqualTo(m);
    }
  }

  @Test
  void damagedInputNeverEscapesAsAnythingElse() {
    Multipart inner = Multipart.of(Entity.of(MediaType.SDP, "v=0\r\n".getBytes(UTF_8)), Entity.of(MediaType.CPIM, "x".repeat(99)
        .getBytes(UTF_8)));
    Damaged.run(21, 20_000, List.of(inner.write("boundary1"), "--boundary1\n\na\n--boundary1--".getBytes(UTF_8)), data ->
        Multipart.parse(MIXED, data));
  }
}
