// The INVITE client transaction: RFC 3261 figure 5 with the Accepted state of RFC 6026.
package tucket.protocol.sip.transaction;

import tucket.protocol.sip.CSeq;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipMessage;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;

/// RFC 3261 section 17.1.1 and RFC 6026 section 8.4. Delivers every provisional response, every 2xx (one may arrive from each branch of a
/// fork) and the first failure; acknowledges failures itself. Not thread-safe.
public final class InviteClientTransaction implements ClientMachine {
  private final SipRequest request;
  private final boolean reliable;
  private final Timers timers;
  private State state = State.CALLING;
  private long interval;

  /// `request` carries its own Via already; `reliable` says whether the transport that carries it is.
  public InviteClientTransaction(SipRequest request, boolean reliable, Timers timers) {
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
    out.transmit(request);
    out.schedule(TimerName.B, now + timers.timeout());
    if (!reliable) {
      interval = timers.t1().toNanos();
      out.schedule(TimerName.A, now + interval);
    }
  }

  @Override
  public void receive(SipResponse response, long now, Output out) {
    switch (state) {
      case CALLING, PROCEEDING -> first(response, now, out);
      case COMPLETED -> {
        if (response.status() >= 300) {
          out.retransmit(); // the ACK was lost
        }
      }
      case ACCEPTED -> {
        if (response.isSuccess()) {
          out.deliver(response);
        }
      }
      default -> {}
    }
  }

  private void first(SipResponse response, long now, Output out) {
    if (state == State.CALLING) {
      out.cancel(TimerName.A);
      out.cancel(TimerName.B);
    }
    if (response.isProvisional()) {
      state = State.PROCEEDING;
      out.deliver(response);
    } else if (response.isSuccess()) {
      state = State.ACCEPTED;
      out.schedule(TimerName.M, now + timers.timeout());
      out.deliver(response);
    } else {
      state = State.COMPLETED;
      out.transmit(acknowledge(request, response));
      out.deliver(response);
      if (reliable) {
        end(Ending.NORMAL, out); // Timer D is zero
      } else {
        out.schedule(TimerName.D, now + timers.d().toNanos());
      }
    }
  }

  @Override
  public void fire(TimerName timer, long now, Output out) {
    if (timer == TimerName.A && state == State.CALLING) {
      interval *= 2;
      out.schedule(TimerName.A, now + interval);
      out.retransmit();
    } else if (timer == TimerName.B && state == State.CALLING) {
      end(Ending.TIMEOUT, out);
    } else if (timer == TimerName.D && state == State.COMPLETED || timer == TimerName.M && state == State.ACCEPTED) {
      end(Ending.NORMAL, out);
    }
  }

  @Override
  public void transportFailed(long now, Output out) {
    if (state != State.ACCEPTED && state != State.TERMINATED) {
      end(Ending.TRANSPORT, out);
    }
  }

  private void end(Ending why, Output out) {
    state = State.TERMINATED;
    out.ended(why);
  }

  /// The ACK for a failure (RFC 3261 section 17.1.1.3): the INVITE's own Via, so that it belongs to the same transaction.
  static SipRequest acknowledge(SipRequest invite, SipMessage response) {
    return onTheSameHop(invite, "ACK", response.first(Header.TO).orElse(""));
  }

  /// The CANCEL for a request (RFC 3261 section 9.1).
  public static SipRequest cancel(SipRequest invite) {
    return onTheSameHop(invite, "CANCEL", invite.first(Header.TO).orElse(""));
  }

  private static SipRequest onTheSameHop(SipRequest invite, String method, String to) {
    var edit = SipRequest.of(method, invite.uri()).edit();
    edit.append(Header.VIA, invite.topVia().toString());
    for (String route : invite.lines(Header.ROUTE)) {
      edit.append(Header.ROUTE, route);
    }
    edit.append(Header.MAX_FORWARDS, "70");
    edit.append(Header.FROM, invite.first(Header.FROM).orElse(""));
    edit.append(Header.TO, to);
    edit.append(Header.CALL_ID, invite.callId());
    edit.append(Header.CSEQ, new CSeq(invite.cseq().number(), method).toString());
    return edit.request();
  }
}
