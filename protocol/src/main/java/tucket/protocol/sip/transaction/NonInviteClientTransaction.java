// The non-INVITE client transaction: RFC 3261 figure 6.
package tucket.protocol.sip.transaction;

import org.jspecify.annotations.Nullable;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;

/// RFC 3261 section 17.1.2. Delivers provisional responses and one final response. Not thread-safe.
public final class NonInviteClientTransaction implements ClientMachine {
  private final boolean reliable;
  private final Timers timers;
  private @Nullable SipRequest request;
  private State state = State.TRYING;
  private long interval;

  /// `request` carries its own Via already; `reliable` says whether the transport that carries it is.
  public NonInviteClientTransaction(SipRequest request, boolean reliable, Timers timers) {
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
    SipRequest first = request;
    if (first == null) {
      return;
    }
    request = null; // from here on whoever runs the machine has it, for as long as it may have to be repeated
    out.transmit(first);
    out.schedule(TimerName.F, now + timers.timeout());
    if (!reliable) {
      interval = timers.t1().toNanos();
      out.schedule(TimerName.E, now + interval);
    }
  }

  @Override
  public void receive(SipResponse response, long now, Output out) {
    if (state != State.TRYING && state != State.PROCEEDING) {
      return; // Completed absorbs repeated final responses
    }
    if (response.isProvisional()) {
      state = State.PROCEEDING; // Timers E and F go on
      out.deliver(response);
      return;
    }
    state = State.COMPLETED;
    out.cancel(TimerName.E);
    out.cancel(TimerName.F);
    out.deliver(response);
    if (reliable) {
      end(Ending.NORMAL, out); // Timer K is zero
    } else {
      out.schedule(TimerName.K, now + timers.t4().toNanos());
    }
  }

  @Override
  public void fire(TimerName timer, long now, Output out) {
    boolean waiting = state == State.TRYING || state == State.PROCEEDING;
    if (timer == TimerName.E && waiting) {
      long longest = timers.t2().toNanos();
      interval = state == State.PROCEEDING ? longest : Math.min(2 * interval, longest);
      out.schedule(TimerName.E, now + interval);
      out.retransmit();
    } else if (timer == TimerName.F && waiting) {
      end(Ending.TIMEOUT, out);
    } else if (timer == TimerName.K && state == State.COMPLETED) {
      end(Ending.NORMAL, out);
    }
  }

  @Override
  public void transportFailed(long now, Output out) {
    if (state == State.TRYING || state == State.PROCEEDING) {
      end(Ending.TRANSPORT, out);
    }
  }

  private void end(Ending why, Output out) {
    state = State.TERMINATED;
    out.ended(why);
  }
}
