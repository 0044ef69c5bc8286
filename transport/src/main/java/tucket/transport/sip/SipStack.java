// SIP on sockets: listens, sends, and hands each new request to a handler.
package tucket.transport.sip;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import tucket.protocol.Malformed;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.transport.Deadline;
import tucket.transport.Endpoint;
import tucket.transport.Flow;
import tucket.transport.World;
import tucket.transport.dns.Resolver;

/// RFC 3261 sections 8, 17 and 18. Thread-safe. What arrives is read and matched on the network's event threads; each new request gets
/// one virtual thread that runs [Handler#request]; retransmissions are answered without one. All timers come from the world's clock, so
/// that a simulated world drives the stack.
public final class SipStack implements AutoCloseable {
  private static final Duration DRAIN_STEP = Duration.ofMillis(20);

  private final World world;
  private final Resolver resolver;
  private final Tally tally = new Tally();
  private final TimerWheel wheel;
  private final Flows flows;
  private final Transactions transactions;
  private final Reception reception;
  private final AtomicBoolean closed = new AtomicBoolean();

  /// What the stack's user does. Each call has a virtual thread of its own and may block.
  public interface Handler {
    /// A new request (any method but ACK and CANCEL). What it throws becomes a 400 ([Malformed]) or a 500 with a logged trace. It may
    /// respond later from another thread; a request that nobody answers is forgotten after 64*T1, an INVITE after
    /// [tucket.protocol.sip.transaction.Timers#invite].
    void request(ServerTransaction tx);

    /// An ACK for a 2xx. One that fits nothing is to be ignored.
    default void ack(SipRequest ack, Flow flow) {}

    /// The peer cancels an INVITE that has no final response yet; the CANCEL itself has been answered.
    default void cancelled(ServerTransaction invite) {
      invite.respond(SipResponse.to(invite.request(), Status.REQUEST_TERMINATED, Status.reason(Status.REQUEST_TERMINATED)));
    }

    /// A connection has ended.
    default void closed(Flow flow) {}
  }

  public SipStack(World world, SipSettings settings, Resolver resolver, Handler handler) {
    this.world = world;
    this.resolver = resolver;
    this.wheel = new TimerWheel(world.clock());
    this.flows = new Flows(world, settings, wheel, tally);
    this.transactions = new Transactions(world, settings, wheel, tally, flows, handler);
    this.reception = new Reception(world, settings, transactions, flows, tally, handler);
    flows.outbound(reception.handler(false));
  }

  /// Listens at `local` and returns where it really listens (port 0: any free port). Throws [tucket.transport.Unavailable] where the
  /// address can't be bound.
  public Endpoint listen(Endpoint local) {
    return flows.listen(local, reception.handler(true));
  }

  /// Sends `request` with our Via before its own and blocks the calling virtual thread until a final response, or until `by`. A large
  /// request moves from UDP to TCP (RFC 3261 section 18.1.1); the next address is tried where one fails (RFC 3263 section 4.3). Never
  /// throws for what the network does; an interrupt ends the wait as [Outcome.Silent]. An INVITE is cancelled when `by` passes; for one
  /// that may fork use [#begin], for of several 2xx only the first is heard of here.
  public Outcome send(SipRequest request, Target target, Deadline by) {
    return begin(request, target, by).outcome().await();
  }

  /// Sends `request` likewise, without waiting for the response; blocks only for DNS and a connection.
  public Sending begin(SipRequest request, Target target, Deadline by) {
    Sending sending = new Sending(world.threads());
    sending.run(new Attempts(transactions, flows, resolver, request, target, sending, by.atNanos()));
    return sending;
  }

  /// Sends `request` likewise, without blocking and without a deadline but Timers B and F.
  public ClientTransaction begin(SipRequest request, Target target, Responses listener) {
    Attempts attempts = new Attempts(transactions, flows, resolver, request, target, listener, Attempts.NO_DEADLINE);
    if (attempts.isImmediate()) {
      attempts.run();
    } else {
      world.threads().start("sip-begin", attempts::run);
    }
    return attempts;
  }

  /// Sends the ACK for a 2xx, which is no transaction (RFC 3261 section 13.2.2.4). May block for DNS and a connection; false where it
  /// could not be sent.
  public boolean acknowledge(SipRequest ack, Target target) {
    return new Attempts(transactions, flows, resolver, ack, target, Sending.NOBODY, Attempts.NO_DEADLINE).sendOnce();
  }

  /// Keeps the way to a server open that reaches us over our own flow: a double CRLF (RFC 5626 section 4.4.1). False where there is no connection to it.
  /// A connection over which no answer comes within 10 s is closed, which [Handler#closed] hears.
  public boolean keepAlive(Endpoint server) {
    return flows.keepAlive(server);
  }

  /// The counters at this moment.
  public SipCounters counters() {
    return tally.snapshot(transactions.pendingReceived(), transactions.count(), flows.connectionCount());
  }

  /// Turns new requests away with a 503, waits until none is pending or `by` has passed, and closes. Blocks.
  public void drain(Deadline by) {
    reception.drain();
    while (transactions.pending() > 0 && !by.passed(world.clock()) && !Thread.currentThread().isInterrupted()) {
      Duration left = by.left(world.clock());
      world.clock().sleep(left.compareTo(DRAIN_STEP) < 0 ? left : DRAIN_STEP);
    }
    close();
  }

  /// Stops listening, closes all connections and ends what is pending: senders hear [Outcome.Unreachable]. Idempotent. The world stays
  /// open.
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      reception.drain();
      transactions.close();
      flows.close();
      wheel.close();
    }
  }
}
