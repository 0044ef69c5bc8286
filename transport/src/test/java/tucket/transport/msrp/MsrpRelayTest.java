// The relay role: who may use it, what it passes on, and what it tells where that fails.
package tucket.transport.msrp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import tucket.protocol.msrp.MsrpUri;
import tucket.protocol.msrp.OutgoingMessage;
import tucket.protocol.sip.digest.Algorithm;
import tucket.protocol.sip.digest.Digest;
import tucket.protocol.sip.digest.DigestChallenge;
import tucket.protocol.sip.digest.DigestCredentials;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;

class MsrpRelayTest extends MsrpLab {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final RelaySettings OPEN = RelaySettings.DEFAULT.withTlsAlone(false);
  private static final DigestChallenge CHALLENGE = new DigestChallenge("relay.example", "nonce", "opaque", Algorithm.MD5, List.of("auth"), false);

  /// Everybody whose password is `secret`.
  private static RelayUsers.Verdict judge(String uri, List<String> authorization, InetAddress source) {
    Optional<DigestCredentials> given = authorization.stream().map(DigestCredentials::parse).findFirst();
    boolean right = given.filter(g -> g.uri().equals(uri))
        .filter(g -> Digest.verify(g, "AUTH", Digest.a1(Algorithm.MD5, g.username(), "relay.example", "secret"))).isPresent();
    return right ? new RelayUsers.Verdict.Admitted(given.orElseThrow().username(), "qop=auth")
        : new RelayUsers.Verdict.Challenged(List.of(CHALLENGE.toString()));
  }

  private static RelayLogin login(String user, String password) {
    return (method, uri, challenges) -> challenges.stream().findFirst()
        .map(c -> Digest.answer(DigestChallenge.parse(c), user, password, method, uri, "cnonce", 1, new byte[0]).toString());
  }

  private MsrpStack relay(RelaySettings how) {
    return stack(MsrpSettings.DEFAULT, s -> s.relay(how, MsrpRelayTest::judge));
  }

  private static MsrpUri at(MsrpStack relay) {
    return MsrpUri.of(false, "127.0.0.1", relay.listening(false).orElseThrow().port(), "");
  }

  /// A client's session by way of the relay.
  private MsrpEnd behind(MsrpStack relay, String user) {
    MsrpEnd end = stack(MsrpSettings.DEFAULT).open(false);
    end.useRelay(at(relay), login(user, "secret"));
    return end;
  }

  private Ear start(MsrpEnd end, List<MsrpUri> remote, boolean active, int verdict) {
    Ear ear = new Ear(end, verdict);
    MsrpUri first = remote.getFirst();
    end.start(remote, active ? Optional.of(new MsrpEnd.Peer("127.0.0.1", first.port(), false)) : Optional.empty(), ear);
    return ear;
  }

  private static OutgoingMessage message(String id, String text) {
    return OutgoingMessage.of(id, "text/plain", text.getBytes(UTF_8));
  }

  @Test
  void aClientBehindTheRelayTalksWithOneWhoIsNot() {
    MsrpStack relay = relay(OPEN);
    MsrpEnd alice = behind(relay, "alice");
    MsrpEnd bob = stack.open(false);
    assertThat(alice.path()).hasSize(2);
    assertThat(alice.path().getFirst().port()).isEqualTo(at(relay).port());
    Ear atBob = start(bob, alice.path(), false, 200);
    Ear atAlice = start(alice, List.of(bob.uri()), true, 200);

    alice.send(message("m1", "forth"));
    assertThat(atBob.hear()).isEqualTo("forth");
    assertThat(Ear.next(atAlice.fates)).isEqualTo("m1 accepted");
    bob.send(message("m2", "back"));
    assertThat(atAlice.hear()).isEqualTo("back");
    assertThat(Ear.next(atBob.fates)).isEqualTo("m2 accepted");
    String large = "0123456789".repeat(30_000);
    alice.send(message("m3", large));
    assertThat(atBob.hear()).isEqualTo(large);
    assertThat(Ear.next(atAlice.fates)).isEqualTo("m3 accepted");
  }

  @Test
  void whoIsBehindTheRelayIsReachedByWhoConnects() {
    MsrpStack relay = relay(OPEN);
    MsrpEnd alice = behind(relay, "alice");
    MsrpEnd bob = behind(relay, "bob");
    Ear atAlice = start(alice, bob.path(), false, 200);
    Ear atBob = start(bob, alice.path(), true, 200);
    bob.send(message("m1", "over two relays in one"));
    assertThat(atAlice.hear()).isEqualTo("over two relays in one");
    assertThat(Ear.next(atBob.fates)).isEqualTo("m1 accepted");
    alice.send(message("m2", "and back"));
    assertThat(atBob.hear()).isEqualTo("and back");
  }

  // a relay's 200 is not the receiver's
  @Test
  void whatTheReceiverRefusesIsToldToTheSender() {
    MsrpStack relay = relay(OPEN);
    MsrpEnd alice = behind(relay, "alice");
    MsrpEnd bob = stack.open(false);
    start(bob, alice.path(), false, 415);
    Ear atAlice = start(alice, List.of(bob.uri()), true, 200);
    alice.send(message("m1", "what is that"));
    assertThat(Ear.next(atAlice.fates)).isEqualTo("m1 REFUSED 415");
  }

  @Test
  void aNextHopThatCannotBeReachedIsToldToTheSender() throws IOException {
    MsrpStack relay = relay(OPEN);
    MsrpEnd alice = behind(relay, "alice");
    int nobody;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = free.getLocalPort();
    }
    Ear atAlice = start(alice, List.of(MsrpUri.of(false, "127.0.0.1", nobody, "gone")), true, 200);
    alice.send(message("m1", "is anybody there"));
    assertThat(Ear.next(atAlice.fates)).isEqualTo("m1 REFUSED 404");
  }

  @Test
  void aWrongPasswordGetsNoPath() {
    MsrpStack relay = relay(OPEN);
    MsrpEnd mallory = stack(MsrpSettings.DEFAULT).open(false);
    assertThatThrownBy(() -> mallory.useRelay(at(relay), login("alice", "guess"))).isInstanceOf(Unavailable.class).hasMessageContaining("password");
    assertThat(relay.relayed()).isZero();
  }

  @Test
  void overBareTcpNobodyLogsInWhereTlsIsWanted() {
    MsrpStack relay = relay(RelaySettings.DEFAULT);
    MsrpEnd alice = stack(MsrpSettings.DEFAULT).open(false);
    assertThatThrownBy(() -> alice.useRelay(at(relay), login("alice", "secret"))).hasMessageContaining("403 AUTH is taken over TLS alone");
  }

  @Test
  void aUserHasSoManyPathsAndAllHaveSoMany() {
    MsrpStack relay = relay(OPEN.withPaths(3, 2));
    MsrpEnd first = behind(relay, "alice");
    behind(relay, "alice");
    assertThatThrownBy(() -> behind(relay, "alice")).hasMessageContaining("403 Too many paths at once");
    behind(relay, "bob");
    assertThatThrownBy(() -> behind(relay, "carol")).hasMessageContaining("403 Too many paths at once");
    first.stop();
    await().atMost(SOON).until(() -> relay.relayed() == 2);
    behind(relay, "alice");
  }

  @Test
  void aPathIsGoodForItsTimeOnly() {
    MsrpStack relay = relay(OPEN.withLife(Duration.ofMillis(50), Duration.ofMillis(50), SOON));
    behind(relay, "alice");
    await().atMost(SOON).until(() -> relay.relayed() == 0);
  }

  @Test
  void aLifeOutOfBoundsIsToldTheBounds() throws IOException {
    MsrpStack relay = relay(OPEN);
    try (ScriptedPeer peer = ScriptedPeer.connect(relay.listening(false).orElseThrow(), THEIRS)) {
      assertThat(auth(peer, relay, "5")).contains("423").contains("Min-Expires: 60");
      assertThat(auth(peer, relay, "9999999")).contains("423").contains("Max-Expires: 43200");
      assertThat(auth(peer, relay, "900")).contains("200").contains("Use-Path: msrp://").contains("Expires: 900").contains("Authentication-Info:");
    }
  }

  private static String auth(ScriptedPeer peer, MsrpStack relay, String expires) throws IOException {
    String authorization = login("alice", "secret").authorization("AUTH", at(relay).toString(), List.of(CHALLENGE.toString())).orElseThrow();
    peer.write("MSRP auth1 AUTH\r\nTo-Path: " + at(relay) + "\r\nFrom-Path: " + THEIRS + "\r\nExpires: " + expires + "\r\nAuthorization: "
        + authorization + "\r\n-------auth1$\r\n");
    return peer.read();
  }

  @Test
  void nobodyElseSendsOutOverAPathAndItEndsWithItsConnection() throws IOException {
    MsrpStack relay = relay(OPEN);
    MsrpEnd alice = behind(relay, "alice");
    MsrpEnd victim = stack.open(false);
    Ear atVictim = start(victim, MsrpUri.parsePath(THEIRS), false, 200);
    start(alice, MsrpUri.parsePath(THEIRS), false, 200);
    MsrpUri path = alice.path().getFirst();
    try (ScriptedPeer mallory = ScriptedPeer.connect(relay.listening(false).orElseThrow(), THEIRS)) {
      mallory.write(send("first", path + " " + victim.uri()));
      assertThat(mallory.read()).contains("200"); // the relay's own; it went to alice, who does not know such a session
      assertThat(mallory.read()).contains("REPORT").contains("Status: 000 481");
      assertThat(atVictim.messages).isEmpty();
      alice.stop();
      await().atMost(SOON).until(() -> relay.relayed() == 0);
      mallory.write(send("second", path + " " + alice.uri()));
      assertThat(mallory.read()).contains("481");
    }
  }

  // each next hop costs a connection, and whoever has logged in may name as many as he likes
  @Test
  void aPathLeadsToSoManyNextHopsAndToAnotherOneOnceOneIsGone() throws IOException {
    MsrpStack relay = relay(OPEN.withHops(2));
    try (ScriptedPeer alice = ScriptedPeer.connect(relay.listening(false).orElseThrow(), THEIRS);
        ServerSocket hops = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String path = auth(alice, relay, "900").lines().filter(l -> l.startsWith("Use-Path: ")).findFirst().orElseThrow().substring(10).strip();
      String hop = "msrp://127.0.0.1:" + hops.getLocalPort() + "/hop";
      ScriptedPeer first = passed(alice, path, hop + "1;tcp", hops);
      try (ScriptedPeer second = passed(alice, path, hop + "2;tcp", hops)) {
        alice.write(send("third", path + " " + hop + "3;tcp"));
        assertThat(alice.read()).contains("200");
        assertThat(alice.read()).contains("REPORT").contains("Status: 000 413");
        alice.write(send("again", path + " " + hop + "2;tcp"));
        assertThat(alice.read()).contains("200");
        assertThat(second.read()).contains("hi");
        first.close();
        CompletableFuture<ScriptedPeer> third = CompletableFuture.supplyAsync(() -> passed(hops, hop + "3;tcp"), Thread::startVirtualThread);
        do { // until the relay has seen that the first one is gone
          alice.write(send("later", path + " " + hop + "3;tcp"));
          assertThat(alice.read()).contains("200");
          while (!third.isDone() && alice.isSilent()) {
            Thread.onSpinWait();
          }
        } while (!third.isDone() && alice.read().contains("413"));
        third.join().close();
      } finally {
        first.close();
      }
    }
  }

  private static ScriptedPeer passed(ScriptedPeer from, String path, String to, ServerSocket at) throws IOException {
    from.write(send("passed", path + " " + to));
    assertThat(from.read()).contains("200");
    return passed(at, to);
  }

  private static ScriptedPeer passed(ServerSocket at, String to) {
    try {
      ScriptedPeer hop = ScriptedPeer.accept(at, to);
      assertThat(hop.read()).contains("hi");
      return hop;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String send(String id, String to) {
    return "MSRP " + id + " SEND\r\nTo-Path: " + to + "\r\nFrom-Path: " + THEIRS + "\r\nMessage-ID: " + id
        + "\r\nByte-Range: 1-2/2\r\nContent-Type: text/plain\r\n\r\nhi\r\n-------" + id + "$\r\n";
  }

  // else a user could reach what this machine has for itself alone
  @Test
  void aRelayOfTheWorldDoesNotLeadToTheInsideOfItsMachine() {
    MsrpStack relay = new MsrpStack(world, MsrpSettings.DEFAULT);
    try {
      Endpoint here = relay.listen(new Endpoint(Protocol.TCP, new java.net.InetSocketAddress("0.0.0.0", 0)));
      Endpoint inside = new Endpoint(Protocol.TCP, new java.net.InetSocketAddress("127.0.0.1", 1));
      assertThat(relay.mayReach(inside)).isFalse();
      assertThat(relay.mayReach(here)).isTrue();
      assertThat(relay.mayReach(new Endpoint(Protocol.TCP, new java.net.InetSocketAddress("192.0.2.7", 2855)))).isTrue();
    } finally {
      relay.close();
    }
    assertThat(stack.mayReach(new Endpoint(Protocol.TCP, new java.net.InetSocketAddress("127.0.0.1", 1)))).isTrue(); // which listens there alone
  }
}
