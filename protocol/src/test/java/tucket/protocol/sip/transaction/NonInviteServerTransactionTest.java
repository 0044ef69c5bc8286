// Every transition of RFC 3261 figure 8 as RFC 4320 amends it.
package tucket.protocol.sip.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tucket.protocol.sip.SipRequest;

class NonInviteServerTransactionTest {
  private final SipRequest message = Messages.request("MESSAGE");
  private final Recorder out = new Recorder();

  private NonInviteServerTransaction started(boolean reliable) {
    NonInviteServerTransaction tx = new NonInviteServerTransaction(message, reliable, Timers.DEFAULT);
    tx.start(0, out);
    return tx;
  }

  private void respond(NonInviteServerTransaction tx, int status) {
    tx.respond(Messages.response(message, status), out.now, out);
  }

  private void repeat(NonInviteServerTransaction tx) {
    tx.receive(message, out.now, out);
  }

  @Test
  void itDeliversTheRequestAndAbsorbsRepetitionsUntilItIsAnswered() {
    NonInviteServerTransaction tx = started(false);
    assertThat(out.taken()).containsExactly("TRYING+3500", "ABANDON+32000", "deliver MESSAGE");
    repeat(tx);
    assertThat(out.taken()).isEmpty();
    assertThat(tx.state()).isEqualTo(State.TRYING);
  }

  @Test
  void theFinalResponseIsRepeatedForEachRepetitionUntilTimerJ() {
    NonInviteServerTransaction tx = started(false);
    out.taken();
    respond(tx, 202);
    assertThat(out.taken()).containsExactly("-TRYING", "-ABANDON", "send 202", "J+32000");
    assertThat(tx.state()).isEqualTo(State.COMPLETED);
    repeat(tx);
    assertThat(out.taken()).containsExactly("again");
    respond(tx, 500);
    assertThat(out.taken()).isEmpty();
    tx.fire(TimerName.J, out.now, out);
    assertThat(out.taken()).containsExactly("end NORMAL");
    repeat(tx);
    assertThat(out.taken()).isEmpty();
  }

  @Test
  void overTcpTimerJIsZero() {
    NonInviteServerTransaction tx = started(true);
    out.taken();
    respond(tx, 200);
    assertThat(out.taken()).containsExactly("-TRYING", "-ABANDON", "send 200", "end NORMAL");
  }

  @Test
  void a100GoesOutByItselfWhenTheClientsTimerEHasGrownToT2() {
    NonInviteServerTransaction tx = started(false);
    out.taken();
    tx.fire(out.next(), out.now, out);
    assertThat(out.now / 1_000_000).isEqualTo(3500);
    assertThat(out.taken()).containsExactly("send 100");
    assertThat(tx.state()).isEqualTo(State.PROCEEDING);
    repeat(tx);
    assertThat(out.taken()).containsExactly("again");
    respond(tx, 200);
    assertThat(out.taken()).containsExactly("-ABANDON", "send 200", "J+32000");
  }

  @Test
  void overUdpNo100LeavesBefore() {
    NonInviteServerTransaction tx = started(false);
    out.taken();
    respond(tx, 100);
    assertThat(out.taken()).isEmpty();
    assertThat(tx.state()).isEqualTo(State.TRYING);
  }

  @Test
  void overTcpA100MayLeaveAtAnyTime() {
    NonInviteServerTransaction tx = started(true);
    out.taken();
    respond(tx, 100);
    assertThat(out.taken()).containsExactly("-TRYING", "send 100");
    assertThat(tx.state()).isEqualTo(State.PROCEEDING);
  }

  @Test
  void noOtherProvisionalResponseLeavesAtAll() {
    NonInviteServerTransaction tx = started(true);
    out.taken();
    respond(tx, 180);
    assertThat(out.taken()).isEmpty();
  }

  @Test
  void a408IsNeverSent() {
    NonInviteServerTransaction tx = started(false);
    out.taken();
    respond(tx, 408);
    assertThat(out.taken()).containsExactly("-TRYING", "-ABANDON", "J+32000");
    repeat(tx);
    respond(tx, 200);
    assertThat(out.taken()).isEmpty();
  }

  @Test
  void aRequestThatNobodyAnswersIsGivenUpWhenTheClientHasGivenUp() {
    NonInviteServerTransaction tx = started(false);
    tx.fire(out.next(), out.now, out);
    out.taken();
    tx.fire(out.next(), out.now, out);
    assertThat(out.now / 1_000_000).isEqualTo(32_000);
    assertThat(out.taken()).containsExactly("end TIMEOUT");
    respond(tx, 200);
    assertThat(out.taken()).isEmpty();
  }

  @Test
  void aTransportFailureChangesNoState() {
    NonInviteServerTransaction tx = started(false);
    respond(tx, 200);
    out.taken();
    tx.transportFailed(out.now, out);
    assertThat(out.taken()).isEmpty();
    assertThat(tx.state()).isEqualTo(State.COMPLETED);
  }
}
