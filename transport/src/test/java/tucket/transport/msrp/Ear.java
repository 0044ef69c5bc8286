// Who owns a session in a test: keeps what it hears.
package tucket.transport.msrp;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import tucket.protocol.msrp.IncomingMessage;
import tucket.protocol.msrp.SessionOutput;

final class Ear implements MsrpOwner {
  final BlockingQueue<IncomingMessage> messages = new LinkedBlockingQueue<>();
  final BlockingQueue<Long> tickets = new LinkedBlockingQueue<>();
  final BlockingQueue<String> fates = new LinkedBlockingQueue<>();
  final BlockingQueue<SessionOutput.Ending> endings = new LinkedBlockingQueue<>();
  private final MsrpEnd end;
  private final int verdict;

  /// Answers each message so; 0 leaves that to the test.
  Ear(MsrpEnd end, int verdict) {
    this.end = end;
    this.verdict = verdict;
  }

  @Override
  public void message(IncomingMessage message, long ticket) {
    messages.add(message);
    tickets.add(ticket);
    if (verdict != 0) {
      end.settle(ticket, verdict);
    }
  }

  @Override
  public void accepted(String messageId) {
    fates.add(messageId + " accepted");
  }

  @Override
  public void failed(String messageId, SessionOutput.Failure failure) {
    fates.add(messageId + " " + failure.why() + (failure.status() == 0 ? "" : " " + failure.status()));
  }

  @Override
  public void ended(SessionOutput.Ending why) {
    endings.add(why);
  }

  static <T> T next(BlockingQueue<T> queue) {
    try {
      T found = queue.poll(30, TimeUnit.SECONDS);
      if (found == null) {
        throw new AssertionError("nothing came");
      }
      return found;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// The next message as text.
  String hear() {
    return new String(next(messages).body(), java.nio.charset.StandardCharsets.UTF_8);
  }
}
