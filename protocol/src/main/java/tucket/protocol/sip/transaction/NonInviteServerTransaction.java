// The non-INVITE server transaction: RFC 3261 figure 8 as RFC 4320 amends it.
package tucket.protocol.sip.transaction;

import org.jspecify.annotations.Nullable;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;

/// RFC 3261 section 17.2.2. RFC 4320 section 4: no provisional response but 100, over an unreliable transport none before a client's
/// Timer E has grown to T2 (the machine sends it by itself then), and never a 408: who could not answer in time stays silent. Not
/// thread-safe.
public final class NonInviteServerTransaction implements ServerMachine {
  private final boolean reliable;
  private final Timers timers;
  private @Nullable SipRequest request; // until the first response has been sent
  private State state = State.TRYING;
  private boolean sent;

  /// `reliable` says whether the transport that the request came by is.
  public NonInviteServerTransaction(SipRequest request, boolean reliable, Timers timers) {
    this.request = request;
    this.reliable = reliable;
    this.timers = timers;
  }

  @Override
  public State state() {
    return state;
  }

  @Override
  public void start(long now, Output out) {
    if (request != null) {
      out.schedule(TimerName.TRYING, now + timers.untilT2());
      out.schedule(TimerName.ABANDON, now + timers.timeout());
      out.deliver(request);
    }
  }

  @Override
  public void receive(SipRequest received, long now, Output out) {
    if (sent && state != State.TERMINATED) {
      out.retransmit();
    }
  }

  @Override
  public void respond(SipResponse response, long now, Output out) {
    if (state != State.TRYING && state != State.PROCEEDING) {
      return;
    }
    if (response.isProvisional()) {
      if (response.status() == Status.TRYING && reliable && state == State.TRYING) {
        trying(response, out);
      }
      return; // RFC 4320 section 4.1
    }
    request = null;
    state = State.COMPLETED;
    out.cancel(TimerName.TRYING);
    out.cancel(TimerName.ABANDON);
    if (response.status() == Status.REQUEST_TIMEOUT) {
      sent = false; // RFC 4320 section 4.2; a 100 that went before is not repeated either
    } else {
      sent = true;
      out.transmit(response);
    }
    if (reliable) {
      end(Ending.NORMAL, out); // Timer J is zero
    } else {
      out.schedule(TimerName.J, now + timers.timeout());
    }
  }

  private void trying(SipResponse response, Output out) {
    request = null;
    sent = true;
    state = State.PROCEEDING;
    out.cancel(TimerName.TRYING);
    out.transmit(response);
  }

  @Override
  public void fire(TimerName timer, long now, Output out) {
    if (timer == TimerName.TRYING && state == State.TRYING && request != null) {
      trying(SipResponse.to(request, Status.TRYING, Status.reason(Status.TRYING)), out);
    } else if (timer == TimerName.J && state == State.COMPLETED) {
      end(Ending.NORMAL, out);
    } else if (timer == TimerName.ABANDON && (state == State.TRYING || state == State.PROCEEDING)) {
      end(Ending.TIMEOUT, out); // the client's Timer F has fired: a response would find nobody
    }
  }

  private void end(Ending why, Output out) {
    state = State.TERMINATED;
    out.ended(why);
  }
}
