// One URI that a relay has handed out.
package tucket.transport.msrp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tucket.protocol.msrp.MsrpHeader;
import tucket.protocol.msrp.MsrpRequest;
import tucket.protocol.msrp.MsrpResponse;
import tucket.protocol.msrp.MsrpStatus;
import tucket.protocol.msrp.MsrpUri;
import tucket.protocol.msrp.MsrpWriter;
import tucket.transport.Clock;

/// Passes requests on in either direction (RFC 4976 section 6.4) and keeps what is under way until its answer comes. Thread-safe.
final class RelayPath {
  private static final int TRANSACTION_BYTES = 8;

  private final MsrpRelay relay;
  private final MsrpUri uri;
  private final MsrpConnection client;
  private final String user;
  private final Map<String, Underway> underway = new ConcurrentHashMap<>();
  private final RelayHop toClient;
  private final Map<MsrpUri, RelayHop> hops = new ConcurrentHashMap<>();
  private Clock.@Nullable Alarm end;
  private volatile boolean closed;

  /// A request that was passed on; `head` as it came, over `from`.
  private record Underway(MsrpRequest head, MsrpConnection from, Clock.Alarm late) {}

  RelayPath(MsrpRelay relay, MsrpUri uri, MsrpConnection client, String user) {
    this.relay = relay;
    this.uri = uri;
    this.client = client;
    this.toClient = RelayHop.standing(client);
    this.user = user;
  }

  MsrpUri uri() {
    return uri;
  }

  String user() {
    return user;
  }

  synchronized void endsBy(Clock.Alarm alarm) {
    end = alarm;
  }

  /// Where a request goes that came over `from`: to the client, or for him to the next hop of its path.
  RelayHop next(MsrpRequest head, MsrpConnection from) {
    if (from != client) {
      return toClient; // RFC 4976 section 6.3: over that connection and no other
    }
    MsrpUri next = head.toPath().get(1);
    int most = relay.settings.hops(); // each costs a connection, and whoever has logged in names as many as he likes
    if (!hops.containsKey(next) && hops.size() >= most) {
      hops.values().removeIf(RelayHop::isOver);
      if (hops.size() >= most) {
        return RelayHop.none(MsrpStatus.STOP_SENDING);
      }
    }
    return hops.computeIfAbsent(next, to -> RelayHop.to(relay, to));
  }

  /// The request as it goes on, with a transaction id of ours (RFC 4976 section 6.4.1).
  MsrpRequest onward(MsrpRequest head) {
    List<MsrpUri> to = head.toPath();
    List<MsrpUri> from = new ArrayList<>(List.of(to.getFirst()));
    from.addAll(head.fromPath());
    return head.withTransactionId(token()).with(MsrpHeader.TO_PATH, MsrpUri.writePath(to.subList(1, to.size())))
        .with(MsrpHeader.FROM_PATH, MsrpUri.writePath(from));
  }

  String token() {
    return relay.stack.world().chance().token(TRANSACTION_BYTES);
  }

  /// Notes that an answer is due; `head` is the request as it came. REPORT and who wants none are not noted.
  void expect(String transactionId, MsrpRequest head, MsrpConnection from) {
    if (head.is(MsrpRequest.REPORT) || head.failureReport() == MsrpRequest.FailureReport.NO || closed) {
      return;
    }
    Clock.Alarm late = relay.stack.world().clock().after(relay.stack.settings().times().response(), () -> unanswered(transactionId));
    underway.put(transactionId, new Underway(head, from, late));
    if (underway.size() >= relay.settings.unanswered()) {
      from.pause(this, true);
    }
  }

  private Optional<Underway> answeredOrGivenUp(String transactionId) {
    Underway request = underway.remove(transactionId);
    if (request == null) {
      return Optional.empty();
    }
    request.late.cancel();
    if (underway.size() <= relay.settings.unanswered() / 2) {
      request.from.pause(this, false);
    }
    return Optional.of(request);
  }

  private void unanswered(String transactionId) {
    answeredOrGivenUp(transactionId).filter(r -> r.head.failureReport() == MsrpRequest.FailureReport.YES)
        .ifPresent(r -> failed(r.head, r.from, MsrpStatus.TIMEOUT));
  }

  /// RFC 4976 section 6.4.3: an error becomes a REPORT for the sender of a SEND, other answers go back the way their requests came.
  void answered(MsrpResponse response) {
    Optional<Underway> request = answeredOrGivenUp(response.transactionId());
    if (request.isEmpty()) {
      return;
    }
    MsrpRequest head = request.get().head;
    if (!head.is(MsrpRequest.SEND)) {
      List<MsrpUri> to = response.toPath();
      List<MsrpUri> from = new ArrayList<>(List.of(uri));
      from.addAll(response.fromPath());
      request.get().from.flow.send(MsrpWriter.write(response.withTransactionId(head.transactionId())
          .with(MsrpHeader.TO_PATH, MsrpUri.writePath(to.size() > 1 ? to.subList(1, to.size()) : head.fromPath()))
          .with(MsrpHeader.FROM_PATH, MsrpUri.writePath(from))));
    } else if (!response.isSuccess()) {
      failed(head, request.get().from, response.status());
    }
  }

  /// It could not be sent at all.
  void givenUp(String transactionId, MsrpRequest head, MsrpConnection from, int status) {
    var unused = answeredOrGivenUp(transactionId);
    failed(head, from, status);
  }

  /// Tells the sender of a SEND what became of it, unless he does not want to know (RFC 4976 section 6.4.1).
  void failed(MsrpRequest head, MsrpConnection from, int status) {
    if (head.is(MsrpRequest.SEND) && head.failureReport() != MsrpRequest.FailureReport.NO && head.messageId().isPresent()) {
      long start = head.byteRange().start();
      long last = head.byteRange().end().orElse(start);
      MsrpRequest report = MsrpRequest.report(token(), head, uri, status, start, last, head.byteRange().total().orElse(-1));
      from.flow.send(MsrpWriter.write(report));
    }
  }

  void close() {
    closed = true;
    synchronized (this) {
      if (end != null) {
        end.cancel();
      }
    }
    underway.keySet().forEach(this::answeredOrGivenUp);
    toClient.close();
    hops.values().forEach(RelayHop::close);
    client.forget(this);
  }
}
