// Reading MSRP: facts of terminals, arbitrary slices, limits, damage.
package tucket.protocol.msrp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tucket.protocol.fuzz.MsrpCorpus.ALL;
import static tucket.protocol.fuzz.MsrpCorpus.EMPTY_SEND;
import static tucket.protocol.fuzz.MsrpCorpus.PATHS;
import static tucket.protocol.fuzz.MsrpCorpus.RESPONSE;
import static tucket.protocol.fuzz.MsrpCorpus.SEND;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import tucket.protocol.Malformed;
import tucket.protocol.mime.Samples;

class MsrpReaderTest {
  private static String send(String body) {
    return "MSRP abcd1234 SEND\r\n" + PATHS + "Message-ID: 1\r\nContent-Type: text/plain\r\n\r\n" + body + "\r\n-------abcd1234$\r\n";
  }

  @Test
  void theEmptySendOfTerminalsHasNoBodyAndNoRange() {
    Frames.Frame frame = Frames.read(EMPTY_SEND).getFirst();
    MsrpRequest request = (MsrpRequest) frame.head();
    assertThat(frame.end()).isEqualTo("COMPLETE bodiless");
    assertThat(request.contentType()).isEmpty();
    assertThat(request.byteRange()).isEqualTo(ByteRange.WHOLE);
    assertThat(request.wantsResponse(200)).isTrue();
  }

  @Test
  void requestsAndResponsesFollowOneAnotherOnAConnection() {
    List<Frames.Frame> frames = Frames.read(String.join("", ALL));
    assertThat(frames).extracting(f -> f.head().startLine()).containsExactly("MSRP d93kswow SEND", "MSRP a786hjs2 SEND",
        "MSRP a786hjs2 200 OK", "MSRP dkei38sd REPORT",
        "MSRP 49fi AUTH", "MSRP d93kswow NICKNAME");
    assertThat(frames.get(1).body()).isEqualTo("Hey Bob, are you there?\r\n");
    assertThat(((MsrpRequest) frames.get(3).head()).status()).contains(200);
    assertThat(frames.get(5).head().first("use-nickname")).contains("\"Alice is great\"");
  }

  @Test
  void anySlicingGivesTheSame() {
    byte[] stream = String.join("", ALL).concat(send("-------\r\n-------abcd123\r\n-------abcd1234x\r\n--------abcd1234$"))
        .concat(send("")).getBytes(UTF_8);
    List<Frames.Frame> whole = Frames.read(stream);
    assertThat(whole).hasSize(ALL.size() + 2);
    for (int size = 1; size < 60; size++) {
      assertThat(sliced(stream, size, size)).as("slices of " + size).isEqualTo(whole);
    }
    for (int seed = 0; seed < 200; seed++) {
      assertThat(sliced(stream, seed, -1)).as("seed " + seed).isEqualTo(whole);
    }
  }

  /// In pieces of `size`, or of random sizes.
  private static List<Frames.Frame> sliced(byte[] stream, int seed, int size) {
    SplittableRandom random = new SplittableRandom(seed);
    Frames frames = new Frames();
    MsrpReader reader = new MsrpReader();
    for (int at = 0; at < stream.length; ) {
      int end = Math.min(stream.length, at + (size > 0 ? size : 1 + random.nextInt(80)));
      byte[] slice = Arrays.copyOfRange(stream, at, end);
      reader.read(slice, frames);
      Arrays.fill(slice, (byte) '!'); // nothing may be kept by reference
      at = end;
    }
    assertThat(reader.isIdle()).isTrue();
    return frames.all;
  }

  @Test
  void anyBodyComesOutByteForByte() {
    for (long seed = 0; seed < 400; seed++) {
      Samples s = new Samples(seed);
      byte[] body = spiced(s);
      MsrpRequest head = new MsrpRequest("tid" + seed, "SEND", List.of(new MsrpHeader("To-Path", "msrp://a:1/b;tcp"),
          new MsrpHeader("From-Path", "msrp://c:1/d;tcp"),
          new MsrpHeader("Content-Type", "x/y")));
      assertThat(MsrpWriter.isFree("tid" + seed, body, 0, body.length)).isTrue();
      byte[] wire = MsrpWriter.write(head, body, 0, body.length, Continuation.MORE);
      Frames.Frame frame = sliced(wire, (int) seed, s.upTo(2) == 0 ? -1 : 1 + s.upTo(40)).getFirst();
      assertThat(frame.body().getBytes(ISO_8859_1)).as("seed " + seed).isEqualTo(body);
      assertThat(frame.end()).isEqualTo("MORE");
      assertThat(frame.head()).isEqualTo(head);
    }
  }

  /// Bytes among many that look like the beginning of an end line.
  private static byte[] spiced(Samples s) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int pieces = s.upTo(12);
    for (int i = 0; i < pieces; i++) {
      switch (s.upTo(5)) {
        case 0 -> out.writeBytes("\r\n-------".getBytes(UTF_8));
        case 1 -> out.writeBytes("-".repeat(s.upTo(20)).getBytes(UTF_8));
        case 2 -> out.writeBytes("\r\n-------ti".getBytes(UTF_8));
        case 3 -> out.writeBytes("\r".repeat(s.upTo(3)).getBytes(UTF_8));
        default -> out.writeBytes(s.bytes(30));
      }
    }
    return out.toByteArray();
  }

  @Test
  void theEndLineCountsAndNotTheByteRange() {
    String shorter = send("hello").replace("Message-ID: 1\r\n", "Message-ID: 1\r\nByte-Range: 1-500/500\r\n");
    String unknown = send("hello").replace("Message-ID: 1\r\n", "Message-ID: 1\r\nByte-Range: 1-*/*\r\n");
    assertThat(Frames.read(shorter + unknown)).extracting(Frames.Frame::body).containsExactly("hello", "hello");
    assertThat(((MsrpRequest) Frames.read(unknown).getFirst().head()).byteRange()).isEqualTo(ByteRange.WHOLE);
  }

  @Test
  void anEmptyBodyIsABody() {
    assertThat(Frames.read(send("")).getFirst()).satisfies(f -> assertThat(f.body()).isEmpty()).satisfies(f -> assertThat(f.end())
        .isEqualTo("COMPLETE"));
    assertThat(Frames.read(send("").replace("\r\n\r\n\r\n", "\r\n\r\n")).getFirst().end()).isEqualTo("COMPLETE");
  }

  @Test
  void aStatusLineWithoutCommentIsTolerated() {
    assertThat(((MsrpResponse) Frames.read(RESPONSE.replace("200 OK", "200")).getFirst().head()).status()).isEqualTo(200);
    assertThat(((MsrpResponse) Frames.read(RESPONSE.replace("200 OK", "481 No such session")).getFirst().head()).comment())
        .isEqualTo("No such session");
  }

  @Test
  void headerNamesInAnyCaseLfAloneAndBlankLinesAreTolerated() {
    String sloppy = "\r\n\r\n" + EMPTY_SEND.replace("To-Path", "to-path").replace("From-Path", "FROM-PATH").replace("\r\n", "\n");
    assertThat(Frames.read(sloppy).getFirst().head().toPath().getFirst().sessionId()).isEqualTo("mine");
  }

  @Test
  void allFlagsAreRead() {
    assertThat(Frames.read(send("x").replace("1234$", "1234+") + send("y").replace("1234$", "1234#"))).extracting(Frames.Frame::end)
        .containsExactly("MORE", "ABORTED");
  }

  @Test
  void whatIsNoMsrpBreaksTheStream() {
    for (String bad : List.of("GET / HTTP/1.1\r\n", "MSRP\r\n", "MSRP a\r\n", "MSRP -abc SEND\r\n", "MSRP abcd send\r\n",
        "MSRP abcd SEND\r\nnonsense\r\n", "MSRP abcd SEND\r\nA: b\rc\r\n",
        "MSRP abcd SEND\r\nA: " + "b".repeat(9000), "MSRP abcd SEND\r\n" + "A: b\r\n".repeat(65), "MSRP abcd SEND\r\n" + ("A: "
            + "b".repeat(3000) + "\r\n").repeat(6), "x".repeat(9000))) {
      MsrpReader reader = new MsrpReader();
      assertThatThrownBy(() -> reader.read(bad.getBytes(UTF_8), new Frames())).as(bad.substring(0, Math.min(40, bad.length())))
          .isInstanceOf(Malformed.class);
      assertThatThrownBy(() -> reader.read(SEND.getBytes(UTF_8), new Frames())).isInstanceOf(Malformed.class);
    }
  }

  @Test
  void brokenPathsCostTheRequestAndNotTheStream() {
    List<Frames.Frame> frames = Frames.read(EMPTY_SEND.replace("msrp://198", "http://198") + SEND);
    assertThat(frames).hasSize(2);
    assertThatThrownBy(() -> frames.getFirst().head().toPath()).isInstanceOf(Malformed.class).hasMessageContaining("MSRP URI");
  }

  @Test
  void aBodyOfDashesTakesNoLongerThanAnyOther() {
    byte[] dashes = "\r\n------".repeat(1_000_000).getBytes(UTF_8);
    List<byte[]> stream = new ArrayList<>(List.of(send("").replace("\r\n-------abcd1234$\r\n", "").getBytes(UTF_8)));
    stream.add(dashes);
    stream.add("-".repeat(8_000_000).getBytes(UTF_8));
    Frames frames = new Frames();
    MsrpReader reader = new MsrpReader();
    long start = System.nanoTime();
    stream.forEach(s -> reader.read(s, frames));
    reader.read("\r\n-------abcd1234$\r\n".getBytes(UTF_8), frames);
    assertThat(System.nanoTime() - start).isLessThan(10_000_000_000L);
    assertThat(frames.all.getFirst().body()).hasSize(16_000_000);
  }

  @Test
  void urisOfTheFieldAreRead() {
    assertThat(MsrpUri.parse("msrp://10.0.0.1:20000/1416700000000;tcp")).isEqualTo(MsrpUri.of(false, "10.0.0.1", 20000, "1416700000000"));
    MsrpUri full = MsrpUri.parse("MSRPS://alice@[2001:db8::1]:443/a+b=/c;TCP;x=y;z");
    assertThat(full).isEqualTo(new MsrpUri(true, "alice", "[2001:db8::1]", 443, "a+b=/c", "tcp", ";x=y;z"));
    assertThat(full.toString()).isEqualTo("msrps://alice@[2001:db8::1]:443/a+b=/c;tcp;x=y;z");
    assertThat(MsrpUri.parse("msrps://relay.example.com;tcp").sessionId()).isEmpty();
    assertThat(MsrpUri.parse("msrp://h/s").transport()).isEqualTo("tcp");
    assertThat(MsrpUri.parse("msrp://H:1/s;tcp").sameAs(MsrpUri.parse("msrp://h:1/s;TCP;p=1"))).isTrue();
    assertThat(MsrpUri.parse("msrp://h:1/s;tcp").sameAs(MsrpUri.parse("msrp://h:1/S;tcp"))).isFalse();
    assertThat(MsrpUri.parse("msrp://h/s;tcp").sameAs(MsrpUri.parse("msrp://h:2855/s;tcp"))).isFalse();
    assertThat(MsrpUri.parse("msrp://0.0.0.0:2855/s;tcp").sameSession(MsrpUri.parse("msrp://198.51.100.1:9/s;tcp"))).isTrue();
    for (String bad : List.of("", "msrp:h", "http://h/s", "msrp:///s;tcp", "msrp://h:x/s;tcp", "msrp://h:70000/s", "msrp://h:+1/s",
        "msrp://[::1/s", "msrp://h/s\u0001", "msrp://" + "h".repeat(2000))) {
      assertThatThrownBy(() -> MsrpUri.parse(bad)).as(bad).isInstanceOf(Malformed.class);
    }
    assertThatThrownBy(() -> MsrpUri.parsePath("msrp://h/s;tcp ".repeat(17))).isInstanceOf(Malformed.class);
    assertThat(MsrpUri.parsePath(" msrp://a/s;tcp  msrp://b/s;tcp ")).hasSize(2);
  }

  @Test
  void byteRangesAreReadWithStarsAndBlanks() {
    assertThat(ByteRange.parse("1-*/*").toString()).isEqualTo("1-*/*");
    assertThat(ByteRange.parse("1 - 39 / 39")).isEqualTo(ByteRange.of(1, 39, 39));
    assertThat(ByteRange.parse("1-0/0")).isEqualTo(ByteRange.of(1, 0, 0));
    assertThat(ByteRange.parse("5-9").total()).isEmpty();
    for (String bad : List.of("", "*-1/2", "0-1/2", "9-7/9", "1/2", "1-x/2", "1-99999999999999999999/1", "-1-2/3")) {
      assertThatThrownBy(() -> ByteRange.parse(bad)).as(bad).isInstanceOf(Malformed.class).hasMessageContaining("Byte-Range");
    }
  }
}
