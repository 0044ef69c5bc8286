// Cutting messages into chunks, writing them, and putting them together again.
package tucket.protocol.msrp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import tucket.protocol.mime.Samples;
import tucket.protocol.msrp.MsrpAssembly.Result;
import tucket.protocol.msrp.MsrpRequest.FailureReport;

class MsrpChunksTest {
  private static final List<MsrpUri> THEM = MsrpUri.parsePath("msrp://10.0.0.1:20000/theirs;tcp");
  private static final List<MsrpUri> US = MsrpUri.parsePath("msrp://198.51.100.1:2855/mine;tcp");

  private static Supplier<String> ids() {
    int[] next = {0};
    return () -> "id" + next[0]++;
  }

  private static List<Frames.Frame> chunks(OutgoingMessage message, int size) {
    MsrpChunker chunker = new MsrpChunker(message, THEM, US, size);
    Supplier<String> ids = ids();
    List<Frames.Frame> frames = new ArrayList<>();
    while (!chunker.isFinished()) {
      frames.addAll(Frames.read(chunker.next(ids).wire()));
    }
    return frames;
  }

  @Test
  void aSmallMessageIsOneChunkAsTerminalsWantIt() {
    byte[] wire = new MsrpChunker(OutgoingMessage.of("m1", "message/cpim", "hello".getBytes(UTF_8)), THEM, US).next(ids()).wire();
    assertThat(new String(wire, UTF_8)).isEqualTo("MSRP id0 SEND\r\nTo-Path: msrp://10.0.0.1:20000/theirs;tcp\r\nFrom-Path: "
        + "msrp://198.51.100.1:2855/mine;tcp\r\n"
        + "Message-ID: m1\r\nByte-Range: 1-5/5\r\nContent-Type: message/cpim\r\n\r\nhello\r\n-------id0$\r\n");
  }

  @Test
  void chunksHaveAtMost10240BytesAndARealEnd() {
    List<Frames.Frame> frames = chunks(OutgoingMessage.of("m1", "x/y", new byte[25_000]), MsrpChunker.CHUNK_BYTES);
    assertThat(frames).extracting(f -> f.head().first("Byte-Range").orElseThrow()).containsExactly("1-10240/25000", "10241-20480/25000",
        "20481-25000/25000");
    assertThat(frames).extracting(Frames.Frame::end).containsExactly("MORE", "MORE", "COMPLETE");
    assertThat(frames).allMatch(f -> f.body().length() <= 10_240);
  }

  @Test
  void anEmptyMessageIsOneEmptyChunk() {
    assertThat(chunks(OutgoingMessage.of("m1", "x/y", new byte[0]), 100)).extracting(f -> f.head().first("Byte-Range").orElseThrow())
        .containsExactly("1-0/0");
  }

  @Test
  void anIdThatOccursInTheBodyIsNotUsed() {
    Iterator<String> given = List.of("evil", "good").iterator();
    byte[] body = "x\r\n-------evil$\r\n".getBytes(UTF_8);
    assertThat(new MsrpChunker(OutgoingMessage.of("m1", "x/y", body), THEM, US).next(given::next).transactionId()).isEqualTo("good");
  }

  @Test
  void reportHeadersAreWrittenOnlyWhereTheyDifferFromTheDefault() {
    OutgoingMessage message = new OutgoingMessage("m1", "x/y", new byte[1], true, FailureReport.PARTIAL,
        List.of(new MsrpHeader("content-disposition", "render")));
    String wire = new String(new MsrpChunker(message, THEM, US).next(ids()).wire(), UTF_8);
    assertThat(wire).contains("\r\nSuccess-Report: yes\r\nFailure-Report: partial\r\nContent-Disposition: render\r\nContent-Type: "
        + "x/y\r\n\r\n");
  }

  @Test
  void headersAreSpelledExactlyAndContentTypeComesLast() {
    MsrpRequest sloppy = new MsrpRequest("abcd", "SEND", List.of(new MsrpHeader("content-type", "x/y"), new MsrpHeader("message-id", "1"),
        new MsrpHeader("from-path", "msrp://a/b;tcp"),
        new MsrpHeader("X-Own", "z"), new MsrpHeader("TO-PATH", "msrp://c/d;tcp"), new MsrpHeader("byte-range", "1-1/1")));
    assertThat(new String(MsrpWriter.write(sloppy, new byte[] {'x'}, 0, 1, Continuation.COMPLETE), UTF_8))
        .isEqualTo("MSRP abcd SEND\r\nTo-Path: msrp://c/d;tcp\r\n"
        + "From-Path: msrp://a/b;tcp\r\nMessage-ID: 1\r\nX-Own: z\r\nByte-Range: 1-1/1\r\nContent-Type: x/y\r\n\r\nx\r\n-------abcd$\r\n");
    assertThat(new String(MsrpWriter.write(sloppy), UTF_8)).doesNotContain("Content-Type")
        .endsWith("Byte-Range: 1-1/1\r\n-------abcd$\r\n");
    assertThatThrownBy(() -> MsrpWriter.write(sloppy.without("Content-Type"), new byte[1], 0, 1, Continuation.COMPLETE))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aResponseAlwaysHasACommentAndGoesBackTheRightWay() {
    MsrpRequest send = MsrpRequest.of("abcd", "SEND", US, MsrpUri.parsePath("msrp://relay/r;tcp msrp://10.0.0.1:20000/theirs;tcp"));
    assertThat(new String(MsrpWriter.write(MsrpResponse.to(send, 200)), UTF_8))
        .isEqualTo("MSRP abcd 200 OK\r\nTo-Path: msrp://relay/r;tcp\r\nFrom-Path: msrp://198.51.100.1:2855/mine;tcp\r\n-------abcd$\r\n");
    MsrpRequest auth = MsrpRequest.of("abcd", "AUTH", US, MsrpUri.parsePath("msrp://relay/r;tcp msrp://10.0.0.1:20000/theirs;tcp"));
    assertThat(MsrpResponse.challenge(auth, "Digest realm=\"x\", opaque=\"y\"").toPath()).hasSize(2);
    assertThat(MsrpResponse.granted(auth, US, 900).first("Use-Path")).contains("msrp://198.51.100.1:2855/mine;tcp");
    for (int status = 200; status < 600; status++) {
      assertThat(MsrpResponse.to(send, status).startLine().split(" ").length).isGreaterThanOrEqualTo(4);
    }
  }

  @Test
  void responsesAreDueAsFailureReportSays() {
    MsrpRequest send = MsrpRequest.of("abcd", "SEND", US, THEM);
    assertThat(send.wantsResponse(200)).isTrue();
    assertThat(send.with("Failure-Report", "no").wantsResponse(413)).isFalse();
    assertThat(send.with("Failure-Report", "partial").wantsResponse(200)).isFalse();
    assertThat(send.with("Failure-Report", "Partial").wantsResponse(413)).isTrue();
    assertThat(MsrpRequest.of("abcd", "REPORT", US, THEM).wantsResponse(501)).isFalse();
  }

  @Test
  void aReportCoversTheWholeMessageAndGoesBackAlongThePath() {
    MsrpRequest send = MsrpRequest.of("abcd", "SEND", US, MsrpUri.parsePath("msrp://relay/r;tcp msrp://10.0.0.1:20000/theirs;tcp"))
        .with("Message-ID", "m1");
    assertThat(new String(MsrpWriter.write(MsrpRequest.report("rep1", send, US.getFirst(), 200, 1, 106, 106)), UTF_8))
        .isEqualTo("MSRP rep1 REPORT\r\n"
        + "To-Path: msrp://relay/r;tcp msrp://10.0.0.1:20000/theirs;tcp\r\nFrom-Path: msrp://198.51.100.1:2855/mine;tcp\r\nMessage-ID: "
        + "m1\r\nByte-Range: 1-106/106\r\n"
        + "Status: 000 200 OK\r\n-------rep1$\r\n");
  }

  private static Result feed(MsrpAssembly assembly, String id, String range, String body, Continuation flag) {
    MsrpRequest head = MsrpRequest.of("abcd", "SEND", US, THEM).with("Message-ID", id).with("Content-Type", "text/plain");
    assembly.begin(range.isEmpty() ? head : head.with("Byte-Range", range));
    byte[] data = body.getBytes(UTF_8);
    assembly.body(data, 0, data.length / 2);
    assembly.body(data, data.length / 2, data.length);
    return assembly.end(flag);
  }

  private static String text(Result result) {
    return result instanceof MsrpAssembly.Complete c ? new String(c.message().body(), UTF_8) : result.toString();
  }

  @Test
  void interleavedChunksOfTwoMessagesAreKeptApart() {
    MsrpAssembly a = new MsrpAssembly(MsrpAssembly.Limits.DEFAULT);
    assertThat(feed(a, "1", "1-3/6", "abc", Continuation.MORE)).isInstanceOf(MsrpAssembly.Partial.class);
    assertThat(feed(a, "2", "1-2/4", "AB", Continuation.MORE)).isInstanceOf(MsrpAssembly.Partial.class);
    assertThat(text(feed(a, "1", "4-6/6", "def", Continuation.COMPLETE))).isEqualTo("abcdef");
    assertThat(text(feed(a, "2", "3-*/*", "CD", Continuation.COMPLETE))).isEqualTo("ABCD");
    assertThat(a.bufferedBytes()).isZero();
  }

  @Test
  void anyCuttingAndOrderGivesTheMessage() {
    for (long seed = 0; seed < 300; seed++) {
      Samples s = new Samples(seed);
      byte[] body = new byte[1 + s.upTo(3000)];
      s.random.nextBytes(body);
      List<Frames.Frame> frames = new ArrayList<>(chunks(OutgoingMessage.of("m", "x/y", body), 1 + s.upTo(400)));
      if (frames.size() > 30) {
        continue;
      }
      frames.addAll(frames.subList(0, frames.size() / 2)); // some come twice
      Collections.shuffle(frames, new Random(seed));
      MsrpAssembly a = new MsrpAssembly(MsrpAssembly.Limits.DEFAULT);
      byte[] got = new byte[0];
      for (Frames.Frame f : frames) {
        a.begin((MsrpRequest) f.head());
        byte[] data = f.body().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        a.body(data, 0, data.length);
        if (got.length == 0 && a.end(f.end().equals("MORE") ? Continuation.MORE
            : Continuation.COMPLETE) instanceof MsrpAssembly.Complete c) {
          got = c.message().body();
          break;
        }
      }
      assertThat(got).as("seed " + seed).isEqualTo(body);
    }
  }

  @Test
  void whatComesLastCountsWhereChunksOverlap() {
    MsrpAssembly a = new MsrpAssembly(MsrpAssembly.Limits.DEFAULT);
    feed(a, "1", "1-4/6", "aaaa", Continuation.MORE);
    assertThat(text(feed(a, "1", "3-6/6", "BBBB", Continuation.COMPLETE))).isEqualTo("aaBBBB");
  }

  @Test
  void withoutByteRangeARequestIsAWholeMessage() {
    assertThat(text(feed(new MsrpAssembly(MsrpAssembly.Limits.DEFAULT), "1", "", "whole", Continuation.COMPLETE))).isEqualTo("whole");
    assertThat(text(feed(new MsrpAssembly(MsrpAssembly.Limits.DEFAULT), "1", "1-0/0", "", Continuation.COMPLETE))).isEmpty();
  }

  @Test
  void anAbortedMessageIsForgotten() {
    MsrpAssembly a = new MsrpAssembly(MsrpAssembly.Limits.DEFAULT);
    feed(a, "1", "1-3/6", "abc", Continuation.MORE);
    assertThat(feed(a, "1", "4-3/6", "", Continuation.ABORTED)).isEqualTo(new MsrpAssembly.Aborted("1"));
    assertThat(a.bufferedBytes()).isZero();
  }

  @Test
  void aMessageOverTheLimitGets413ForEveryChunk() {
    MsrpAssembly a = new MsrpAssembly(new MsrpAssembly.Limits(10, 15, 2, 3));
    assertThat(feed(a, "1", "1-3/11", "abc", Continuation.MORE)).isEqualTo(new MsrpAssembly.Refused(413));
    assertThat(feed(a, "1", "4-6/11", "def", Continuation.MORE)).isEqualTo(new MsrpAssembly.Refused(413));
    assertThat(feed(a, "2", "1-*/*", "12345678901", Continuation.COMPLETE)).isEqualTo(new MsrpAssembly.Refused(413));
    assertThat(feed(a, "3", "999999999999-*/*", "x", Continuation.MORE)).isEqualTo(new MsrpAssembly.Refused(413));
    assertThat(text(feed(a, "4", "", "1234567890", Continuation.COMPLETE))).isEqualTo("1234567890");
    assertThat(a.bufferedBytes()).isZero();
  }

  @Test
  void unfinishedMessagesAreBoundedInNumberSizeAndGaps() {
    MsrpAssembly a = new MsrpAssembly(new MsrpAssembly.Limits(100, 20, 2, 3));
    feed(a, "1", "1-*/*", "123456789", Continuation.MORE);
    assertThat(feed(a, "2", "1-*/*", "123456789012", Continuation.MORE)).isEqualTo(new MsrpAssembly.Refused(413));
    feed(a, "3", "1-*/*", "1", Continuation.MORE);
    assertThat(feed(a, "4", "1-*/*", "1", Continuation.MORE)).isEqualTo(new MsrpAssembly.Refused(413));
    MsrpAssembly gaps = new MsrpAssembly(new MsrpAssembly.Limits(100, 200, 2, 3));
    for (int i = 0; i < 3; i++) {
      feed(gaps, "1", 2 * i + 1 + "-*/*", "x", Continuation.MORE);
    }
    assertThat(feed(gaps, "1", "9-*/*", "x", Continuation.MORE)).isEqualTo(new MsrpAssembly.Refused(400));
  }

  @Test
  void brokenHeadersGet400AndABodilessSendNothingMore() {
    MsrpAssembly a = new MsrpAssembly(MsrpAssembly.Limits.DEFAULT);
    assertThat(feed(a, "1", "9-7/9", "x", Continuation.MORE)).isEqualTo(new MsrpAssembly.Refused(400));
    a.begin(MsrpRequest.of("abcd", "SEND", US, THEM).with("Content-Type", "nonsense").with("Message-ID", "1"));
    assertThat(a.end(Continuation.COMPLETE)).isEqualTo(new MsrpAssembly.Refused(400));
    a.begin(MsrpRequest.of("abcd", "SEND", US, THEM).with("Content-Type", "x/y"));
    assertThat(a.end(Continuation.COMPLETE)).isEqualTo(new MsrpAssembly.Refused(400));
    a.begin(MsrpRequest.of("abcd", "SEND", US, THEM));
    assertThat(a.end(Continuation.COMPLETE)).isInstanceOf(MsrpAssembly.Partial.class);
  }
}
