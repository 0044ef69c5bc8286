// Peers that break the rules or say nothing: the right status, the other sessions unharmed, nothing lost.
package tucket.transport.msrp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tucket.protocol.msrp.MsrpUri;
import tucket.protocol.msrp.OutgoingMessage;
import tucket.protocol.msrp.SessionOutput.Ending;
import tucket.transport.Unavailable;

class BadPeerTest extends MsrpLab {
  private static final MsrpSettings.Bounds USUAL = MsrpSettings.Bounds.DEFAULT;
  private static final Duration LONG = Duration.ofSeconds(300);
  private static final Duration SHORT = Duration.ofMillis(300);

  private static OutgoingMessage text(String id, String text) {
    return OutgoingMessage.of(id, "text/plain", text.getBytes(UTF_8));
  }

  private void isUnharmed(MsrpStack at) throws IOException {
    MsrpEnd other = passive(at, 200);
    try (ScriptedPeer terminal = terminal(at, other)) {
      assertThat(terminal.status(terminal.send("unharmed"))).isEqualTo(200);
      assertThat(ear(other).hear()).isEqualTo("unharmed");
    }
  }

  @Test
  void anUnknownSessionGets481AndTheConnectionLivesOn() throws IOException {
    MsrpEnd end = passive(stack, 200);
    try (ScriptedPeer terminal = terminal(end)) {
      terminal.write("MSRP uuuu1 SEND\r\nTo-Path: msrp://127.0.0.1:1/nobody;tcp\r\nFrom-Path: " + THEIRS
          + "\r\nMessage-ID: m\r\nContent-Type: text/plain\r\n\r\nhi\r\n-------uuuu1$\r\n");
      assertThat(terminal.status("uuuu1")).isEqualTo(481);
      assertThat(terminal.status(terminal.send("mine"))).isEqualTo(200);
    }
  }

  @Test
  void aSessionThatIsBoundElsewhereGets506() throws IOException {
    MsrpEnd end = passive(stack, 200);
    try (ScriptedPeer terminal = terminal(end); ScriptedPeer thief = terminal(end)) {
      assertThat(terminal.status(terminal.send("first"))).isEqualTo(200);
      assertThat(thief.status(thief.send("stolen"))).isEqualTo(506);
      assertThat(terminal.status(terminal.send("second"))).isEqualTo(200);
      assertThat(ear(end).hear()).isEqualTo("first");
      assertThat(ear(end).hear()).isEqualTo("second");
    }
  }

  @Test
  void anUnknownMethodGets501() throws IOException {
    MsrpEnd end = passive(stack, 200);
    try (ScriptedPeer terminal = terminal(end)) {
      terminal.write("MSRP vvvv1 FETCH\r\nTo-Path: " + end.uri() + "\r\nFrom-Path: " + THEIRS + "\r\n-------vvvv1$\r\n");
      assertThat(terminal.status("vvvv1")).isEqualTo(501);
      assertThat(terminal.status(terminal.send("fine"))).isEqualTo(200);
    }
  }

  @Test
  void whatIsTooLargeGets413AtOnceAndTheSessionGoesOn() throws IOException {
    MsrpStack small = stack(MsrpSettings.DEFAULT.withMessageBytes(1000));
    MsrpEnd end = passive(small, 200);
    try (ScriptedPeer terminal = terminal(small, end)) {
      assertThat(terminal.status(terminal.send("x".repeat(1001)))).isEqualTo(413);
      assertThat(terminal.status(terminal.send("x".repeat(1001), "Byte-Range: 1-*/*"))).as("found out while it comes").isEqualTo(413);
      assertThat(terminal.status(terminal.send("x", "Byte-Range: 5000-5000/5000"))).isEqualTo(413);
      assertThat(terminal.status(terminal.send("x".repeat(1000)))).isEqualTo(200);
      assertThat(ear(end).hear()).hasSize(1000);
    }
  }

  @Test
  void brokenHeadersGet400() throws IOException {
    MsrpEnd end = passive(stack, 200);
    try (ScriptedPeer terminal = terminal(end)) {
      assertThat(terminal.status(terminal.send("x", "Byte-Range: nonsense"))).isEqualTo(400);
      terminal.write("MSRP wwww1 SEND\r\nTo-Path: " + end.uri() + "\r\nFrom-Path: " + THEIRS
          + "\r\nContent-Type: text/plain\r\n\r\nno Message-ID\r\n-------wwww1$\r\n");
      assertThat(terminal.status("wwww1")).isEqualTo(400);
      assertThat(terminal.status(terminal.send("fine"))).isEqualTo(200);
    }
  }

  @Test
  void noiseCostsItsOwnConnectionOnly() throws IOException {
    MsrpEnd end = passive(stack, 200);
    try (ScriptedPeer terminal = terminal(end); ScriptedPeer noisy = terminal(end)) {
      assertThat(terminal.status(terminal.send("one"))).isEqualTo(200);
      noisy.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(noisy.read()).isEmpty();
      assertThat(terminal.status(terminal.send("two"))).isEqualTo(200);
    }
    isUnharmed(stack);
  }

  @Test
  void aPeerThatNeverAnswersCostsItsMessageAndNotTheSession() throws IOException {
    MsrpStack impatient = stack(MsrpSettings.DEFAULT.withTimes(new MsrpSettings.Times(LONG, SHORT, LONG, LONG)));
    MsrpEnd end = passive(impatient, 200);
    try (ScriptedPeer terminal = terminal(impatient, end)) {
      terminal.greet();
      terminal.read();
      end.send(text("lost", "never answered"));
      assertThat(terminal.read()).contains("never answered");
      assertThat(Ear.next(ear(end).fates)).isEqualTo("lost SILENT");
      end.send(text("next", "answered"));
      assertThat(terminal.answer("200 OK")).contains("answered");
      assertThat(Ear.next(ear(end).fates)).isEqualTo("next accepted");
    }
    isUnharmed(impatient);
  }

  @Test
  void aPeerThatNeverConnectsLosesTheSessionAndItsMessagesAreGivenBack() throws IOException {
    MsrpStack impatient = stack(MsrpSettings.DEFAULT.withTimes(new MsrpSettings.Times(LONG, LONG, SHORT, LONG)));
    MsrpEnd end = passive(impatient, 200);
    end.send(text("waiting", "for a connection"));
    assertThat(Ear.next(ear(end).fates)).isEqualTo("waiting LOST");
    assertThat(Ear.next(ear(end).endings)).isEqualTo(Ending.UNBOUND);
    isUnharmed(impatient);
  }

  @Test
  void aPeerThatCannotBeConnectedToLosesTheSession() throws IOException {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    MsrpEnd end = stack.open(false);
    ears.put(end, new Ear(end, 200));
    end.send(text("early", "x"));
    end.start(MsrpUri.parsePath(THEIRS), Optional.of(new MsrpEnd.Peer("127.0.0.1", port, false)), ear(end));
    assertThat(Ear.next(ear(end).fates)).isEqualTo("early LOST");
    assertThat(Ear.next(ear(end).endings)).isEqualTo(Ending.LOST);
  }

  @Test
  void anIdleSessionEnds() throws IOException {
    MsrpStack impatient = stack(MsrpSettings.DEFAULT.withTimes(new MsrpSettings.Times(SHORT, LONG, LONG, LONG)));
    MsrpEnd end = passive(impatient, 200);
    try (ScriptedPeer terminal = terminal(impatient, end)) {
      terminal.greet();
      terminal.read();
      assertThat(Ear.next(ear(end).endings)).isEqualTo(Ending.IDLE);
      assertThat(terminal.read()).as("the connection is closed").isEmpty();
    }
  }

  @Test
  void aPeerThatReadsNothingHoldsNothingElseUpAndItsMessagesAreGivenBack() throws IOException {
    MsrpEnd end = passive(stack, 200);
    try (ScriptedPeer terminal = terminal(end)) {
      terminal.greet();
      terminal.read();
      for (int i = 0; i < 30; i++) {
        end.send(text("big" + i, "x".repeat(1 << 20)));
      }
      // the window holds it back: nothing grows, and the others live
      isUnharmed(stack);
      end.stop();
      for (int i = 0; i < 30; i++) {
        assertThat(Ear.next(ear(end).fates)).isEqualTo("big" + i + " LOST");
      }
    }
  }

  @Test
  void aFullQueueGivesTheMessageBackAtOnce() {
    MsrpStack narrow = stack(MsrpSettings.DEFAULT
        .withBounds(new MsrpSettings.Bounds(USUAL.sessions(), USUAL.messageBytes(), USUAL.earlyBytes(), 1, 2, USUAL.undecided())));
    MsrpEnd end = passive(narrow, 200);
    end.send(text("one", "x"));
    end.send(text("two", "x"));
    end.send(text("three", "x"));
    assertThat(Ear.next(ear(end).fates)).isEqualTo("three FULL");
  }

  @Test
  void whoIsNotWorkedOffIsReadNoMoreWhileOthersAre() throws IOException {
    MsrpStack narrow = stack(MsrpSettings.DEFAULT
        .withBounds(new MsrpSettings.Bounds(USUAL.sessions(), USUAL.messageBytes(), USUAL.earlyBytes(), USUAL.requests(), USUAL.queue(), 2)));
    MsrpEnd end = passive(narrow, 0);
    try (ScriptedPeer terminal = terminal(narrow, end)) {
      String one = terminal.send("one");
      String two = terminal.send("two");
      long first = Ear.next(ear(end).tickets);
      long second = Ear.next(ear(end).tickets);
      String three = terminal.send("three");
      assertThat(terminal.isSilent()).isTrue();
      isUnharmed(narrow);
      end.settle(first, 200);
      end.settle(second, 200);
      assertThat(terminal.status(one)).isEqualTo(200);
      assertThat(terminal.status(two)).isEqualTo(200);
      end.settle(Ear.next(ear(end).tickets), 200);
      assertThat(terminal.status(three)).isEqualTo(200);
    }
  }

  @Test
  void aSessionThatEndsWhileItHoldsAConnectionBackLetsTheOthersGoOn() throws IOException {
    MsrpStack narrow = stack(MsrpSettings.DEFAULT
        .withBounds(new MsrpSettings.Bounds(USUAL.sessions(), USUAL.messageBytes(), USUAL.earlyBytes(), USUAL.requests(), USUAL.queue(), 1)));
    MsrpEnd slow = passive(narrow, 0);
    MsrpEnd quick = passive(narrow, 200);
    try (ScriptedPeer terminal = terminal(narrow, quick)) {
      assertThat(terminal.status(terminal.send("binds"))).isEqualTo(200);
      terminal.to(slow).send("never decided");
      Ear.next(ear(slow).tickets);
      slow.stop();
      assertThat(terminal.to(quick).status(terminal.send("goes on"))).isEqualTo(200);
    }
  }

  @Test
  void whatComesBeforeTheSessionHasBegunIsKeptUpToABound() throws IOException {
    MsrpStack narrow = stack(MsrpSettings.DEFAULT
        .withBounds(new MsrpSettings.Bounds(USUAL.sessions(), USUAL.messageBytes(), 1000, USUAL.requests(), USUAL.queue(), USUAL.undecided())));
    MsrpEnd early = narrow.open(false);
    MsrpEnd flooded = narrow.open(false);
    try (ScriptedPeer terminal = terminal(narrow, early); ScriptedPeer flood = terminal(narrow, flooded)) {
      String id = terminal.send("before the answer");
      flood.send("x".repeat(2000));
      assertThat(flood.read()).as("cut").isEmpty();
      ears.put(early, new Ear(early, 200));
      early.start(MsrpUri.parsePath(THEIRS), Optional.empty(), ear(early));
      assertThat(terminal.status(id)).isEqualTo(200);
      assertThat(ear(early).hear()).isEqualTo("before the answer");
    }
  }

  @Test
  void moreSessionsThanAllowedAreRefused() {
    MsrpStack narrow = stack(MsrpSettings.DEFAULT
        .withBounds(new MsrpSettings.Bounds(2, USUAL.messageBytes(), USUAL.earlyBytes(), USUAL.requests(), USUAL.queue(), USUAL.undecided())));
    MsrpEnd one = narrow.open(false);
    narrow.open(false);
    assertThatThrownBy(() -> narrow.open(false)).isInstanceOf(Unavailable.class).hasMessageContaining("2");
    one.stop();
    await().until(() -> narrow.size() == 1);
    assertThat(narrow.open(false).isOver()).isFalse();
  }
}
