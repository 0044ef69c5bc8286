// Messages and keep-alives out of a byte stream.
package tucket.protocol.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import tucket.protocol.Malformed;
import tucket.protocol.sip.SipFramer.Frame;
import tucket.protocol.sip.SipFramer.Message;
import tucket.protocol.sip.SipFramer.Oversized;
import tucket.protocol.sip.SipFramer.Ping;
import tucket.protocol.sip.SipFramer.Pong;

class SipFramerTest {
  private static String message(String length, String body) {
    return "MESSAGE sip:b@c SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\r\n" + length + "\r\n\r\n" + body;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<Frame> all(SipFramer framer) {
    List<Frame> frames = new ArrayList<>();
    for (Optional<Frame> frame = framer.next(); frame.isPresent(); frame = framer.next()) {
      frames.add(frame.get());
    }
    return frames;
  }

  private static String body(Frame frame) {
    return new String(((Message) frame).message().body(), StandardCharsets.UTF_8);
  }

  @Test
  void messagesThatArriveTogetherAreCutApart() {
    SipFramer framer = new SipFramer();
    framer.append(bytes(message("Content-Length: 3", "one") + message("l: 3", "two") + message("l:0", "") + message("L : 4", "thr")));
    List<Frame> frames = all(framer);
    assertThat(frames).hasSize(3).extracting(SipFramerTest::body).containsExactly("one", "two", "");
    framer.append(bytes("e"));
    assertThat(all(framer)).extracting(SipFramerTest::body).containsExactly("thre");
    assertThat(framer.buffered()).isZero();
  }

  @Test
  void aMessageMayBeTakenUnreadAndTheNextOneFollows() {
    SipFramer framer = new SipFramer();
    List<String> offered = new ArrayList<>();
    SipFramer.Unread second = (data, from, end) -> {
      offered.add(new String(data, from, end - from, StandardCharsets.UTF_8));
      return offered.size() == 2;
    };
    String one = message("Content-Length: 3", "one");
    String two = message("l: 3", "two");
    framer.append(bytes(one + two + "\r\n\r\n" + one));
    assertThat(framer.next(second).orElseThrow()).isInstanceOf(Message.class);
    assertThat(framer.next(second).orElseThrow()).isEqualTo(new SipFramer.Taken());
    assertThat(framer.next(second).orElseThrow()).isEqualTo(new Ping());
    assertThat(framer.next(second).map(SipFramerTest::body)).contains("one");
    assertThat(framer.next(second)).isEmpty();
    assertThat(offered).containsExactly(one, two, one);
  }

  @Test
  void bytesThatArriveOneByOneGiveTheSameMessages() {
    SipFramer framer = new SipFramer();
    List<Frame> frames = new ArrayList<>();
    for (byte b : bytes(message("Content-Length: 5", "hello") + "\r\n" + message("l: 1", "x"))) {
      framer.append(ByteBuffer.wrap(new byte[] {b}));
      frames.addAll(all(framer));
    }
    assertThat(frames).hasSize(3);
    assertThat(body(frames.getFirst())).isEqualTo("hello");
    assertThat(frames.get(1)).isInstanceOf(Pong.class);
    assertThat(body(frames.getLast())).isEqualTo("x");
  }

  @Test
  void pingAndPongAreToldApart() {
    SipFramer framer = new SipFramer();
    framer.append(bytes("\r\n\r\n"));
    assertThat(all(framer)).containsExactly(new Ping());
    framer.append(bytes("\r\n"));
    assertThat(all(framer)).containsExactly(new Pong());
    framer.append(bytes("\r\n\r"));
    assertThat(all(framer)).isEmpty();
    framer.append(bytes("\n"));
    assertThat(all(framer)).containsExactly(new Ping());
    framer.append(bytes("\r\n\r\n" + message("l: 2", "hi")));
    assertThat(all(framer)).hasSize(2).first().isEqualTo(new Ping());
  }

  @Test
  void aMessageWithoutContentLengthHasNoBody() {
    SipFramer framer = new SipFramer();
    framer.append(bytes(message("Subject: x", "") + message("l: 0", "")));
    assertThat(all(framer)).hasSize(2);
  }

  @Test
  void aBodyBeyondTheLimitIsSkippedAndItsHeadHandedOut() {
    SipFramer framer = new SipFramer(new SipLimits(10_000, 1_000, 20, 500, 100));
    framer.append(bytes(message("l: 5000", "a".repeat(2000))));
    List<Frame> frames = all(framer);
    assertThat(frames).hasSize(1);
    SipMessage head = ((Oversized) frames.getFirst()).head().orElseThrow();
    assertThat(SipResponse.to((SipRequest) head, Status.REQUEST_ENTITY_TOO_LARGE).toString()).startsWith("SIP/2.0 413 ")
        .contains("z9hG4bK1");
    framer.append(bytes("a".repeat(3000) + message("l: 2", "ok")));
    assertThat(all(framer)).extracting(SipFramerTest::body).containsExactly("ok");
  }

  @Test
  void aHeadBeyondTheLimitEndsTheStreamWithBoundedMemory() {
    SipFramer framer = new SipFramer(new SipLimits(10_000, 1_000, 20, 2_000, 100));
    framer.append(bytes("MESSAGE sip:b@c SIP/2.0\r\nSubject: "));
    List<Frame> frames = new ArrayList<>();
    for (int i = 0; i < 1000 && frames.isEmpty(); i++) {
      framer.append(bytes("x".repeat(100)));
      frames.addAll(framer.next().stream().toList());
    }
    assertThat(frames).containsExactly(new Oversized(Optional.empty()));
    assertThatThrownBy(framer::next).isInstanceOf(Malformed.class);
    framer.append(bytes("more"));
    assertThat(framer.buffered()).isZero();
  }

  @Test
  void aFoldedContentLengthCountsAndLinesMayEndWithLf() {
    SipFramer framer = new SipFramer();
    framer.append(bytes(message("cONTENT-length\t:\r\n 3", "one") + message("l: 0000000000003", "two").replace("\r\n", "\n")
        + message("Lx: 9", "")));
    assertThat(all(framer)).extracting(SipFramerTest::body).containsExactly("one", "two", "");
  }

  @Test
  void anotherProtocolIsSeenBeforeItsBodyHasCome() {
    SipFramer framer = new SipFramer();
    framer.append(bytes("POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\nx"));
    assertThatThrownBy(framer::next).isInstanceOf(Malformed.class).hasMessageContaining("start line");
  }

  @Test
  void whatIsNoSipEndsTheStream() {
    SipFramer framer = new SipFramer();
    framer.append(bytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    assertThatThrownBy(framer::next).isInstanceOf(Malformed.class);
    assertThatThrownBy(framer::next).isInstanceOf(Malformed.class);
  }

  @Test
  @Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
  void manyBytesOneByOneCostLinearTime() {
    // One search from the start for every byte would look at 2 * 10^12 bytes here: the test would run for many minutes.
    int size = 2_000_000;
    SipLimits wide = new SipLimits(size * 3, size * 2, 512, size * 2, size * 2);
    SipFramer framer = new SipFramer(wide);
    byte[] head = bytes(message("Subject: " + "x".repeat(size) + "\r\nl: " + size, ""));
    List<Frame> frames = new ArrayList<>();
    byte[] one = new byte[1];
    for (int i = 0; i < head.length + size; i++) {
      one[0] = i < head.length ? head[i] : (byte) 'b';
      framer.append(one);
      framer.next().ifPresent(frames::add);
    }
    assertThat(frames).hasSize(1);
    assertThat(((Message) frames.getFirst()).message().bodyLength()).isEqualTo(size);
  }
}
