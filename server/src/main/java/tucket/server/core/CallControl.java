// What a core does with INVITE and whatever belongs to its dialogs.
package tucket.server.core;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.server.Metrics;
import tucket.transport.Deadline;
import tucket.transport.World;
import tucket.transport.sip.ServerTransaction;
import tucket.transport.sip.SipStack;

/// Serves nothing before [#open]. Thread-safe.
final class CallControl {
  private final World world;
  private final OwnAddresses addresses;
  private final Metrics metrics;
  private final AtomicReference<Optional<Calls>> calls = new AtomicReference<>(Optional.empty());

  CallControl(World world, OwnAddresses addresses, Metrics metrics) {
    this.world = world;
    this.addresses = addresses;
    this.metrics = metrics;
  }

  void open(SipStack stack) {
    Calls serving = new Calls(world, stack, addresses);
    metrics.gauge("tucket_calls", "Dialogs of sessions, one a leg", serving::size);
    calls.set(Optional.of(serving));
  }

  /// Empty while sessions are not served.
  Optional<Calls> calls() {
    return calls.get();
  }

  /// What comes within a call goes to its leg, a new INVITE to `begin`, which blocks until it is answered; false where sessions are not served, or where
  /// the request does not belong to any.
  boolean serve(ServerTransaction tx, Consumer<Calls> begin) {
    Optional<Calls> serving = calls.get();
    if (serving.isEmpty()) {
      return false;
    }
    if (tx.request().to().tag().isPresent()) {
      return serving.get().within(tx);
    }
    addresses.reachedBy(tx.flow());
    if (serving.get().isFull()) {
      tx.respond(SipResponse.to(tx.request(), Status.SERVICE_UNAVAILABLE).with(Header.RETRY_AFTER, "5"));
    } else {
      begin.accept(serving.get());
    }
    return true;
  }

  void cancelled(ServerTransaction invite) {
    calls.get().ifPresent(c -> c.cancelled(invite));
  }

  void acknowledged(SipRequest ack) {
    calls.get().ifPresent(c -> c.acknowledged(ack));
  }

  void end(Deadline by) {
    calls.get().ifPresent(c -> c.end(by));
  }
}
