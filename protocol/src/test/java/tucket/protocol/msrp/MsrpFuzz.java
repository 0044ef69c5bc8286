// Fuzzes the MSRP reader, the session machine and SDP, for as long as wanted.
package tucket.protocol.msrp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import tucket.protocol.Malformed;
import tucket.protocol.mime.Mutations;
import tucket.protocol.sdp.SdpFuzz;

/// Stops at the first failure with seed, round and input.
public final class MsrpFuzz {
  private MsrpFuzz() {}

  static void batch(long seed, int rounds) {
    List<byte[]> corpus = new ArrayList<>();
    MsrpReaderTest.ALL.forEach(t -> corpus.add(t.getBytes(UTF_8)));
    corpus.add(String.join("", MsrpReaderTest.ALL).getBytes(UTF_8));
    SplittableRandom random = new SplittableRandom(seed);
    Mutations.run(seed, rounds, corpus, data -> round(data, random));
  }

  /// However it is cut, the same is read, and the session takes all of it.
  private static void round(byte[] data, SplittableRandom random) {
    Frames whole = new Frames();
    boolean broken = false;
    try {
      new MsrpReader().read(data, whole);
    } catch (Malformed e) {
      broken = true;
    }
    Frames sliced = new Frames();
    boolean brokenToo = false;
    try {
      MsrpReader reader = new MsrpReader();
      for (int at = 0; at < data.length; ) {
        int end = Math.min(data.length, at + 1 + random.nextInt(50));
        reader.read(data, at, end, sliced);
        at = end;
      }
    } catch (Malformed e) {
      brokenToo = true;
    }
    assertThat(sliced.all).isEqualTo(whole.all);
    assertThat(brokenToo).isEqualTo(broken);
    Recorder recorder = new Recorder();
    try {
      new MsrpReader().read(data, recorder);
    } catch (Malformed e) {
      // the stream ends here
    }
  }

  /// Drives a session with what is read, and checks that whatever it writes can be read.
  private static final class Recorder implements MsrpReader.Sink, SessionOutput {
    private final MsrpSession session = new MsrpSession(
        SessionSettings.of(MsrpUri.parse("msrp://198.51.100.1:2855/mine;tcp"), MsrpUri.parsePath("msrp://10.0.0.1:20000/theirs;tcp"),
        true), () -> "tid" + id(), 0);
    private static final SplittableRandom IDS = new SplittableRandom(1);

    private static long id() {
      return IDS.nextLong(Long.MAX_VALUE);
    }

    private void on(SessionEvent event) {
      session.on(event, 0, this);
    }

    @Override
    public void request(MsrpRequest head) {
      on(new SessionEvent.Head(1, head));
    }

    @Override
    public void body(byte[] data, int from, int to) {
      on(new SessionEvent.Body(1, data, from, to));
    }

    @Override
    public void end(Continuation continuation, boolean hadBody) {
      on(new SessionEvent.End(1, continuation));
    }

    @Override
    public void response(MsrpResponse response) {
      on(new SessionEvent.Answered(response));
    }

    @Override
    public void transmit(long connection, byte[] data) {
      assertThat(Frames.read(data)).hasSize(1);
    }

    @Override
    public void deliver(IncomingMessage message, long ticket) {
      on(new SessionEvent.Submit(OutgoingMessage.of("m" + ticket, "text/plain", message.body())));
      on(new SessionEvent.Verdict(ticket, 200));
    }

    @Override
    public void accepted(String messageId) {}

    @Override
    public void failed(String messageId, Failure failure) {}

    @Override
    public void schedule(long atNanos) {}

    @Override
    public void ended(Ending ending) {}
  }
}
