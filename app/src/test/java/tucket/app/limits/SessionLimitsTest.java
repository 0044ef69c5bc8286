// What sessions may take and how long they last, as the configuration says.
package tucket.app.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tucket.app.assembly.LabUsers;
import tucket.client.ClientSettings;
import tucket.client.ImClient;
import tucket.client.Outgoing;
import tucket.client.Refused;
import tucket.client.Session;
import tucket.protocol.msrp.MsrpUri;
import tucket.protocol.sip.SipUri;
import tucket.transport.Unavailable;

class SessionLimitsTest {
  private static final SipUri BOB = SipUri.of("bob", LimitsLab.DOMAIN);

  private LimitsLab lab = new LimitsLab();

  private ImClient alice(String... settings) {
    lab.close();
    lab = new LimitsLab(settings);
    ImClient alice = lab.client("alice");
    alice.register();
    return alice;
  }

  @AfterEach
  void close() {
    lab.close();
  }

  @Shows("limits.session-message")
  @Test
  void aMessageInASessionMayHaveSoManyBytes() {
    Session session = alice("limits.session-message=2KiB").sessions().invite(BOB, Optional.empty());
    assertThat(session.send(Outgoing.text("x".repeat(1000))).status()).isEqualTo(200);
    assertThat(session.send(Outgoing.text("x".repeat(3000))).status()).isEqualTo(413);
    assertThat(session.send(Outgoing.text("still open")).status()).isEqualTo(200);
  }

  @Shows("limits.sessions")
  @Test
  void thereMayBeSoManySessions() {
    ImClient alice = alice("limits.sessions=1");
    Session only = alice.sessions().invite(BOB, Optional.empty());
    assertThatThrownBy(() -> alice.sessions().invite(BOB, Optional.empty()))
        .isInstanceOfSatisfying(Refused.class, r -> assertThat(r.status()).isEqualTo(503));
    only.end();
    await().atMost(LimitsLab.SOON).ignoreExceptions().until(() -> !alice.sessions().invite(BOB, Optional.empty()).isOver());
  }

  @Shows("limits.session-idle-time")
  @Test
  void anIdleSessionEnds() {
    Session session = alice("limits.session-idle-time=500ms").sessions().invite(BOB, Optional.empty());
    await().atMost(LimitsLab.SOON).until(session::isOver);
  }

  /// A client of alice's that uses the relay of the server, whose port her first session has told.
  private ImClient relayed(ImClient alice) {
    MsrpUri server = alice.sessions().invite(BOB, Optional.empty()).remote().orElseThrow();
    ClientSettings settings = alice.settings().withInstance("").withRelay(MsrpUri.of(false, "127.0.0.1", server.port(), ""));
    return lab.client(settings);
  }

  @Shows("limits.relay-paths-of-user")
  @Test
  void aUserHasSoManyPathsOfTheRelay() {
    ImClient alice = relayed(alice("msrp.relay=any", "limits.relay-paths-of-user=1"));
    Session only = alice.sessions().invite(BOB, Optional.empty());
    assertThat(only.path()).hasSize(2);
    assertThatThrownBy(() -> alice.sessions().invite(BOB, Optional.empty())).isInstanceOf(Unavailable.class).hasMessageContaining("Too many paths");
    only.end();
    await().atMost(LimitsLab.SOON).ignoreExceptions().until(() -> !alice.sessions().invite(BOB, Optional.empty()).isOver());
  }

  @Shows("limits.relay-paths")
  @Test
  void theRelayHasSoManyPaths() {
    ImClient alice = relayed(alice("msrp.relay=any", "limits.relay-paths=1"));
    alice.sessions().invite(BOB, Optional.empty());
    assertThatThrownBy(() -> alice.sessions().invite(BOB, Optional.empty())).isInstanceOf(Unavailable.class).hasMessageContaining("Too many paths");
  }

  @Shows("limits.relay-time")
  @Test
  void aPathOfTheRelayIsGoodForSoLong() {
    ImClient alice = relayed(alice("msrp.relay=any", "limits.relay-time=1s"));
    Session session = alice.sessions().invite(BOB, Optional.empty());
    await().atMost(LimitsLab.SOON).until(() -> session.isOver() || session.send(Outgoing.text("still there?")).status() == 481);
  }

  // whoever has logged in may name next hops as he likes
  @Shows("limits.relay-hops-of-path")
  @Test
  void aPathOfTheRelayLeadsToSoManyPlaces() throws IOException {
    ImClient alice = alice("msrp.relay=any", "limits.relay-hops-of-path=1");
    MsrpUri server = alice.sessions().invite(BOB, Optional.empty()).remote().orElseThrow();
    try (MsrpWire wire = new MsrpWire("msrp://127.0.0.1:" + server.port() + "/;tcp"); Nowhere one = new Nowhere(); Nowhere two = new Nowhere()) {
      String path = wire.login("msrp://127.0.0.1:" + server.port() + ";tcp", "alice", LabUsers.passwordOf("alice").orElseThrow());
      wire.to(path + " msrp://127.0.0.1:" + one.port() + "/x;tcp");
      wire.send("waits for its connection");
      assertThat(wire.read()).contains(" 200 ");
      wire.to(path + " msrp://127.0.0.1:" + two.port() + "/x;tcp");
      wire.send("has nowhere to go");
      assertThat(wire.read()).contains(" 200 ");
      assertThat(wire.read()).contains("REPORT").contains("Status: 000 413");
    }
  }

  /// A session of alice's with bob, whose phone the test plays.
  private final class Held implements AutoCloseable {
    final Session session;
    final MsrpWire media;

    Held(String... settings) throws Exception {
      ImClient alice = alice(settings);
      HandPhone bob = lab.byHand("bob");
      CompletableFuture<Session> invited = CompletableFuture.supplyAsync(() -> alice.sessions().invite(BOB, Optional.empty()), Thread::startVirtualThread);
      media = bob.invited().connect();
      session = invited.get(60, TimeUnit.SECONDS);
    }

    CompletableFuture<Integer> post(String text) {
      return session.post(Outgoing.text(text));
    }

    @Override
    public void close() throws IOException {
      media.close();
    }
  }

  @Shows("limits.session-requests")
  @Test
  void aPeerHasSoManyMessagesAtOnceToAnswer() throws Exception {
    try (Held held = new Held("limits.session-requests=2")) {
      List.of("one", "two", "three").forEach(held::post);
      String one = held.media.read();
      assertThat(one).contains("one");
      assertThat(held.media.read()).contains("two");
      assertThat(held.media.isSilent()).isTrue();
      held.media.answer(one);
      assertThat(held.media.read()).contains("three");
    }
  }

  @Shows("limits.session-queue")
  @Test
  void soManyMessagesWaitForAPeer() throws Exception {
    try (Held held = new Held("limits.session-requests=1", "limits.session-queue=1")) {
      CompletableFuture<Integer> one = held.post("one");
      CompletableFuture<Integer> two = held.post("two");
      assertThat(held.post("three").get(60, TimeUnit.SECONDS)).isEqualTo(413);
      held.media.answer(held.media.read());
      assertThat(one.get(60, TimeUnit.SECONDS)).isEqualTo(200);
      held.media.answer(held.media.read());
      assertThat(two.get(60, TimeUnit.SECONDS)).isEqualTo(200);
    }
  }

  // what has been read already when the limit is reached is answered 413
  @Shows("limits.session-undecided")
  @Test
  void aSenderIsReadNoMoreWhileSoManyOfHisMessagesWait() throws Exception {
    try (Held held = new Held("limits.session-undecided=1")) {
      CompletableFuture<Integer> one = held.post("one");
      String first = held.media.read();
      CompletableFuture<Integer> two = held.post("two");
      assertThat(held.media.isSilent()).isTrue();
      held.media.answer(first);
      assertThat(one.get(60, TimeUnit.SECONDS)).isEqualTo(200);
      if (two.isDone()) {
        assertThat(two.get()).isEqualTo(413);
        two = held.post("two again");
      }
      held.media.answer(held.media.read());
      assertThat(two.get(60, TimeUnit.SECONDS)).isEqualTo(200);
    }
  }

  @Shows("limits.session-early")
  @Test
  void aPeerMaySendSoMuchBeforeItsSessionHasBegun() throws Exception {
    ImClient alice = alice("limits.session-early=1KiB");
    HandPhone bob = lab.byHand("bob");
    var unused = CompletableFuture.supplyAsync(() -> alice.sessions().invite(BOB, Optional.empty()), Thread::startVirtualThread);
    HandPhone.Invited invitation = bob.invited();
    invitation.ring(); // or he would count as gone soon
    try (MsrpWire wire = new MsrpWire(invitation.path())) {
      wire.send("x".repeat(5000));
      assertThat(wire.isCut()).isTrue();
    }
  }

  @Test
  void withoutTheRoleNobodyIsRelayed() {
    ImClient alice = relayed(alice());
    assertThatThrownBy(() -> alice.sessions().invite(BOB, Optional.empty())).isInstanceOf(Unavailable.class).hasMessageContaining("refuses: 481");
  }
}
