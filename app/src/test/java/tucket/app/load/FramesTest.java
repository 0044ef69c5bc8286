// Cuts streams at every place.
package tucket.app.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class FramesTest {
  private static final List<String> MESSAGES =
      List.of(
          "SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP a\r\nContent-Length: 0\r\n\r\n",
          "MESSAGE sip:a SIP/2.0\r\nCall-ID: 1\r\nl:5\r\n\r\n\r\n\r\n1",
          "MESSAGE sip:a SIP/2.0\r\ncontent-LENGTH :  12\r\nContent-Type: a/b\r\n\r\nhello, world",
          "MESSAGE sip:a SIP/2.0\nContent-Length: 2\n\nhi");

  @Test
  void messagesComeOutWholeWhereverTheStreamIsCut() {
    byte[] stream = ("\r\n\r\n" + String.join("\r\n", MESSAGES)).getBytes(StandardCharsets.ISO_8859_1);
    for (int cut = 0; cut <= stream.length; cut++) {
      List<String> seen = new ArrayList<>();
      Frames frames = new Frames();
      Frames.Sink sink = (data, from, to) -> seen.add(new String(data, from, to - from, StandardCharsets.ISO_8859_1));
      frames.feed(Arrays.copyOf(stream, cut), sink);
      frames.feed(Arrays.copyOfRange(stream, cut, stream.length), sink);
      assertThat(seen).as("cut at %d", cut).isEqualTo(MESSAGES);
    }
  }

  @Test
  void messagesComeOutWholeByteByByte() {
    List<String> seen = new ArrayList<>();
    Frames frames = new Frames();
    for (byte b : String.join("", MESSAGES).getBytes(StandardCharsets.ISO_8859_1)) {
      frames.feed(new byte[] {b}, (data, from, to) -> seen.add(new String(data, from, to - from, StandardCharsets.ISO_8859_1)));
    }
    assertThat(seen).isEqualTo(MESSAGES);
  }
}
