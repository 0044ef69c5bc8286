// The tables of running transactions, and what they need of the stack.
package tucket.transport.sip;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tucket.protocol.Malformed;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipReader;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Via;
import tucket.protocol.sip.transaction.InviteClientTransaction;
import tucket.protocol.sip.transaction.Timers;
import tucket.protocol.sip.transaction.TransactionKey;
import tucket.transport.Chance;
import tucket.transport.Flow;
import tucket.transport.Threads;
import tucket.transport.Unavailable;
import tucket.transport.World;

/// RFC 3261 sections 17.1.3 and 17.2.3. Thread-safe; nothing here blocks.
final class Transactions {
  private static final int BRANCH_BYTES = 10;

  private final World world;
  private final SipSettings settings;
  private final TimerWheel wheel;
  private final Tally tally;
  private final Flows flows;
  private final SipStack.Handler handler;
  private final ConcurrentHashMap<TransactionKey, ServerExchange> servers = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<TransactionKey, ClientExchange> clients = new ConcurrentHashMap<>();
  private final Remembered remembered;
  private final AtomicInteger pending = new AtomicInteger();

  Transactions(World world, SipSettings settings, TimerWheel wheel, Tally tally, Flows flows, SipStack.Handler handler) {
    this.world = world;
    this.settings = settings;
    this.wheel = wheel;
    this.tally = tally;
    this.flows = flows;
    this.handler = handler;
    this.remembered = new Remembered(settings.timers().timeout(), wheel, new SipReader(settings.messages()));
  }

  // ---- for the exchanges

  long now() {
    return world.clock().nanos();
  }

  Timers timers() {
    return settings.timers();
  }

  TimerWheel wheel() {
    return wheel;
  }

  Tally tally() {
    return tally;
  }

  Chance chance() {
    return world.chance();
  }

  Threads threads() {
    return world.threads();
  }

  String branch() {
    return TransactionKey.MAGIC_COOKIE + world.chance().token(BRANCH_BYTES);
  }

  void answered() {
    pending.decrementAndGet();
  }

  void remove(ServerExchange exchange) {
    servers.remove(exchange.key, exchange);
  }

  void remove(ClientExchange exchange) {
    clients.remove(exchange.key, exchange);
    Connection connection = flows.attached(exchange);
    if (connection != null) {
      connection.detach(exchange);
    }
  }

  /// An ACK for a 2xx goes to the handler.
  void deliverAck(SipRequest ack, Flow flow) {
    world.threads().start("sip ACK", () -> handler.ack(ack, flow));
  }

  /// The connection of a request is gone: its response goes over another one to the same peer (RFC 3261 section 18.2.2).
  void replyElsewhere(byte[] response, ReceivedRequest request) {
    world.threads().start("sip-reply", () -> {
      try {
        flows.back(request.flow(), request.request().topVia()).send(response);
      } catch (Unavailable | Malformed lost) {
        tally.transportFailures.increment();
      }
    });
  }

  // ---- server side

  @Nullable ServerExchange server(TransactionKey key) {
    return servers.get(key);
  }

  boolean isFull() {
    return pending.get() >= settings.limits().pending() || servers.size() + remembered.count(now()) >= settings.limits().remembered();
  }

  /// That request has been answered so, for the time of Timer J.
  void remember(TransactionKey key, Flow flow, byte[] response, long now) {
    remembered.add(key, flow, response, now);
  }

  /// Whether a request of that key is being worked on or was answered before.
  boolean isKnown(TransactionKey key) {
    return servers.containsKey(key) || remembered.find(key, now()) != null;
  }

  /// Repeats the answer to a request that came by UDP and was answered before; false where it was not.
  boolean repeat(TransactionKey key) {
    Remembered.Found answer = remembered.find(key, now());
    if (answer == null) {
      return false;
    }
    tally.repeated.increment();
    tally.retransmitted.increment();
    answer.flow().send(answer.response());
    return true;
  }

  /// A new server transaction, started; null where the same request has come in at the same time on another thread.
  @Nullable ReceivedRequest open(TransactionKey key, SipRequest request, Flow flow, Flow replyFlow) {
    ServerExchange exchange = new ServerExchange(key, this, replyFlow, request);
    ServerExchange before = servers.putIfAbsent(key, exchange);
    if (before != null) {
      before.receive(request);
      return null;
    }
    pending.incrementAndGet();
    ReceivedRequest handle = new ReceivedRequest(request, flow, exchange, this);
    exchange.start(handle);
    return handle;
  }

  // ---- client side

  /// A client transaction that is ready to start; `request` carries our Via with `branch`.
  ClientExchange client(String branch, SipRequest request, Flow flow, @Nullable Attempts owner) {
    ClientExchange exchange = new ClientExchange(TransactionKey.client(branch, request.method()), this, flow, request, owner);
    clients.put(exchange.key, exchange);
    Connection connection = flows.attached(exchange);
    if (connection != null) {
      connection.attach(exchange); // where the connection has just been lost, sending tells
    }
    return exchange;
  }

  /// False where no transaction waits for it: then it is dropped (RFC 6026 section 8.9).
  boolean receive(SipResponse response) {
    ClientExchange exchange = clients.get(TransactionKey.of(response));
    if (exchange == null) {
      return false;
    }
    exchange.receive(response);
    return true;
  }

  /// Sends a CANCEL where `invite` went, as a transaction of its own whose response nobody needs.
  void sendCancel(SipRequest invite, Flow flow, String reason) {
    SipRequest plain = InviteClientTransaction.cancel(invite);
    SipRequest cancel = reason.isEmpty() ? plain : plain.with(Header.REASON, reason);
    Via via = cancel.topVia();
    client(via.branch().orElse(""), cancel, flow, null).start(Long.MAX_VALUE);
  }

  void connectionLost(List<ClientExchange> orphans) {
    for (ClientExchange orphan : orphans) {
      orphan.transportFailed();
    }
  }

  // ---- the end

  /// Requests received and sent that still want a final response.
  int pending() {
    int waiting = pending.get();
    for (ClientExchange client : clients.values()) {
      waiting += client.isWaiting() ? 1 : 0;
    }
    return waiting;
  }

  int pendingReceived() {
    return pending.get();
  }

  long count() {
    return (long) servers.size() + remembered.count(now()) + clients.size();
  }

  void close() {
    for (ClientExchange client : clients.values()) {
      client.closed();
    }
    for (ServerExchange server : servers.values()) {
      server.closed();
    }
  }
}
