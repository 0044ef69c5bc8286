// The INVITE server transaction: RFC 3261 figure 7 with the Accepted state of RFC 6026.
package tucket.protocol.sip.transaction;

import org.jspecify.annotations.Nullable;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;

/// RFC 3261 section 17.2.1 and RFC 6026 section 8.7. Sends a 100 by itself where the transaction user is silent for [Timers#trying];
/// retransmits failures until they are acknowledged; absorbs repeated INVITEs; leaves the repetition of a 2xx to the transaction user.
/// Not thread-safe.
public final class InviteServerTransaction implements ServerMachine {
  private final boolean reliable;
  private final Timers timers;
  private @Nullable SipRequest request; // until the first response has been sent
  private State state = State.PROCEEDING;
  private long interval;

  /// `reliable` says whether the transport that the request came by is.
  public InviteServerTransaction(SipRequest request, boolean reliable, Timers timers) {
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
      out.schedule(TimerName.TRYING, now + timers.trying().toNanos());
      out.schedule(TimerName.ABANDON, now + timers.invite().toNanos());
      out.deliver(request);
    }
  }

  @Override
  public void receive(SipRequest received, long now, Output out) {
    if (received.method().equals("ACK")) {
      acknowledged(received, now, out);
    } else if (state == State.COMPLETED || state == State.PROCEEDING && request == null) {
      out.retransmit();
    }
  }

  private void acknowledged(SipRequest ack, long now, Output out) {
    if (state == State.ACCEPTED) {
      out.deliver(ack);
    } else if (state == State.COMPLETED) {
      state = State.CONFIRMED;
      out.cancel(TimerName.G);
      out.cancel(TimerName.H);
      if (reliable) {
        end(Ending.NORMAL, out); // Timer I is zero
      } else {
        out.schedule(TimerName.I, now + timers.t4().toNanos());
      }
    }
  }

  @Override
  public void respond(SipResponse response, long now, Output out) {
    if (state == State.ACCEPTED && response.isSuccess()) {
      out.transmit(response); // the transaction user repeats it until the ACK comes
      return;
    }
    if (state != State.PROCEEDING) {
      return;
    }
    request = null;
    out.cancel(TimerName.TRYING);
    out.transmit(response);
    if (response.isProvisional()) {
      return;
    }
    out.cancel(TimerName.ABANDON);
    if (response.isSuccess()) {
      state = State.ACCEPTED;
      out.schedule(TimerName.L, now + timers.timeout());
      return;
    }
    state = State.COMPLETED;
    out.schedule(TimerName.H, now + timers.timeout());
    if (!reliable) {
      interval = timers.t1().toNanos();
      out.schedule(TimerName.G, now + interval);
    }
  }

  @Override
  public void fire(TimerName timer, long now, Output out) {
    if (timer == TimerName.TRYING && state == State.PROCEEDING && request != null) {
      out.transmit(SipResponse.to(request, Status.TRYING, Status.reason(Status.TRYING)));
      request = null;
    } else if (timer == TimerName.G && state == State.COMPLETED) {
      interval = Math.min(2 * interval, timers.t2().toNanos());
      out.schedule(TimerName.G, now + interval);
      out.retransmit();
    } else if (timer == TimerName.H && state == State.COMPLETED || timer == TimerName.ABANDON && state == State.PROCEEDING) {
      end(Ending.TIMEOUT, out);
    } else if (timer == TimerName.I && state == State.CONFIRMED || timer == TimerName.L && state == State.ACCEPTED) {
      end(Ending.NORMAL, out);
    }
  }

  private void end(Ending why, Output out) {
    state = State.TERMINATED;
    out.ended(why);
  }
}
