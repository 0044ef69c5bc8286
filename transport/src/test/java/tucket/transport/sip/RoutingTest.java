// Where requests and responses go: received and rport, malformed requests, large ones, connection reuse and aliases; in simulated time.
package tucket.transport.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Via;
import tucket.transport.Endpoint;
import tucket.transport.Flow;
import tucket.transport.FlowHandler;
import tucket.transport.Protocol;

class RoutingTest {
  private final Scene scene = new Scene();
  private final List<ServerTransaction> seen = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    scene.close();
  }

  private void answer(ServerTransaction tx) {
    seen.add(tx);
    tx.respond(Requests.answer(tx.request(), 200));
  }

  private static SipRequest over(String via) {
    return Requests.message("x").prepend(Header.VIA, via);
  }

  @Test
  void rportSendsTheResponseToTheSourcePortAndBothAreWrittenDown() {
    Endpoint server = scene.stack(this::answer).listen(Requests.endpoint(Protocol.UDP, 0));
    Scene.Peer nat = scene.peer();
    nat.send(server, over("SIP/2.0/UDP 10.1.1.1:4540;rport;branch=z9hG4bK1").encode());
    Via via = nat.response(1).topVia();
    assertThat(via.received()).contains("127.0.0.1");
    assertThat(via.rport()).hasValue(nat.at().port());
    assertThat(seen.getFirst().request().topVia()).isEqualTo(via);
  }

  @Test
  void withoutRportTheResponseGoesToThePortOfSentBy() {
    Endpoint server = scene.stack(this::answer).listen(Requests.endpoint(Protocol.UDP, 0));
    Scene.Peer from = scene.peer();
    Scene.Peer to = scene.peer();
    from.send(server, over("SIP/2.0/UDP pc.example.org:" + to.at().port() + ";branch=z9hG4bK1").encode());
    Via via = to.response(1).topVia();
    assertThat(via.received()).contains("127.0.0.1");
    assertThat(via.asksRport()).isFalse();
    assertThat(from.received).isEmpty();
  }

  @Test
  void aForgedReceivedIsOverwritten() {
    Endpoint server = scene.stack(this::answer).listen(Requests.endpoint(Protocol.UDP, 0));
    Scene.Peer peer = scene.peer();
    peer.send(server, over("SIP/2.0/UDP 127.0.0.1:" + peer.at().port() + ";received=192.0.2.66;branch=z9hG4bK1").encode());
    assertThat(peer.response(1).topVia().received()).contains("127.0.0.1");
  }

  @Test
  void ourViaNamesTheListenerOrTheHostThatTheSettingsSay() {
    Scene.Peer peer = scene.peer().answering(request -> List.of(Requests.answer(request, 200)));
    SipStack plain = scene.stack(tx -> {});
    Endpoint own = plain.listen(Requests.endpoint(Protocol.UDP, 0));
    Scene.answered(scene.send(plain, Requests.message("x"), peer.at()));
    Via via = peer.request(1).topVia();
    assertThat(via.host()).isEqualTo("127.0.0.1");
    assertThat(via.port()).isEqualTo(own.port());
    assertThat(via.hasMagicBranch()).isTrue();
    assertThat(via.asksRport()).isTrue();
    SipStack named = scene.stack(SipSettings.DEFAULT.withSentBy("im.example.org"), Scene.NO_NAMES, tx -> {});
    Endpoint other = named.listen(Requests.endpoint(Protocol.UDP, 0));
    Scene.answered(scene.send(named, Requests.message("x"), peer.at()));
    assertThat(peer.request(2).topVia().sentBy()).isEqualTo("im.example.org:" + other.port());
  }

  // ---- the peer's faults

  @Test
  void aMalformedRequestGetsA400ThatNamesTheHeader() {
    SipStack stack = scene.stack(this::answer);
    Endpoint server = stack.listen(Requests.endpoint(Protocol.UDP, 0));
    Scene.Peer peer = scene.peer();
    peer.send(server, over("SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bK1").with(Header.CSEQ, "many MESSAGE").encode());
    assertThat(peer.response(1).status()).isEqualTo(400);
    assertThat(peer.response(1).reason()).contains("CSeq");
    peer.send(server, over("SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bK2").with(Header.MAX_FORWARDS, "lots").encode());
    assertThat(peer.response(2).status()).isEqualTo(400);
    assertThat(peer.response(2).reason()).contains("Max-Forwards");
    assertThat(seen).isEmpty();
    assertThat(stack.counters().malformed()).isEqualTo(2);
  }

  // RFC 4475 section 3.3.1
  @Test
  void aRequestWithoutAHeaderThatAllHaveGetsA400ThatNamesIt() {
    SipStack stack = scene.stack(this::answer);
    Endpoint server = stack.listen(Requests.endpoint(Protocol.UDP, 0));
    Scene.Peer peer = scene.peer();
    int answers = 0;
    for (Header missing : List.of(Header.FROM, Header.TO, Header.CALL_ID, Header.CSEQ)) {
      for (String branch : List.of(";branch=z9hG4bK" + answers, "")) { // with a branch as in RFC 3261, and as in RFC 2543
        peer.send(server, over("SIP/2.0/UDP 127.0.0.1;rport" + branch).without(missing).encode());
        SipResponse answer = peer.response(++answers);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.reason()).isEqualTo(missing.name() + " is missing");
        assertThat(answer.has(missing)).isFalse();
        assertThat(answer.has(Header.VIA)).isTrue();
      }
    }
    assertThat(seen).isEmpty();
  }

  @Test
  void theSameMalformedRequestGetsTheSameTagAgain() {
    Endpoint server = scene.stack(this::answer).listen(Requests.endpoint(Protocol.UDP, 0));
    Scene.Peer peer = scene.peer();
    SipRequest bad = over("SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bK1").with(Header.CSEQ, "many MESSAGE");
    peer.send(server, bad.encode());
    peer.send(server, bad.encode());
    assertThat(peer.response(2).to().tag()).isPresent().isEqualTo(peer.response(1).to().tag());
  }

  @Test
  void whatCannotBeAnsweredIsDroppedAndCounted() {
    SipStack stack = scene.stack(this::answer);
    Endpoint server = stack.listen(Requests.endpoint(Protocol.UDP, 0));
    Scene.Peer peer = scene.peer();
    peer.send(server, Requests.bytes("no SIP at all\n\n"));
    peer.send(server, over("SIP/2.0/UDP :::bad").encode());
    peer.send(server, over("SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK3").without(Header.VIA).encode());
    peer.send(server, new byte[] {0, 1, 0, 0});
    peer.send(server, Requests.bytes("\n\n")); // a keep-alive is no fault
    Scene.until(() -> stack.counters().malformed() == 4);
    assertThat(peer.received).isEmpty();
    peer.send(server, over("SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bK4").encode());
    assertThat(peer.response(1).status()).isEqualTo(200);
    assertThat(stack.counters().malformed()).isEqualTo(4);
  }

  @Test
  void aResponseThatFitsNothingIsDroppedAndCounted() {
    SipStack sender = scene.stack(tx -> {});
    Endpoint own = sender.listen(Requests.endpoint(Protocol.UDP, 0));
    Scene.Peer peer = scene.peer();
    peer.send(own, Requests.answer(over("SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKnone"), 200).encode());
    Scene.until(() -> sender.counters().stray() == 1);
    assertThat(sender.counters().malformed()).isZero();
  }

  // ---- large requests (RFC 3261 section 18.1.1)

  private static SipRequest large() {
    return Requests.message("x".repeat(2_000));
  }

  @Test
  void aLargeRequestMovesToTcpAndItsViaSaysSo() {
    SipStack stack = scene.stack(this::answer);
    Endpoint udp = stack.listen(Requests.endpoint(Protocol.UDP, 0));
    stack.listen(Requests.endpoint(Protocol.TCP, udp.port()));
    assertThat(Scene.answered(scene.send(scene.sender(), large(), udp)).status()).isEqualTo(200);
    assertThat(seen.getFirst().flow().protocol()).isEqualTo(Protocol.TCP);
    assertThat(seen.getFirst().request().topVia().transport()).isEqualTo("TCP");
  }

  @Test
  void whereNobodyListensForTcpALargeRequestGoesByUdpAndTcpIsNotTriedAgainAtOnce() {
    Endpoint udp = scene.stack(this::answer).listen(Requests.endpoint(Protocol.UDP, 0));
    SipStack sender = scene.sender();
    assertThat(Scene.answered(scene.send(sender, large(), udp)).status()).isEqualTo(200);
    assertThat(Scene.answered(scene.send(sender, large(), udp)).status()).isEqualTo(200);
    assertThat(seen.getFirst().flow().protocol()).isEqualTo(Protocol.UDP);
    assertThat(scene.network.connects()).isEqualTo(1);
    scene.advance(31_000);
    Scene.answered(scene.send(sender, large(), udp));
    assertThat(scene.network.connects()).isEqualTo(2);
  }

  @Test
  void theLimitOfADatagramCanBeSet() {
    Endpoint udp = scene.stack(this::answer).listen(Requests.endpoint(Protocol.UDP, 0));
    SipStack sender = scene.stack(SipSettings.DEFAULT.withDatagramLimit(8_000), Scene.NO_NAMES, tx -> {});
    sender.listen(Requests.endpoint(Protocol.UDP, 0));
    Scene.answered(scene.send(sender, large(), udp));
    assertThat(scene.network.connects()).isZero();
  }

  // ---- connections

  private static final Target.To toTcp(Endpoint endpoint) {
    return new Target.To(endpoint);
  }

  @Test
  void requestsToAnAddressShareOneConnection() {
    Endpoint tcp = scene.stack(this::answer).listen(Requests.endpoint(Protocol.TCP, 0));
    SipStack sender = scene.stack(tx -> {});
    List<CompletableFuture<Outcome>> all = new CopyOnWriteArrayList<>();
    for (int i = 0; i < 100; i++) {
      all.add(scene.send(sender, Requests.message("x"), toTcp(tcp), Duration.ofSeconds(30)));
    }
    all.forEach(outcome -> assertThat(Scene.answered(outcome).status()).isEqualTo(200));
    assertThat(scene.network.connects()).isEqualTo(1);
    assertThat(sender.counters().connections()).isEqualTo(1);
  }

  @Test
  void aRequestOverTheFlowOfAClientReachesIt() {
    SipStack server = scene.stack(this::answer);
    Endpoint tcp = server.listen(Requests.endpoint(Protocol.TCP, 0));
    List<ServerTransaction> atClient = new CopyOnWriteArrayList<>();
    SipStack client = scene.stack(tx -> {
      atClient.add(tx);
      tx.respond(Requests.answer(tx.request(), 200));
    });
    Scene.answered(scene.send(client, Requests.of("REGISTER"), tcp));
    Flow flow = seen.getFirst().flow();
    Outcome outcome = Scene.ended(scene.send(server, Requests.message("push"), new Target.Over(flow), Duration.ofSeconds(5)));
    assertThat(outcome).isInstanceOf(Outcome.Answered.class);
    assertThat(atClient).hasSize(1);
    assertThat(scene.network.connects()).isEqualTo(1);
    flow.close();
    assertThat(Scene.ended(scene.send(server, Requests.message("push"), new Target.Over(flow), Duration.ofSeconds(5))))
        .isInstanceOf(Outcome.Unreachable.class);
  }

  @Test
  void anAliasOverTcpCountsOnlyWhereTheSettingsAllowIt() {
    for (boolean allowed : new boolean[] {false, true}) {
      SipStack server = scene.stack(SipSettings.DEFAULT.withAliasOverTcp(allowed), Scene.NO_NAMES, this::answer);
      Endpoint tcp = server.listen(Requests.endpoint(Protocol.TCP, 0));
      SipStack client = scene.stack(this::answer);
      Endpoint clientTcp = client.listen(Requests.endpoint(Protocol.TCP, 0));
      Scene.answered(scene.send(client, Requests.of("OPTIONS"), tcp));
      int before = scene.network.connects();
      Scene.answered(scene.send(server, Requests.message("back"), clientTcp));
      assertThat(scene.network.connects() - before).isEqualTo(allowed ? 0 : 1);
    }
  }

  @Test
  void aLostConnectionEndsTheTransactionsThatWaitOnIt() {
    SipStack server = scene.stack(seen::add);
    Endpoint tcp = server.listen(Requests.endpoint(Protocol.TCP, 0));
    SipStack sender = scene.stack(tx -> {});
    CompletableFuture<Outcome> outcome = scene.send(sender, Requests.message("x"), tcp);
    Scene.until(() -> seen.size() == 1);
    seen.getFirst().flow().close();
    assertThat(Scene.ended(outcome)).isInstanceOf(Outcome.Unreachable.class);
    Scene.until(() -> sender.counters().connections() == 0);
    assertThat(sender.counters().transactions()).isZero();
  }

  @Test
  void aResponseWhoseConnectionIsGoneGoesOverANewOneToSentBy() {
    SipStack server = scene.stack(seen::add);
    Endpoint tcp = server.listen(Requests.endpoint(Protocol.TCP, 0));
    List<SipResponse> atClient = new CopyOnWriteArrayList<>();
    Endpoint client = scene.network.listen(Requests.endpoint(Protocol.TCP, 0), new FlowHandler() {
      @Override
      public void received(Flow flow, byte[] data) {
        atClient.add((SipResponse) Requests.read(data));
      }
    }).local();
    Flow flow = scene.network.connect(tcp, "", (from, data) -> {}, Duration.ofSeconds(1));
    flow.send(over("SIP/2.0/TCP 127.0.0.1:" + client.port() + ";branch=z9hG4bK1").encode());
    Scene.until(() -> seen.size() == 1);
    flow.close();
    Scene.until(() -> !seen.getFirst().flow().isOpen());
    seen.getFirst().respond(Requests.answer(seen.getFirst().request(), 200));
    Scene.until(() -> atClient.size() == 1);
    assertThat(atClient.getFirst().status()).isEqualTo(200);
  }

  @Test
  void anIdleConnectionIsClosed() {
    SipSettings settings = SipSettings.DEFAULT.withLimits(
        SipSettings.Limits.DEFAULT.withTimes(Duration.ofSeconds(1), Duration.ofSeconds(100), Duration.ofSeconds(10)));
    SipStack server = scene.stack(settings, Scene.NO_NAMES, this::answer);
    Endpoint tcp = server.listen(Requests.endpoint(Protocol.TCP, 0));
    Flow flow = scene.network.connect(tcp, "", (from, data) -> {}, Duration.ofSeconds(1));
    Scene.until(() -> server.counters().connections() == 1);
    scene.advance(90_000);
    assertThat(flow.isOpen()).isTrue();
    scene.advance(10_100);
    Scene.until(() -> server.counters().connections() == 0);
  }

  @Test
  void aMessageThatNeverEndsCostsTheConnection() {
    SipStack server = scene.stack(this::answer);
    Endpoint tcp = server.listen(Requests.endpoint(Protocol.TCP, 0));
    Flow flow = scene.network.connect(tcp, "", (from, data) -> {}, Duration.ofSeconds(1));
    Scene.until(() -> server.counters().connections() == 1);
    byte[] message = over("SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK1").encode();
    flow.send(java.util.Arrays.copyOf(message, message.length - 1));
    for (int i = 0; i < 7; i++) {
      scene.advance(10_000);
    }
    Scene.until(() -> server.counters().connections() == 0);
    assertThat(seen).isEmpty();
  }

  // ---- keep-alives (RFC 5626 section 4.4.1)

  @Test
  void aConnectionOverWhichNoPongComesIsClosedAndTheHandlerToldSo() {
    Silent silent = new Silent();
    Endpoint at = scene.network.listen(Requests.endpoint(Protocol.TCP, 0), silent).local();
    CompletableFuture<Flow> lost = new CompletableFuture<>();
    SipStack client = scene.stack(new SipStack.Handler() {
      @Override
      public void request(ServerTransaction tx) {}

      @Override
      public void closed(Flow flow) {
        lost.complete(flow);
      }
    });
    scene.send(client, Requests.message("x"), at);
    Scene.until(() -> silent.arrived.size() == 1);
    assertThat(client.keepAlive(at)).isTrue();
    scene.advance(9_000);
    assertThat(lost).isNotDone();
    client.keepAlive(at); // a second ping gives no more time
    scene.advance(1_500);
    Scene.until(lost::isDone);
    assertThat(client.keepAlive(at)).isFalse();
  }

  @Test
  void aConnectionWhosePingsAreAnsweredStaysOpen() {
    Endpoint at = scene.stack(this::answer).listen(Requests.endpoint(Protocol.TCP, 0));
    SipStack client = scene.stack(tx -> {});
    Scene.answered(scene.send(client, Requests.message("x"), at));
    for (int i = 0; i < 5; i++) {
      assertThat(client.keepAlive(at)).isTrue();
      scene.advance(15_000);
    }
    assertThat(client.counters().connections()).isEqualTo(1);
  }

  private static final class Silent implements FlowHandler {
    final List<byte[]> arrived = new CopyOnWriteArrayList<>();

    @Override
    public void received(Flow flow, byte[] data) {
      arrived.add(data);
    }
  }
}
