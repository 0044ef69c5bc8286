// A request on its way: one address after the other until one answers.
package tucket.transport.sip;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.protocol.Malformed;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.Status;
import tucket.protocol.sip.Uri;
import tucket.transport.Endpoint;
import tucket.transport.Flow;
import tucket.transport.Unavailable;
import tucket.transport.dns.Resolver;

/// RFC 3263 section 4.3: the next address is tried after a transport failure, silence or a 503, each time as a new client transaction.
/// While addresses are left, one of them gets only its share of the time until the deadline to say anything at all. Thread-safe.
final class Attempts implements ClientTransaction {
  private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);

  static final long NO_DEADLINE = Long.MAX_VALUE;

  private final Transactions table;
  private final Flows flows;
  private final Resolver resolver;
  private @Nullable SipRequest request; // for as long as it may have to be sent again
  private final String method;
  private final Target target;
  private final Responses listener;
  private final long deadline;
  private List<Flows.Hop> hops = List.of();
  private int next;
  private @Nullable ClientExchange current;
  private @Nullable Outcome refused;
  private boolean cancelled;
  private String reason = "";
  private boolean done;

  Attempts(
      Transactions table, Flows flows, Resolver resolver, SipRequest request, Target target, Responses listener, long deadline) {
    this.table = table;
    this.flows = flows;
    this.resolver = resolver;
    this.request = request;
    this.method = request.method();
    this.target = target;
    this.listener = listener;
    this.deadline = deadline;
  }

  /// [#NO_DEADLINE] where there is none.
  long deadline() {
    return deadline;
  }

  private SipRequest request() {
    return Objects.requireNonNull(request, "sent, and nowhere else to go");
  }

  private int length() {
    return request().encodedLength();
  }

  /// Whether [#run] would not block.
  boolean isImmediate() {
    return target instanceof Target.Over
        || target instanceof Target.To(Endpoint endpoint) && flows.isReady(endpoint, length());
  }

  /// Finds the addresses and sends to the first that can be reached. May block for DNS and for a connection.
  void run() {
    guarded(this::start);
  }

  // Whatever goes wrong, the listener hears of it: somebody waits.
  private void guarded(Runnable step) {
    try {
      step.run();
    } catch (Unavailable | Malformed fault) {
      fail(new Outcome.Unreachable(String.valueOf(fault.getMessage())));
    } catch (RuntimeException bug) {
      LOG.error("Sending {} failed", method, bug);
      fail(new Outcome.Unreachable("internal error: " + bug));
    }
  }

  private void start() {
    switch (target) {
      case Target.Over(Flow flow) -> {
        if (flow.isOpen()) {
          send(flow, untilGivenUp(1));
        } else {
          fail(new Outcome.Unreachable("the flow to " + flow.remote() + " is closed"));
        }
      }
      case Target.To(Endpoint endpoint) -> {
        hops = List.of(new Flows.Hop(endpoint, ""));
        tryNext();
      }
      case Target.Resolve(Uri uri) -> {
        hops = resolve(uri);
        tryNext();
      }
    }
  }

  /// Sends without a transaction, to the first address that can be reached; false where there is none. May block.
  boolean sendOnce() {
    try {
      Flow flow = switch (target) {
        case Target.Over(Flow over) -> over;
        case Target.To(Endpoint endpoint) -> flows.towards(new Flows.Hop(endpoint, ""), length(), timeLeft());
        case Target.Resolve(Uri uri) -> reachable(resolve(uri));
      };
      table.tally().requestsSent.increment();
      return flow.send(request().prepend(Header.VIA, flows.via(flow, table.branch())).encode());
    } catch (Unavailable | Malformed fault) {
      return false;
    }
  }

  private Flow reachable(List<Flows.Hop> candidates) {
    for (Flows.Hop hop : candidates) {
      try {
        return flows.towards(hop, length(), timeLeft());
      } catch (Unavailable unreachable) {
        flows.failed(hop);
      }
    }
    throw new Unavailable("no address can be reached");
  }

  private List<Flows.Hop> resolve(Uri uri) {
    if (!(uri instanceof SipUri sip)) {
      throw new Unavailable("no way to a " + uri.scheme() + ": address: it has to be translated into a SIP URI first");
    }
    List<Endpoint> endpoints = resolver.resolve(sip);
    String name = sip.host();
    return flows.inOrder(endpoints.stream().map(endpoint -> new Flows.Hop(endpoint, name)).toList());
  }

  private void tryNext() {
    String why = "the name has no address";
    while (true) {
      Flows.Hop hop;
      int left;
      synchronized (this) {
        if (done) {
          return;
        }
        left = hops.size() - next;
        if (left == 0) {
          break;
        }
        hop = hops.get(next++);
      }
      if (hasPassed()) {
        fail(new Outcome.Silent());
        return;
      }
      try {
        send(flows.towards(hop, length(), timeLeft()), untilGivenUp(left));
        return;
      } catch (Unavailable unreachable) {
        why = String.valueOf(unreachable.getMessage());
        flows.failed(hop);
      }
    }
    fail(new Outcome.Unreachable(why));
  }

  private void send(Flow flow, long until) {
    String branch = table.branch();
    SipRequest stamped = request().prepend(Header.VIA, flows.via(flow, branch));
    ClientExchange exchange = table.client(branch, stamped, flow, this);
    synchronized (this) {
      if (next == hops.size()) {
        request = null;
      }
      if (done) {
        exchange.abandon();
        return;
      }
      current = exchange;
    }
    if (!exchange.start(until)) {
      failed(exchange, new Outcome.Unreachable("the connection to " + flow.remote() + " was lost"));
    } else if (isCancelled()) {
      exchange.cancel();
    }
  }

  private synchronized boolean isCancelled() {
    return cancelled;
  }

  private boolean hasPassed() {
    return deadline != NO_DEADLINE && deadline - table.now() <= 0;
  }

  private long timeLeft() {
    return deadline == NO_DEADLINE ? Long.MAX_VALUE : Math.max(1, deadline - table.now());
  }

  private long untilGivenUp(int left) {
    if (deadline != NO_DEADLINE) {
      return left > 1 ? table.now() + timeLeft() / left : deadline;
    }
    // without a deadline Timers B and F are the bound; only an INVITE that is being worked on needs one of its own
    return method.equals("INVITE") ? table.now() + table.timers().invite().toNanos() : Long.MAX_VALUE;
  }

  void response(ClientExchange from, SipResponse response) {
    boolean tryOther = false;
    synchronized (this) {
      if (current != from || done && !isRepeatedSuccess(response)) {
        return;
      }
      if (response.status() == Status.SERVICE_UNAVAILABLE && next < hops.size() && !cancelled) {
        refused = new Outcome.Answered(response.withoutFirstValue(Header.VIA));
        tryOther = true;
      } else if (response.isFinal()) {
        done = true;
      }
    }
    if (tryOther) {
      tryOther();
    } else {
      listener.response(response.withoutFirstValue(Header.VIA));
    }
  }

  private boolean isRepeatedSuccess(SipResponse response) {
    return response.isSuccess() && method.equals("INVITE");
  }

  void failed(ClientExchange from, Outcome outcome) {
    boolean more;
    synchronized (this) {
      if (current != from || done) {
        return;
      }
      more = next < hops.size() && !cancelled;
    }
    if (more && !hasPassed()) {
      tryOther();
    } else {
      fail(outcome);
    }
  }

  private void tryOther() {
    synchronized (this) {
      flows.failed(hops.get(next - 1));
    }
    table.threads().start("sip-failover", () -> guarded(this::tryNext));
  }

  private void fail(Outcome outcome) {
    Outcome told;
    synchronized (this) {
      if (done) {
        return;
      }
      done = true;
      told = refused == null ? outcome : refused;
    }
    if (told instanceof Outcome.Answered(SipResponse response)) {
      listener.response(response);
    } else {
      listener.failed(told);
    }
  }

  @Override
  public void cancel() {
    cancel("");
  }

  @Override
  public void cancel(String why) {
    ClientExchange running;
    synchronized (this) {
      cancelled = true;
      reason = why;
      running = current;
    }
    if (running != null) {
      running.cancel();
    }
  }

  /// The Reason that a CANCEL is to give; empty text for none.
  synchronized String reason() {
    return reason;
  }

  @Override
  public void abandon() {
    ClientExchange running;
    synchronized (this) {
      done = true;
      cancelled = true;
      running = current;
      current = null;
    }
    if (running != null) {
      running.abandon();
    }
  }

  /// The stack is closing.
  void closed() {
    fail(new Outcome.Unreachable("the SIP stack has been closed"));
  }
}
