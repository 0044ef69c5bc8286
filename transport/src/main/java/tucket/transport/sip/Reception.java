// What arrives: from bytes to transactions and handlers.
package tucket.transport.sip;

import java.net.InetAddress;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.protocol.Malformed;
import tucket.protocol.mime.Params;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipFramer;
import tucket.protocol.sip.SipMessage;
import tucket.protocol.sip.SipReader;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipValidity;
import tucket.protocol.sip.Status;
import tucket.protocol.sip.Via;
import tucket.protocol.sip.transaction.TransactionKey;
import tucket.transport.Flow;
import tucket.transport.FlowHandler;
import tucket.transport.Pace;
import tucket.transport.Protocol;
import tucket.transport.World;

/// Runs on the network's event threads: reads, matches and answers what needs no thought; a new request gets a virtual thread.
final class Reception {
  private static final Logger LOG = LoggerFactory.getLogger(Reception.class);
  private static final byte[] PONG = {'\r', '\n'};
  private static final String STATELESS = "stateless.";
  private static final int ADDRESSES = 100_000;

  private final World world;
  private final SipSettings settings;
  private final Transactions transactions;
  private final Flows flows;
  private final Tally tally;
  private final SipStack.Handler handler;
  private final SipReader reader;
  private final Pace<InetAddress> pace;
  private final Pressure pressure;
  private final EarlyRefusal early;
  private volatile boolean draining;

  Reception(World world, SipSettings settings, Transactions transactions, Flows flows, Tally tally, SipStack.Handler handler) {
    this.world = world;
    this.settings = settings;
    this.transactions = transactions;
    this.flows = flows;
    this.tally = tally;
    this.handler = handler;
    this.reader = new SipReader(settings.messages());
    this.pace = new Pace<>(settings.limits().requestsPerSecond(), ADDRESSES);
    this.pressure = new Pressure(settings.limits().waiting().toNanos(), world.clock().nanos());
    this.early = new EarlyRefusal(transactions, flows, tally, settings.limits().retryAfter());
  }

  /// From now on new requests are turned away.
  void drain() {
    draining = true;
  }

  /// What a listener or a connection of ours is to be given.
  FlowHandler handler(boolean inbound) {
    return new FlowHandler() {
      @Override
      public void opened(Flow flow) {
        if (flow.protocol() != Protocol.UDP) {
          flows.connection(flow, inbound);
        }
      }

      @Override
      public void received(Flow flow, byte[] data) {
        try {
          if (flow.protocol() == Protocol.UDP) {
            datagram(flow, data);
          } else {
            stream(flows.connection(flow, inbound), data);
          }
        } catch (RuntimeException bug) {
          LOG.error("What came from {} could not be taken", flow.remote(), bug); // ours, not the peer's: the event thread must live on
        }
      }

      @Override
      public void closed(Flow flow, String why) {
        transactions.connectionLost(flows.closed(flow));
        if (flow.protocol() != Protocol.UDP) {
          world.threads().start("sip-closed", () -> handler.closed(flow));
        }
      }
    };
  }

  private void datagram(Flow flow, byte[] data) {
    int from = 0;
    while (from < data.length && (data[from] == '\r' || data[from] == '\n' || data[from] == 0)) {
      from++;
    }
    if (from == data.length) {
      return; // a keep-alive that wants no answer
    }
    if (isRefused(flow, data, from, data.length)) {
      return;
    }
    try {
      message(reader.read(data, from, data.length), flow);
    } catch (Malformed noise) {
      tally.malformed.increment();
    }
  }

  private boolean isRefused(Flow flow, byte[] data, int from, int end) {
    return !isResponse(data, from, end) && isPressed() && early.refuses(flow, data, from, end);
  }

  private static boolean isResponse(byte[] data, int from, int end) {
    return end - from > 4 && data[from] == 'S' && data[from + 1] == 'I' && data[from + 2] == 'P' && data[from + 3] == '/';
  }

  private void stream(Connection connection, byte[] data) {
    Flow flow = connection.flow;
    try {
      SipFramer framer = connection.framer;
      SipFramer.Unread refused = (bytes, from, end) -> flow.isOpen() && isRefused(flow, bytes, from, end);
      framer.append(data);
      for (Optional<SipFramer.Frame> frame = framer.next(refused); frame.isPresent(); frame = framer.next(refused)) {
        if (!flow.isOpen()) {
          return;
        }
        connection.whole();
        switch (frame.get()) {
          case SipFramer.Message(SipMessage message) -> message(message, flow);
          case SipFramer.Ping ping -> flow.send(PONG);
          case SipFramer.Pong pong -> {}
          case SipFramer.Taken taken -> {}
          case SipFramer.Oversized(Optional<SipMessage> head) -> oversized(head, flow);
        }
      }
      connection.heard(world.clock().nanos());
    } catch (Malformed noise) {
      tally.malformed.increment();
      flow.close(); // where the next message begins is lost
    }
  }

  private void oversized(Optional<SipMessage> head, Flow flow) {
    tally.malformed.increment();
    if (head.orElse(null) instanceof SipRequest request) {
      reject(request, flow, Status.REQUEST_ENTITY_TOO_LARGE, Status.reason(Status.REQUEST_ENTITY_TOO_LARGE));
    } else if (head.isEmpty()) {
      flow.close();
    }
  }

  private void message(SipMessage message, Flow flow) {
    switch (message) {
      case SipResponse response -> {
        tally.responsesReceived.increment();
        response(response);
      }
      case SipRequest request -> {
        tally.requestsReceived.increment();
        request(request, flow);
      }
    }
  }

  private void response(SipResponse response) {
    try {
      if (!transactions.receive(response)) {
        tally.stray.increment();
      }
    } catch (Malformed fault) {
      tally.malformed.increment(); // nobody to tell
    }
  }

  private void request(SipRequest request, Flow flow) {
    TransactionKey key;
    try {
      key = TransactionKey.of(request);
    } catch (Malformed fault) {
      tally.malformed.increment();
      reject(request, flow, Status.BAD_REQUEST, reason(fault));
      return;
    }
    ServerExchange running = transactions.server(key);
    if (running != null) {
      running.receive(request);
      return;
    }
    if (!flow.protocol().reliable() && transactions.repeat(key)) {
      return;
    }
    boolean ack = request.method().equals("ACK");
    if (!ack && (draining || transactions.isFull() || isTooFast(flow) || isTooMuch(request))) { // before anything else is looked at: refusing has to be cheap
      tally.refused.increment();
      reject(request, flow, Status.SERVICE_UNAVAILABLE, Status.reason(Status.SERVICE_UNAVAILABLE));
      return;
    }
    Optional<SipValidity.Fault> fault = SipValidity.check(request);
    if (fault.isPresent()) {
      tally.malformed.increment();
      reject(request, flow, fault.get().status(), fault.get().reason());
    } else if (ack) {
      acknowledged(request, flow);
    } else {
      admit(key, request, flow);
    }
  }

  private boolean isTooFast(Flow flow) {
    InetAddress from = flow.remote().getAddress();
    return !pace.admits(from, world.clock().nanos()) && !settings.unpaced().contains(from);
  }

  private boolean isPressed() {
    return !pressure.admits(transactions.pendingReceived(), world.clock().nanos());
  }

  // What ends or answers something, or belongs to a session, makes room: only what begins something is turned away.
  private boolean isTooMuch(SipRequest request) {
    return isPressed() && !request.method().equals("CANCEL")
        && !request.first(Header.TO).orElse("").contains("tag=");
  }

  private void acknowledged(SipRequest ack, Flow flow) {
    if (ack.to().tag().orElse("").startsWith(STATELESS)) {
      return; // for a failure that we sent and forgot
    }
    transactions.deliverAck(stamp(ack, flow), flow);
  }

  private void admit(TransactionKey key, SipRequest request, Flow flow) {
    SipRequest stamped = stamp(request, flow);
    ReceivedRequest handle = transactions.open(key, stamped, flow, replyFlow(request.topVia(), flow));
    if (handle == null) {
      return;
    }
    if (flow.protocol().reliable() && request.topVia().params().has("alias")) {
      flows.alias(request.topVia(), flow);
    }
    if (request.method().equals("CANCEL")) {
      cancel(key, handle);
    } else {
      pressure.joined();
      world.threads().begin("sip " + request.method(), () -> {
        pressure.began(world.clock().nanos());
        handle(handle);
      });
    }
  }

  // RFC 3261 section 9.2
  private void cancel(TransactionKey key, ReceivedRequest cancel) {
    ServerExchange invite = transactions.server(key.withMethod("INVITE"));
    ReceivedRequest handle = invite == null ? null : invite.handle();
    if (handle == null) {
      cancel.respond(response(cancel.request(), Status.CALL_DOES_NOT_EXIST));
      return;
    }
    cancel.respond(response(cancel.request(), Status.OK).withToTag(handle.localTag()));
    if (handle.finalResponse().isEmpty() && !handle.isCancelled()) {
      handle.cancelled();
      world.threads().start("sip CANCEL", () -> guarded(handle, () -> handler.cancelled(handle)));
    }
  }

  private void handle(ReceivedRequest handle) {
    guarded(handle, () -> handler.request(handle));
  }

  // The one place where a fault that a handler did not deal with becomes a status: the peer's a 400, ours a 500 with a trace.
  private void guarded(ReceivedRequest handle, Runnable body) {
    try {
      body.run();
    } catch (Malformed fault) {
      tally.malformed.increment();
      handle.respond(SipResponse.to(handle.request(), Status.BAD_REQUEST, reason(fault)));
    } catch (Throwable failure) {
      tally.handlerFailures.increment();
      LOG.error("The handler of {} {} failed", handle.request().method(), handle.request().callId(), failure);
      handle.respond(response(handle.request(), Status.SERVER_INTERNAL_ERROR));
    }
  }

  private static SipResponse response(SipRequest request, int status) {
    return SipResponse.to(request, status, Status.reason(status));
  }

  private static String reason(Malformed fault) {
    return String.valueOf(fault.getMessage());
  }

  // ---- answers without a transaction

  /// Answers where Via can be read, so that the answer finds its way; otherwise the request is dropped. What else is missing is missing in the answer
  /// too (RFC 4475 section 3.3.1).
  private void reject(SipRequest request, Flow flow, int status, String reason) {
    if (!request.method().equals("ACK")) {
      try {
        SipRequest stamped = stamp(request, flow);
        Edit edit = SipResponse.to(stamped, status, reason).edit();
        if (status == Status.SERVICE_UNAVAILABLE) { // RFC 3261 section 21.5.4
          edit.append(Header.RETRY_AFTER, Integer.toString(settings.limits().retryAfter()));
        }
        reply(stamped, flow, edit);
      } catch (Malformed unreadable) {
        return; // no way back
      }
    }
  }

  // The To tag has to be the same for each repetition of the request (RFC 3261 section 8.2.7): it is made of the branch.
  private void reply(SipRequest stamped, Flow flow, Edit response) {
    Via via = stamped.topVia();
    String tag = statelessTag(via.branch().orElse(""));
    String to = stamped.first(Header.TO).orElse("");
    boolean plain = !to.isEmpty() && !to.contains("tag=") && to.chars().allMatch(c -> c >= ' '); // who refuses much reads little
    SipResponse tagged = plain ? response.with(Header.TO, to + ";tag=" + tag).response() : response.response().withToTag(tag);
    tally.responsesSent.increment();
    replyFlow(via, flow).send(tagged.encode());
  }

  static String statelessTag(String branch) {
    return STATELESS + Integer.toHexString(branch.hashCode());
  }

  // ---- the way back

  /// The request with `received` and `rport` in its topmost Via (RFC 3261 section 18.2.1, RFC 3581 section 4).
  private static SipRequest stamp(SipRequest request, Flow flow) {
    Via via = request.topVia();
    Via stamped = stamped(via, flow);
    return stamped == via ? request : request.edit().topVia(stamped).request();
  }

  private static Via stamped(Via via, Flow flow) {
    String source = flow.remote().getAddress().getHostAddress();
    boolean port = via.asksRport();
    boolean forged = via.params().has("received");
    if (!port && !forged && Flows.isAddress(via.host(), flow)) {
      return via;
    }
    Params params = via.params().with("received", source);
    if (port) {
      params = params.with("rport", Integer.toString(flow.remote().getPort()));
    }
    return params.equals(via.params()) ? via : new Via(via.transport(), via.host(), via.port(), params);
  }

  private Flow replyFlow(Via via, Flow flow) {
    return flows.back(flow, via.asksRport(), via.port());
  }
}
