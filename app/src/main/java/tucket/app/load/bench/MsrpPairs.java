// Two ends with a relay between them, for a relay that knows no SIP.
package tucket.app.load.bench;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;
import tucket.protocol.msrp.IncomingMessage;
import tucket.protocol.msrp.MsrpUri;
import tucket.protocol.msrp.OutgoingMessage;
import tucket.protocol.msrp.SessionOutput;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.msrp.MsrpEnd;
import tucket.transport.msrp.MsrpOwner;
import tucket.transport.msrp.MsrpSettings;
import tucket.transport.msrp.MsrpStack;

/// The sender connects to the relay, whose URI stands before that of the receiver in To-Path; the relay connects to the receiver.
final class MsrpPairs implements AutoCloseable {
  private final MsrpStack stack;
  private final List<MsrpLoad.Sender> senders = new ArrayList<>();

  MsrpPairs(Bench bench, Endpoint relay, int pairs, int bytes) {
    stack = new MsrpStack(bench.world(), MsrpSettings.DEFAULT);
    stack.listen(new Endpoint(Protocol.TCP, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    MsrpUri between = MsrpUri.of(false, relay.host(), relay.port(), "relay");
    byte[] body = "x".repeat(bytes).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    for (int i = 0; i < pairs; i++) {
      MsrpEnd from = stack.open(false);
      MsrpEnd to = stack.open(false);
      to.start(List.of(between, from.uri()), Optional.empty(), new Owner(to));
      Owner owner = new Owner(from);
      from.start(List.of(between, to.uri()), Optional.of(new MsrpEnd.Peer(relay.host(), relay.port(), false)), owner);
      senders.add(done -> {
        String id = bench.world().chance().token(8);
        owner.outcomes.put(id, done);
        from.send(OutgoingMessage.of(id, "message/cpim", body));
      });
    }
  }

  List<MsrpLoad.Sender> senders() {
    return senders;
  }

  @Override
  public void close() {
    stack.close();
  }

  private static final class Owner implements MsrpOwner {
    final Map<String, IntConsumer> outcomes = new ConcurrentHashMap<>();
    private final MsrpEnd end;

    Owner(MsrpEnd end) {
      this.end = end;
    }

    @Override
    public void message(IncomingMessage message, long ticket) {
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
