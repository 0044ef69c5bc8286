// Every transition of RFC 3261 figure 6.
package tucket.protocol.sip.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tucket.protocol.sip.SipRequest;

class NonInviteClientTransactionTest {
  private final SipRequest message = Messages.request("MESSAGE");
  private final Recorder out = new Recorder();

  private NonInviteClientTransaction started(boolean reliable) {
    NonInviteClientTransaction tx = new NonInviteClientTransaction(message, reliable, Timers.DEFAULT);
    tx.start(0, out);
    return tx;
  }

  private void receive(NonInviteClientTransaction tx, int status) {
    tx.receive(Messages.response(message, status), out.now, out);
  }

  private String run(NonInviteClientTransaction tx) {
    StringBuilder times = new StringBuilder();
    while (tx.state() != State.TERMINATED) {
      TimerName due = out.next();
      tx.fire(due, out.now, out);
      times.append(due).append(out.now / 1_000_000).append(' ');
    }
    return times.toString();
  }

  @Test
  void itStartsInTryingWithTimersEAndF() {
    assertThat(started(false).state()).isEqualTo(State.TRYING);
    assertThat(out.taken()).containsExactly("send MESSAGE", "F+32000", "E+500");
  }

  @Test
  void overTcpThereIsNoTimerE() {
    started(true);
    assertThat(out.taken()).containsExactly("send MESSAGE", "F+32000");
  }

  @Test
  void timerEDoublesUpToT2UntilTimerF() {
    NonInviteClientTransaction tx = started(false);
    assertThat(run(tx)).isEqualTo("E500 E1500 E3500 E7500 E11500 E15500 E19500 E23500 E27500 E31500 F32000 ");
    assertThat(out.taken()).last().isEqualTo("end TIMEOUT");
  }

  @Test
  void afterA100TheRequestIsRepeatedEveryT2() {
    NonInviteClientTransaction tx = started(false);
    receive(tx, 100);
    assertThat(out.taken()).last().isEqualTo("deliver 100");
    assertThat(tx.state()).isEqualTo(State.PROCEEDING);
    receive(tx, 100);
    assertThat(out.taken()).containsExactly("deliver 100");
    assertThat(run(tx)).isEqualTo("E500 E4500 E8500 E12500 E16500 E20500 E24500 E28500 F32000 ");
  }

  @Test
  void theFinalResponseIsDeliveredOnceAndAbsorbedUntilTimerK() {
    NonInviteClientTransaction tx = started(false);
    out.taken();
    receive(tx, 200);
    assertThat(out.taken()).containsExactly("-E", "-F", "deliver 200", "K+5000");
    assertThat(tx.state()).isEqualTo(State.COMPLETED);
    receive(tx, 200);
    assertThat(out.taken()).isEmpty();
    tx.fire(TimerName.K, out.now, out);
    assertThat(out.taken()).containsExactly("end NORMAL");
  }

  @Test
  void aFinalResponseInProceedingCompletesToo() {
    NonInviteClientTransaction tx = started(true);
    receive(tx, 100);
    out.taken();
    receive(tx, 404);
    assertThat(out.taken()).containsExactly("-F", "deliver 404", "end NORMAL");
    assertThat(tx.state()).isEqualTo(State.TERMINATED);
  }

  @Test
  void aTransportFailureEndsTryingAndProceedingButNotCompleted() {
    NonInviteClientTransaction trying = started(false);
    out.taken();
    trying.transportFailed(0, out);
    assertThat(out.taken()).containsExactly("end TRANSPORT");

    NonInviteClientTransaction proceeding = started(false);
    receive(proceeding, 100);
    out.taken();
    proceeding.transportFailed(0, out);
    assertThat(out.taken()).containsExactly("end TRANSPORT");

    NonInviteClientTransaction completed = started(false);
    receive(completed, 200);
    out.taken();
    completed.transportFailed(0, out);
    assertThat(out.taken()).isEmpty();
  }

  @Test
  void aTimerThatCrossedTheResponseDoesNothing() {
    NonInviteClientTransaction tx = started(false);
    receive(tx, 200);
    out.taken();
    tx.fire(TimerName.E, out.now, out);
    tx.fire(TimerName.F, out.now, out);
    assertThat(out.taken()).isEmpty();
  }
}
