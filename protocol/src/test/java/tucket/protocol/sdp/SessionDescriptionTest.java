// Session descriptions: what is tolerated, what is written.
package tucket.protocol.sdp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import tucket.protocol.Malformed;
import tucket.protocol.fuzz.Fuzzer;
import tucket.protocol.fuzz.SdpCorpus;
import tucket.protocol.fuzz.SdpTarget;
import tucket.protocol.mime.Samples;

class SessionDescriptionTest {
  static SessionDescription parse(String text) {
    return SessionDescription.parse(text.getBytes(UTF_8));
  }

  @Test
  void aTerminalsDescriptionComesOutAsItWentIn() {
    assertThat(parse(SdpCorpus.TERMINAL).toString()).isEqualTo(SdpCorpus.TERMINAL);
  }

  @Test
  void lfAloneMissingLinesAndBlankLinesAreTolerated() {
    SessionDescription sdp = parse("v=0\nm=message 9 TCP/MSRP *\n\na=path:msrp://h:9/s;tcp\n");
    assertThat(sdp.media()).hasSize(1);
    assertThat(sdp.toString()).startsWith("v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=message 9 TCP/MSRP *\r\n");
  }

  @Test
  void sessionAttributesAndConnectionStandInForThoseOfTheStream() {
    SessionDescription sdp = parse("v=0\r\nc=IN IP6 2001:db8::1/127\r\na=setup:passive\r\nm=audio 0 RTP/AVP 0\r\nm=message 7000/2 "
        + "TCP/TLS/MSRP *\r\nc=IN IP4 192.0.2.1\r\n");
    Media audio = sdp.media().getFirst();
    assertThat(sdp.connection(audio)).contains(new Connection("IP6", "2001:db8::1"));
    assertThat(audio.isRejected()).isTrue();
    assertThat(sdp.connection(sdp.media().get(1))).contains(new Connection("IP4", "192.0.2.1"));
    assertThat(sdp.attribute(audio, "SETUP")).contains("passive");
    assertThat(sdp.media().get(1).port()).isEqualTo(7000);
  }

  // Found by fuzzing.
  @Test
  void theLinesOfAStreamAreTheSameHoweverTheyWereOrdered() {
    SessionDescription sdp = parse("v=0\r\nm=message 9 TCP/MSRP *\r\nb=AS:64\r\ni=a title\r\n");
    assertThat(SessionDescription.parse(sdp.write()).media()).isEqualTo(sdp.media());
  }

  @Test
  void brokenDescriptionsNameTheLine() {
    assertThatThrownBy(() -> parse("")).isInstanceOf(Malformed.class).hasMessageContaining("empty");
    assertThatThrownBy(() -> parse("hello")).isInstanceOf(Malformed.class).hasMessageContaining("type=value");
    assertThatThrownBy(() -> parse("v=1")).isInstanceOf(Malformed.class).hasMessageContaining("version");
    assertThatThrownBy(() -> parse("v=0\nm=message")).isInstanceOf(Malformed.class).hasMessageContaining("m=");
    assertThatThrownBy(() -> parse("v=0\nm=message 65536 TCP/MSRP *")).isInstanceOf(Malformed.class).hasMessageContaining("port");
    assertThatThrownBy(() -> parse("v=0\nc=UUCP x!y")).isInstanceOf(Malformed.class).hasMessageContaining("c=");
    assertThatThrownBy(() -> parse("a=x\n".repeat(SessionDescription.MAX_LINES + 1))).isInstanceOf(Malformed.class)
        .hasMessageContaining("many");
    assertThatThrownBy(() -> parse("a=" + "x".repeat(SessionDescription.MAX_BYTES))).isInstanceOf(Malformed.class)
        .hasMessageContaining("large");
  }

  @Test
  void noValueCanBecomeALineOfItsOwn() {
    assertThatThrownBy(() -> Attribute.of("path", "x\r\na=y")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Connection.of("1.2.3.4\nm=audio 1 RTP/AVP 0")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aFileSelectorIsReadAndWritten() {
    FileSelector file = FileSelector.parse("name:\"my %22cat%22 100%25.jpg\" type:image/jpeg size:4092 hash:sha-1:72:24:5F");
    assertThat(file.name()).contains("my \"cat\" 100%.jpg");
    assertThat(file.size()).hasValue(4092);
    assertThat(FileSelector.parse(file.toString())).isEqualTo(file);
    assertThat(FileSelector.parse("size:many name:plain.txt x"))
        .isEqualTo(new FileSelector(Optional.of("plain.txt"), Optional.empty(), OptionalLong.empty(), Optional.empty()));
  }

  @Test
  void aFingerprintIsComparedWithoutCase() {
    assertThat(Fingerprint.parse("SHA-1 aa:bb:0C")).contains(new Fingerprint("sha-1", "AA:BB:0C"));
    assertThat(Fingerprint.parse("sha-256")).isEmpty();
    assertThat(Fingerprint.parse("sha-256 zz")).isEmpty();
  }

  @Test
  void whatIsWrittenIsReadAsItWas() {
    for (long seed = 0; seed < 300; seed++) {
      SessionDescription sdp = random(new Samples(seed));
      assertThat(SessionDescription.parse(sdp.write())).as("seed " + seed).isEqualTo(sdp);
    }
  }

  private static SessionDescription random(Samples s) {
    Origin origin = new Origin(s.token(), Integer.toString(s.upTo(1_000_000)), "1", Connection.of("192.0.2." + s.upTo(255)));
    List<Media> media = new ArrayList<>();
    int count = s.upTo(4);
    for (int i = 0; i < count; i++) {
      List<Attribute> attributes = List.of(Attribute.of(s.token(), s.text()), Attribute.flag(s.token()));
      media.add(new Media("message", s.upTo(65536), "TCP/MSRP", List.of("*"), s.maybe(() -> Connection.of("2001:db8::" + s.upTo(9))),
          attributes, List.of(new Line('b', "AS:1"))));
    }
    return new SessionDescription(origin, s.text(), s.maybe(() -> Connection.of("203.0.113.1")), List.of(Attribute.flag(s.token())),
        List.of(new Line('i', s.text()), new Line('t', "0 0")), media);
  }

  @Test
  void damagedInputNeverEscapesAsAnythingElse() {
    Fuzzer.Tally tally = new Fuzzer(new SdpTarget(), System::nanoTime).rounds(31, 30_000);
    assertThat(tally.accepted()).as("inputs that were session descriptions").isGreaterThan(5_000);
  }
}
