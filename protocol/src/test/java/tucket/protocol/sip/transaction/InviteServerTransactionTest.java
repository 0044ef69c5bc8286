// Every transition of RFC 3261 figure 7 as RFC 6026 amends it.
package tucket.protocol.sip.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tucket.protocol.sip.SipRequest;

class InviteServerTransactionTest {
  private final SipRequest invite = Messages.request("INVITE");
  private final SipRequest ack = Messages.request("ACK");
  private final Recorder out = new Recorder();

  private InviteServerTransaction started(boolean reliable) {
    InviteServerTransaction tx = new InviteServerTransaction(invite, reliable, Timers.DEFAULT);
    tx.start(0, out);
    return tx;
  }

  private void respond(InviteServerTransaction tx, int status) {
    tx.respond(Messages.response(invite, status), out.now, out);
  }

  private void receive(InviteServerTransaction tx, SipRequest request) {
    tx.receive(request, out.now, out);
  }

  @Test
  void itDeliversTheInviteAndSendsA100AfterASilentFifthOfASecond() {
    InviteServerTransaction tx = started(false);
    assertThat(out.taken()).containsExactly("TRYING+200", "ABANDON+300000", "deliver INVITE");
    receive(tx, invite);
    assertThat(out.taken()).isEmpty(); // nothing has been sent that could be repeated
    tx.fire(out.next(), out.now, out);
    assertThat(out.taken()).containsExactly("send 100");
    receive(tx, invite);
    assertThat(out.taken()).containsExactly("again");
    assertThat(tx.state()).isEqualTo(State.PROCEEDING);
  }

  @Test
  void aResponseInTimeSavesThe100() {
    InviteServerTransaction tx = started(false);
    out.taken();
    respond(tx, 180);
    assertThat(out.taken()).containsExactly("-TRYING", "send 180");
    respond(tx, 183);
    assertThat(out.taken()).containsExactly("send 183");
    tx.fire(TimerName.TRYING, out.now, out);
    assertThat(out.taken()).isEmpty();
  }

  @Test
  void aFailureIsRepeatedUntilItsAck() {
    InviteServerTransaction tx = started(false);
    out.taken();
    respond(tx, 486);
    assertThat(out.taken()).containsExactly("-TRYING", "send 486", "-ABANDON", "H+32000", "G+500");
    assertThat(tx.state()).isEqualTo(State.COMPLETED);
    receive(tx, invite);
    assertThat(out.taken()).containsExactly("again");
    tx.fire(out.next(), out.now, out);
    assertThat(out.taken()).containsExactly("G+1000", "again");
    tx.fire(out.next(), out.now, out);
    assertThat(out.taken()).containsExactly("G+2000", "again");
    receive(tx, ack);
    assertThat(out.taken()).containsExactly("-G", "-H", "I+5000");
    assertThat(tx.state()).isEqualTo(State.CONFIRMED);
    receive(tx, ack);
    receive(tx, invite);
    assertThat(out.taken()).isEmpty();
    tx.fire(TimerName.I, out.now, out);
    assertThat(out.taken()).containsExactly("end NORMAL");
  }

  @Test
  void timerGGrowsToT2AndTimerHEndsTheWaitForTheAck() {
    InviteServerTransaction tx = started(false);
    respond(tx, 600);
    StringBuilder times = new StringBuilder();
    while (tx.state() != State.TERMINATED) {
      TimerName due = out.next();
      tx.fire(due, out.now, out);
      times.append(due).append(out.now / 1_000_000).append(' ');
    }
    assertThat(times.toString()).isEqualTo("G500 G1500 G3500 G7500 G11500 G15500 G19500 G23500 G27500 G31500 H32000 ");
    assertThat(out.taken()).last().isEqualTo("end TIMEOUT");
  }

  @Test
  void overTcpThereIsNoTimerGAndTimerIIsZero() {
    InviteServerTransaction tx = started(true);
    out.taken();
    respond(tx, 486);
    assertThat(out.taken()).containsExactly("-TRYING", "send 486", "-ABANDON", "H+32000");
    receive(tx, ack);
    assertThat(out.taken()).containsExactly("-H", "end NORMAL");
  }

  @Test
  void inAcceptedInvitesAreAbsorbedAcksDeliveredAndSuccessesSentAgain() {
    InviteServerTransaction tx = started(false);
    respond(tx, 180);
    out.taken();
    respond(tx, 200);
    assertThat(out.taken()).containsExactly("send 200", "-ABANDON", "L+32000");
    assertThat(tx.state()).isEqualTo(State.ACCEPTED);
    receive(tx, invite);
    assertThat(out.taken()).isEmpty();
    respond(tx, 200);
    assertThat(out.taken()).containsExactly("send 200");
    respond(tx, 486);
    assertThat(out.taken()).isEmpty();
    receive(tx, ack);
    assertThat(out.taken()).containsExactly("deliver ACK");
    tx.fire(TimerName.L, out.now, out);
    assertThat(out.taken()).containsExactly("end NORMAL");
  }

  @Test
  void overTcpASuccessIsAcceptedForAsLong() {
    InviteServerTransaction tx = started(true);
    out.taken();
    respond(tx, 200);
    assertThat(out.taken()).contains("L+32000");
  }

  @Test
  void aTransportFailureChangesNoState() {
    InviteServerTransaction tx = started(false);
    respond(tx, 486);
    out.taken();
    tx.transportFailed(out.now, out);
    assertThat(out.taken()).isEmpty();
    assertThat(tx.state()).isEqualTo(State.COMPLETED);
  }

  @Test
  void anInviteThatNobodyAnswersIsGivenUp() {
    InviteServerTransaction tx = started(false);
    respond(tx, 180);
    out.taken();
    tx.fire(out.next(), out.now, out);
    assertThat(out.now).isEqualTo(Timers.DEFAULT.invite().toNanos());
    assertThat(out.taken()).containsExactly("end TIMEOUT");
  }

  @Test
  void aSecondFinalResponseIsDropped() {
    InviteServerTransaction tx = started(false);
    respond(tx, 486);
    out.taken();
    respond(tx, 200);
    respond(tx, 500);
    assertThat(out.taken()).isEmpty();
  }
}
