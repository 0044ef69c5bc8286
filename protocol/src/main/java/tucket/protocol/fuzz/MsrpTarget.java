// Fuzzes the MSRP reader and the session machine.
package tucket.protocol.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import tucket.protocol.Malformed;
import tucket.protocol.msrp.Continuation;
import tucket.protocol.msrp.IncomingMessage;
import tucket.protocol.msrp.MsrpReader;
import tucket.protocol.msrp.MsrpRequest;
import tucket.protocol.msrp.MsrpResponse;
import tucket.protocol.msrp.MsrpSession;
import tucket.protocol.msrp.MsrpUri;
import tucket.protocol.msrp.OutgoingMessage;
import tucket.protocol.msrp.SessionEvent;
import tucket.protocol.msrp.SessionOutput;
import tucket.protocol.msrp.SessionSettings;

/// However a stream is cut, the same is read, and a session takes all of it. Accepted is a stream that is sound to its end.
public final class MsrpTarget implements Target {
  private final List<byte[]> corpus = corpus();

  private static List<byte[]> corpus() {
    List<String> all = new ArrayList<>(MsrpCorpus.ALL);
    all.add(String.join("", MsrpCorpus.ALL));
    return all.stream().map(text -> text.getBytes(UTF_8)).toList();
  }

  @Override
  public String name() {
    return "msrp";
  }

  @Override
  public byte[] input(SplittableRandom chance) {
    return new Mutations(chance).next(corpus);
  }

  @Override
  public void read(byte[] input) {
    Frames whole = new Frames();
    boolean broken = isBroken(input, input.length, whole);
    Frames sliced = new Frames();
    boolean brokenToo = isBroken(input, 50, sliced);
    Broken.unlessSame(sliced.text.toString(), whole.text.toString(), "in pieces the same is read");
    Broken.unlessSame(brokenToo, broken, "in pieces a stream breaks where it does in one");
    new MsrpReader().read(input, new Recorder());
  }

  /// Reads it in pieces of at most so many bytes.
  private static boolean isBroken(byte[] input, int most, Frames into) {
    SplittableRandom chance = new SplittableRandom(Arrays.hashCode(input));
    MsrpReader reader = new MsrpReader();
    try {
      for (int at = 0; at < input.length; ) {
        int end = most >= input.length ? input.length : Math.min(input.length, at + 1 + chance.nextInt(most));
        reader.read(input, at, end, into);
        at = end;
      }
      return false;
    } catch (Malformed e) {
      return true;
    }
  }

  /// What is read, as text; where a body was cut plays no role.
  private static final class Frames implements MsrpReader.Sink {
    private final StringBuilder text = new StringBuilder();
    private int heads;

    @Override
    public void request(MsrpRequest head) {
      heads++;
      text.append(head).append(' ');
    }

    @Override
    public void body(byte[] data, int from, int to) {
      text.append(new String(data, from, to - from, ISO_8859_1));
    }

    @Override
    public void end(Continuation continuation, boolean hadBody) {
      text.append(' ').append(continuation).append(hadBody).append('\n');
    }

    @Override
    public void response(MsrpResponse response) {
      heads++;
      text.append(response).append('\n');
    }
  }

  /// Drives a session with what is read, and checks that whatever it writes can be read.
  private static final class Recorder implements MsrpReader.Sink, SessionOutput {
    private final MsrpSession session = new MsrpSession(
        SessionSettings.of(MsrpUri.parse("msrp://198.51.100.1:2855/mine;tcp"), MsrpUri.parsePath("msrp://10.0.0.1:20000/theirs;tcp"),
        true), this::id, 0);
    private final SplittableRandom ids = new SplittableRandom(1);

    private String id() {
      return "tid" + ids.nextLong(Long.MAX_VALUE);
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
      Frames frames = new Frames();
      new MsrpReader().read(data, frames);
      Broken.unlessSame(frames.heads, 1, "what a session writes is one message");
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
