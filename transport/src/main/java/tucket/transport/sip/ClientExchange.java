// A client transaction as it runs: one request to one address.
package tucket.transport.sip;

import org.jspecify.annotations.Nullable;
import tucket.protocol.sip.SipMessage;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.transaction.ClientMachine;
import tucket.protocol.sip.transaction.Ending;
import tucket.protocol.sip.transaction.InviteClientTransaction;
import tucket.protocol.sip.transaction.NonInviteClientTransaction;
import tucket.protocol.sip.transaction.State;
import tucket.protocol.sip.transaction.TimerName;
import tucket.protocol.sip.transaction.TransactionKey;
import tucket.transport.Flow;

/// Holds the request only for as long as it may have to be repeated or cancelled.
final class ClientExchange extends Running {
  private final ClientMachine machine;
  private @Nullable Attempts owner;
  private @Nullable SipRequest invite; // for a CANCEL
  private byte @Nullable [] last; // to be repeated
  private boolean provisional;
  private boolean cancelWanted;
  private boolean cancelSent;

  /// `request` carries our Via.
  ClientExchange(TransactionKey key, Transactions table, Flow flow, SipRequest request, @Nullable Attempts owner) {
    super(key, table, flow);
    boolean reliable = flow.protocol().reliable();
    this.invite = isInvite() ? request : null;
    this.owner = owner;
    this.machine = isInvite()
        ? new InviteClientTransaction(request, reliable, table.timers())
        : new NonInviteClientTransaction(request, reliable, table.timers());
  }

  private boolean isInvite() {
    return key.method().equals("INVITE");
  }

  /// Sends the request; gives up at `until` where no response has come by then (and see [Attempts#deadline]). False where the connection was lost before:
  /// the owner could not be told yet.
  boolean start(long until) {
    Actions actions = new Actions();
    synchronized (this) {
      if (isOver()) {
        return false;
      }
      giveUpAt(until);
      machine.start(table.now(), actions);
      settle(actions);
    }
    table.tally().requestsSent.increment();
    perform(actions);
    return true;
  }

  void receive(SipResponse response) {
    Actions actions = new Actions();
    Attempts hearer;
    boolean cancelNow = false;
    synchronized (this) {
      if (isOver()) {
        return;
      }
      machine.receive(response, table.now(), actions);
      hearer = owner;
      if (response.isProvisional()) {
        provisional = true;
        cancelNow = cancelWanted && !cancelSent && machine.state() == State.PROCEEDING;
      } else if (isInvite()) {
        giveUpAt(Long.MAX_VALUE);
      } else {
        release();
        end(); // Timer K only absorbs repetitions, and what fits no transaction is dropped as well (RFC 3261 section 17.1.2.2)
      }
      settle(actions);
    }
    if (actions.deliver == null && !actions.retransmit) {
      table.tally().repeated.increment();
    }
    perform(actions, hearer);
    if (cancelNow) {
      cancel();
    }
  }

  private void release() {
    giveUpAt(Long.MAX_VALUE);
    owner = null;
    invite = null;
    last = null;
  }

  @Override
  void fire(TimerName timer, long now, Actions out) {
    machine.fire(timer, now, out);
  }

  @Override
  void perform(Actions actions) {
    Attempts hearer;
    synchronized (this) {
      hearer = owner;
      if (actions.ended != null) {
        release();
      }
    }
    perform(actions, hearer);
  }

  private void perform(Actions actions, @Nullable Attempts hearer) {
    if (actions.transmit != null) {
      transmit(actions.transmit);
    }
    if (actions.retransmit) {
      repeat();
    }
    if (hearer == null) {
      return;
    }
    if (actions.deliver instanceof SipResponse response) {
      hearer.response(this, response);
    }
    if (actions.ended == Ending.TIMEOUT) {
      table.tally().timeouts.increment();
      hearer.failed(this, new Outcome.Silent());
    } else if (actions.ended == Ending.TRANSPORT) {
      hearer.failed(this, new Outcome.Unreachable("the connection to " + flow.remote() + " was lost"));
    }
  }

  private void transmit(SipMessage message) {
    byte[] bytes = message.encode();
    synchronized (this) {
      if (!isOver() && (isInvite() || !flow.protocol().reliable())) { // an INVITE's ACK is repeated over any transport
        last = bytes;
      }
    }
    if (!flow.send(bytes)) {
      transportFailed();
    }
  }

  private void repeat() {
    byte[] bytes;
    synchronized (this) {
      bytes = last;
    }
    if (bytes != null) {
      table.tally().retransmitted.increment();
      if (!flow.send(bytes)) {
        transportFailed();
      }
    }
  }

  /// The message could not be sent or the connection has been lost.
  void transportFailed() {
    Actions actions = new Actions();
    synchronized (this) {
      if (isOver()) {
        return;
      }
      machine.transportFailed(table.now(), actions);
      settle(actions);
    }
    if (actions.ended != null) {
      table.tally().transportFailures.increment();
    }
    perform(actions);
  }

  /// RFC 3261 section 9.1: not before a provisional response, never after a final one.
  void cancel() {
    SipRequest begun;
    String reason;
    synchronized (this) {
      State state = machine.state();
      begun = invite;
      if (isOver() || cancelSent || begun == null || state != State.CALLING && state != State.PROCEEDING) {
        return;
      }
      cancelWanted = true;
      if (!provisional) {
        return;
      }
      cancelSent = true;
      reason = owner == null ? "" : owner.reason();
      giveUpAt(table.now() + table.timers().timeout());
      settle(new Actions());
    }
    table.sendCancel(begun, flow, reason);
  }

  /// Nobody waits for it any more. An INVITE is cancelled and its machine sees to the end of it.
  void abandon() {
    synchronized (this) {
      if (isOver()) {
        return;
      }
      owner = null;
      if (!isInvite()) {
        end();
        return;
      }
    }
    cancel();
  }

  @Override
  void giveUp(long now) {
    Attempts hearer;
    boolean cancel = false;
    synchronized (this) {
      hearer = owner;
      long deadline = hearer == null || hearer.deadline() == Attempts.NO_DEADLINE ? now : hearer.deadline();
      if (provisional && !cancelSent && deadline - now > 0) {
        giveUpAt(deadline); // it is being worked on: the next address would only do it twice
        settle(new Actions());
        return;
      }
      if (isInvite() && !cancelSent) {
        cancel = true;
      } else {
        end();
      }
    }
    table.tally().timeouts.increment();
    if (hearer != null) {
      hearer.failed(this, new Outcome.Silent());
    }
    if (cancel) {
      cancel();
    }
  }

  /// Whether somebody still waits for a final response.
  synchronized boolean isWaiting() {
    State state = machine.state();
    return !isOver() && owner != null && (state == State.CALLING || state == State.TRYING || state == State.PROCEEDING);
  }

  /// The stack is closing.
  void closed() {
    Attempts hearer;
    synchronized (this) {
      hearer = owner;
      if (!isOver()) {
        end();
      }
    }
    if (hearer != null) {
      hearer.closed();
    }
  }

  @Override
  void forget() {
    table.remove(this);
  }
}
