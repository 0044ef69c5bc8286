// A server transaction as it runs.
package tucket.transport.sip;

import org.jspecify.annotations.Nullable;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.transaction.Ending;
import tucket.protocol.sip.transaction.InviteServerTransaction;
import tucket.protocol.sip.transaction.NonInviteServerTransaction;
import tucket.protocol.sip.transaction.ServerMachine;
import tucket.protocol.sip.transaction.State;
import tucket.protocol.sip.transaction.TimerName;
import tucket.protocol.sip.transaction.TransactionKey;
import tucket.transport.Flow;

/// Once the final response to a request other than INVITE has left by UDP, nothing of this remains but what [Remembered] holds for 64*T1.
final class ServerExchange extends Running {
  private final ServerMachine machine;
  private @Nullable ReceivedRequest handle; // until the final response; an INVITE's until it ends, for its ACK and CANCEL
  private volatile byte @Nullable [] last;
  private boolean answered;

  /// `replyFlow` is where responses go (RFC 3261 section 18.2.2).
  ServerExchange(TransactionKey key, Transactions table, Flow replyFlow, SipRequest request) {
    super(key, table, replyFlow);
    boolean reliable = replyFlow.protocol().reliable();
    this.machine = key.method().equals("INVITE")
        ? new InviteServerTransaction(request, reliable, table.timers())
        : new NonInviteServerTransaction(request, reliable, table.timers());
  }

  /// Starts the machine; the first request is delivered by whoever calls this.
  void start(ReceivedRequest request) {
    Actions actions = new Actions();
    synchronized (this) {
      handle = request;
      machine.start(table.now(), actions);
      settle(actions);
    }
  }

  /// The request again, or an ACK to an INVITE.
  void receive(SipRequest request) {
    boolean ack = request.method().equals("ACK");
    if (!ack) {
      table.tally().repeated.increment();
    }
    Actions actions = new Actions();
    synchronized (this) {
      if (isOver()) {
        return;
      }
      machine.receive(request, table.now(), actions);
      settle(actions);
    }
    perform(actions);
  }

  void respond(SipResponse response, ReceivedRequest from) {
    Actions actions = new Actions();
    byte[] bytes = null;
    synchronized (this) {
      if (isOver()) {
        return;
      }
      if (response.isFinal()) {
        answer();
        if (machine instanceof NonInviteServerTransaction) {
          handle = null;
        }
      }
      long now = table.now();
      machine.respond(response, now, actions);
      if (actions.transmit != null) {
        bytes = actions.transmit.encode();
      }
      if (bytes != null && machine.state() == State.COMPLETED && machine instanceof NonInviteServerTransaction && Remembered.isFitFor(key)) {
        table.remember(key, flow, bytes, now); // before it is forgotten here: its request finds the one or the other
        end();
      } else {
        settle(actions);
      }
    }
    if (bytes != null) {
      transmit(bytes, from);
    }
  }

  @Nullable ReceivedRequest handle() {
    synchronized (this) {
      return handle;
    }
  }

  private void answer() {
    if (!answered) {
      answered = true;
      table.answered();
    }
  }

  @Override
  void fire(TimerName timer, long now, Actions out) {
    machine.fire(timer, now, out);
  }

  @Override
  void perform(Actions actions) {
    if (actions.transmit != null) {
      transmit(actions.transmit.encode(), null);
    }
    byte[] again = last;
    if (actions.retransmit && again != null) {
      table.tally().retransmitted.increment();
      flow.send(again);
    }
    if (actions.deliver instanceof SipRequest ack) {
      table.deliverAck(ack, flow);
    }
    if (actions.ended == Ending.TIMEOUT) {
      table.tally().timeouts.increment();
    }
  }

  private void transmit(byte[] bytes, @Nullable ReceivedRequest from) {
    if (!isOver() && (!flow.protocol().reliable() || key.method().equals("INVITE"))) {
      last = bytes;
    }
    table.tally().responsesSent.increment();
    if (flow.send(bytes)) {
      return;
    }
    table.tally().transportFailures.increment();
    if (from != null && flow.protocol().reliable()) {
      table.replyElsewhere(bytes, from);
    }
  }

  /// The stack is closing.
  synchronized void closed() {
    if (!isOver()) {
      end();
    }
  }

  @Override
  void giveUp(long now) {}

  @Override
  void forget() {
    answer();
    last = null;
    handle = null;
    table.remove(this);
  }
}
