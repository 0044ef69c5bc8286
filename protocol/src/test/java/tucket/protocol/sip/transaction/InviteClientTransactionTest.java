// Every transition of RFC 3261 figure 5 as RFC 6026 amends it.
package tucket.protocol.sip.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;

class InviteClientTransactionTest {
  private final SipRequest invite = Messages.request("INVITE");
  private final Recorder out = new Recorder();

  private InviteClientTransaction started(boolean reliable) {
    InviteClientTransaction tx = new InviteClientTransaction(invite, reliable, Timers.DEFAULT);
    tx.start(0, out);
    return tx;
  }

  private void receive(InviteClientTransaction tx, int status) {
    tx.receive(Messages.response(invite, status), out.now, out);
  }

  @Test
  void itStartsInCallingWithTimersAAndB() {
    InviteClientTransaction tx = started(false);
    assertThat(out.taken()).containsExactly("send INVITE", "B+32000", "A+500");
    assertThat(tx.state()).isEqualTo(State.CALLING);
  }

  @Test
  void overTcpThereIsNoTimerA() {
    started(true);
    assertThat(out.taken()).containsExactly("send INVITE", "B+32000");
  }

  @Test
  void timerADoublesWithoutBoundUntilTimerB() {
    InviteClientTransaction tx = started(false);
    out.taken();
    StringBuilder times = new StringBuilder();
    TimerName due = out.next();
    for (; due == TimerName.A; due = out.next()) {
      tx.fire(due, out.now, out);
      times.append(out.now / 1_000_000).append(' ');
      assertThat(out.taken()).last().isEqualTo("again");
    }
    assertThat(times.toString()).isEqualTo("500 1500 3500 7500 15500 31500 ");
    assertThat(due).isEqualTo(TimerName.B);
    tx.fire(due, out.now, out);
    assertThat(out.taken()).containsExactly("end TIMEOUT");
    assertThat(tx.state()).isEqualTo(State.TERMINATED);
  }

  @Test
  void aProvisionalResponseStopsTheRetransmissions() {
    InviteClientTransaction tx = started(false);
    out.taken();
    receive(tx, 180);
    assertThat(out.taken()).containsExactly("-A", "-B", "deliver 180");
    assertThat(tx.state()).isEqualTo(State.PROCEEDING);
    receive(tx, 183);
    assertThat(out.taken()).containsExactly("deliver 183");
  }

  @Test
  void aFailureIsDeliveredOnceAndAcknowledgedEachTime() {
    InviteClientTransaction tx = started(false);
    receive(tx, 180);
    out.taken();
    receive(tx, 486);
    assertThat(out.taken()).containsExactly("send ACK", "deliver 486", "D+32000");
    assertThat(tx.state()).isEqualTo(State.COMPLETED);
    receive(tx, 486);
    assertThat(out.taken()).containsExactly("again");
    receive(tx, 180);
    assertThat(out.taken()).isEmpty();
    tx.fire(TimerName.D, out.now, out);
    assertThat(out.taken()).containsExactly("end NORMAL");
  }

  @Test
  void aFailureInCallingIsAcknowledgedToo() {
    InviteClientTransaction tx = started(false);
    out.taken();
    receive(tx, 300);
    assertThat(out.taken()).containsExactly("-A", "-B", "send ACK", "deliver 300", "D+32000");
  }

  @Test
  void overTcpTimerDIsZero() {
    InviteClientTransaction tx = started(true);
    out.taken();
    receive(tx, 404);
    assertThat(out.taken()).containsExactly("-B", "send ACK", "deliver 404", "end NORMAL");
    assertThat(tx.state()).isEqualTo(State.TERMINATED);
  }

  @Test
  void theAckForAFailureIsOfTheSameTransaction() {
    InviteClientTransaction tx = started(false);
    receive(tx, 486);
    SipRequest ack = (SipRequest) out.sent.getLast();
    assertThat(ack.uri()).hasToString(invite.uri().toString());
    assertThat(ack.vias()).hasSize(1);
    assertThat(ack.topVia()).isEqualTo(invite.topVia());
    assertThat(ack.callId()).isEqualTo(invite.callId());
    assertThat(ack.first(Header.FROM)).isEqualTo(invite.first(Header.FROM));
    assertThat(ack.to().tag()).contains("x486");
    assertThat(ack.cseq().number()).isEqualTo(986759);
    assertThat(ack.cseq().method()).isEqualTo("ACK");
    assertThat(ack.lines(Header.ROUTE)).containsExactly("<sip:proxy.example.com;lr>");
    assertThat(TransactionKey.of(ack)).isEqualTo(TransactionKey.of(invite));
  }

  @Test
  void eachSuccessOfAForkIsDeliveredInAccepted() {
    InviteClientTransaction tx = started(false);
    out.taken();
    receive(tx, 200);
    assertThat(out.taken()).containsExactly("-A", "-B", "M+32000", "deliver 200");
    assertThat(tx.state()).isEqualTo(State.ACCEPTED);
    tx.receive(Messages.response(invite, 200).with(Header.TO, "<sip:bob@biloxi.example.com>;tag=other"), out.now, out);
    assertThat(out.taken()).containsExactly("deliver 200");
    receive(tx, 486);
    receive(tx, 180);
    assertThat(out.taken()).isEmpty();
    tx.fire(TimerName.M, out.now, out);
    assertThat(out.taken()).containsExactly("end NORMAL");
  }

  @Test
  void aSuccessInProceedingIsAccepted() {
    InviteClientTransaction tx = started(true);
    receive(tx, 100);
    out.taken();
    receive(tx, 202);
    assertThat(out.taken()).containsExactly("M+32000", "deliver 202");
  }

  @Test
  void aTransportFailureEndsCallingAndCompletedButNotAccepted() {
    InviteClientTransaction calling = started(false);
    out.taken();
    calling.transportFailed(0, out);
    assertThat(out.taken()).containsExactly("end TRANSPORT");

    InviteClientTransaction completed = started(false);
    receive(completed, 500);
    out.taken();
    completed.transportFailed(0, out);
    assertThat(out.taken()).containsExactly("end TRANSPORT");

    InviteClientTransaction accepted = started(false);
    receive(accepted, 200);
    out.taken();
    accepted.transportFailed(0, out);
    assertThat(out.taken()).isEmpty();
  }

  @Test
  void aTimerThatCrossedAResponseDoesNothing() {
    InviteClientTransaction tx = started(false);
    receive(tx, 180);
    out.taken();
    tx.fire(TimerName.A, out.now, out);
    tx.fire(TimerName.B, out.now, out);
    assertThat(out.taken()).isEmpty();
  }

  @Test
  void theCancelHasTheViaAndTheCseqNumberOfItsInvite() {
    SipRequest cancel = InviteClientTransaction.cancel(invite);
    assertThat(cancel.method()).isEqualTo("CANCEL");
    assertThat(cancel.topVia()).isEqualTo(invite.topVia());
    assertThat(cancel.to().tag()).isEmpty();
    assertThat(TransactionKey.of(cancel).withMethod("INVITE")).isEqualTo(TransactionKey.of(invite));
  }
}
