// One open stream connection as the SIP stack sees it.
package tucket.transport.sip;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tucket.protocol.sip.SipFramer;
import tucket.transport.Flow;

/// Its framer belongs to the network's event thread of the connection; the rest is thread-safe.
final class Connection extends TimerWheel.Node {
  /// How long a peer may take to answer a ping (RFC 5626 section 4.4.1).
  static final Duration PONG = Duration.ofSeconds(10);

  final Flow flow;
  final boolean inbound;
  final SipFramer framer;
  private final Flows flows;
  private final List<Flows.Destination> names = new ArrayList<>(2);
  private @Nullable Set<ClientExchange> waiting;
  private boolean lost;
  private volatile long heardAt;
  private volatile long partSince;
  private volatile boolean part;
  private volatile boolean pinged;
  private volatile long pingedAt;

  Connection(Flow flow, boolean inbound, Flows flows, SipFramer framer, long now) {
    this.flow = flow;
    this.inbound = inbound;
    this.flows = flows;
    this.framer = framer;
    this.heardAt = now;
  }

  /// Bytes have arrived and been taken apart; what remains in the framer is the beginning of a message.
  void heard(long now) {
    heardAt = now;
    pinged = false; // whatever came, the peer is there
    boolean begun = framer.buffered() > 0;
    if (begun && !part) {
      partSince = now;
    }
    part = begun;
  }

  /// A ping has been sent: the connection is dead where nothing comes for as long as [#PONG].
  void pinged(long now) {
    if (!pinged) {
      pingedAt = now;
      pinged = true;
      flows.watch(this, now + PONG.toNanos());
    }
  }

  /// A whole message has arrived: if another one has begun behind it, its time starts now.
  void whole() {
    part = false;
  }

  /// Names by which requests find this connection.
  synchronized boolean addName(Flows.Destination name) {
    return !lost && names.size() < Flows.MAX_NAMES && names.add(name);
  }

  synchronized List<Flows.Destination> names() {
    return List.copyOf(names);
  }

  /// `exchange` is to hear of the loss of the connection; false where it is lost already.
  synchronized boolean attach(ClientExchange exchange) {
    if (lost) {
      return false;
    }
    if (waiting == null) {
      waiting = new LinkedHashSet<>(); // in the order of their begin, in every run the same
    }
    waiting.add(exchange);
    return true;
  }

  synchronized void detach(ClientExchange exchange) {
    if (waiting != null) {
      waiting.remove(exchange);
      if (waiting.isEmpty()) {
        waiting = null;
      }
    }
  }

  /// Marks it lost and gives the transactions that wait for something over it; empty the second time.
  synchronized List<ClientExchange> lost() {
    lost = true;
    List<ClientExchange> orphans = waiting == null ? List.of() : List.copyOf(waiting);
    waiting = null;
    return orphans;
  }

  @Override
  void ring(long now) {
    SipSettings.Limits limits = flows.limits();
    long idle = heardAt + limits.idle().toNanos();
    long whole = partSince + limits.messageWithin().toNanos();
    long pong = pingedAt + PONG.toNanos();
    boolean waiting = pinged;
    if (idle - now <= 0 || part && whole - now <= 0 || waiting && pong - now <= 0) {
      flow.close();
      return;
    }
    long next = part ? Math.min(idle, whole) : Math.min(idle, now + limits.messageWithin().toNanos());
    flows.watch(this, waiting ? Math.min(next, pong) : next);
  }
}
