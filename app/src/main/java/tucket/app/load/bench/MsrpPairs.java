// Two ends with a relay between them, for a relay that knows no SIP.
package tucket.app.load.bench;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import tucket.app.command.Exit;
import tucket.app.command.Failure;
import tucket.protocol.msrp.IncomingMessage;
import tucket.protocol.msrp.MsrpUri;
import tucket.protocol.msrp.OutgoingMessage;
import tucket.protocol.msrp.SessionOutput;
import tucket.transport.Clock;
import tucket.transport.Deadline;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.msrp.MsrpEnd;
import tucket.transport.msrp.MsrpOwner;
import tucket.transport.msrp.MsrpSettings;
import tucket.transport.msrp.MsrpStack;

/// The sender connects to the relay, whose URI stands before that of the receiver in To-Path; the relay connects to the receiver.
final class MsrpPairs implements AutoCloseable {
  private final MsrpStack stack;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final List<MsrpLoad.Sender> senders = new ArrayList<>();
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong arrived = new AtomicLong();
  private final Clock clock;
  private final byte[] body;

  MsrpPairs(Bench bench, Endpoint relay, int pairs, int bytes) {
    stack = new MsrpStack(bench.world(), MsrpSettings.DEFAULT.withTrustRelays(true)); // so that a relay carries each message and no more
    stack.listen(new Endpoint(Protocol.TCP, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    MsrpUri between = MsrpUri.of(false, relay.host(), relay.port(), "relay");
    clock = bench.world().clock();
    body = "x".repeat(bytes).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    for (int i = 0; i < pairs; i++) {
      MsrpEnd from = stack.open(false);
      MsrpEnd to = stack.open(false);
      to.start(List.of(between, from.uri()), Optional.empty(), new Owner(to));
      Owner owner = new Owner(from);
      from.start(List.of(between, to.uri()), Optional.of(new MsrpEnd.Peer(relay.host(), relay.port(), false)), owner);
      senders.add(done -> {
        String id = bench.world().chance().token(8);
        owner.outcomes.put(id, done);
        sent.incrementAndGet();
        from.send(OutgoingMessage.of(id, "message/cpim", body));
      });
    }
  }

  List<MsrpLoad.Sender> senders() {
    return senders;
  }

  /// Waits until all that was sent has come whole; the relay answers before that.
  void check() {
    Deadline by = Deadline.in(PATIENCE, clock);
    while (arrived.get() < sent.get() && !by.passed(clock)) {
      clock.sleep(Duration.ofMillis(10));
    }
    if (arrived.get() != sent.get()) {
      throw new Failure(Exit.FAILED, "of " + sent + " messages " + arrived + " came whole through the relay");
    }
  }

  @Override
  public void close() {
    stack.close();
  }

  private final class Owner implements MsrpOwner {
    final Map<String, IntConsumer> outcomes = new ConcurrentHashMap<>();
    private final MsrpEnd end;

    Owner(MsrpEnd end) {
      this.end = end;
    }

    @Override
    public void message(IncomingMessage message, long ticket) {
      if (Arrays.equals(message.body(), body)) {
        arrived.incrementAndGet();
      }
      end.settle(ticket, 200);
    }

    @Override
    public void accepted(String messageId) {
      tell(messageId, 200);
    }

    @Override
    public void failed(String messageId, SessionOutput.Failure failure) {
      tell(messageId, failure.status() == 0 ? 481 : failure.status());
    }

    private void tell(String messageId, int status) {
      IntConsumer waiting = outcomes.remove(messageId);
      if (waiting != null) {
        waiting.accept(status);
      }
    }

    @Override
    public void ended(SessionOutput.Ending why) {}
  }
}
