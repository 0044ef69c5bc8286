// An INVITE that a client or another domain has sent to us.
package tucket.server.core;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.protocol.sip.transaction.Dialog;
import tucket.server.reference.Call;
import tucket.server.reference.Invitation;
import tucket.transport.sip.ServerTransaction;

/// The server side of RFC 3261 section 13.3.
final class IncomingCall implements Invitation {
  private final Calls calls;
  private final ServerTransaction tx;
  private final SipRequest request;
  private boolean answered;
  private boolean cancelled;
  private @Nullable Runnable onCancelled;

  IncomingCall(Calls calls, ServerTransaction tx, SipRequest request) {
    this.calls = calls;
    this.tx = tx;
    this.request = request;
  }

  @Override
  public SipRequest request() {
    return request;
  }

  @Override
  public synchronized void ring(SipResponse provisional) {
    if (answered || cancelled || provisional.status() == Status.TRYING) {
      return;
    }
    tx.respond(response(provisional));
  }

  private SipResponse response(SipResponse like) {
    String reason = like.reason().isEmpty() ? Status.reason(like.status()) : like.reason();
    Edit edit = SipResponse.to(tx.request(), like.status(), reason).withToTag(tx.localTag()).edit();
    if (like.status() < 300) {
      edit.without(Header.RECORD_ROUTE).copy(Header.RECORD_ROUTE, tx.request());
      edit.with(Header.CONTACT, calls.contact(tx.flow(), like));
    }
    return Calls.carry(like, edit).response();
  }

  @Override
  public synchronized Optional<Call> accept(SipResponse answer) {
    if (answered || cancelled || tx.finalResponse().isPresent()) {
      return Optional.empty();
    }
    SipResponse ours = response(answer);
    CallLeg leg = new CallLeg(calls, Dialog.asServer(tx.request(), tx.localTag()), Optional.of(tx.flow()), request);
    answered = true;
    calls.closed(tx);
    calls.add(leg);
    leg.answer(tx, ours);
    return Optional.of(leg);
  }

  @Override
  public synchronized void refuse(SipResponse answer) {
    if (!answered && !cancelled) {
      answered = true;
      calls.closed(tx);
      tx.respond(response(answer));
    }
  }

  @Override
  public void onCancelled(Runnable listener) {
    synchronized (this) {
      if (!cancelled) {
        onCancelled = listener;
        return;
      }
    }
    listener.run();
  }

  /// We stop.
  void giveUp() {
    tx.respond(SipResponse.to(tx.request(), Status.SERVICE_UNAVAILABLE).withToTag(tx.localTag()).with(Header.RETRY_AFTER, "5"));
    calls.closed(tx);
    cancelled();
  }

  void cancelled() {
    Runnable listener;
    synchronized (this) {
      if (answered || cancelled) {
        return;
      }
      cancelled = true;
      listener = onCancelled;
    }
    if (listener != null) {
      listener.run();
    }
  }

  @Override
  public synchronized boolean isOver() {
    return answered || cancelled;
  }
}
