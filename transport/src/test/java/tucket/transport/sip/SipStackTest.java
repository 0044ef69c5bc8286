// Requests and responses through the stack in simulated time: loss, doubling, silence, overload, drain.
package tucket.transport.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tucket.protocol.Malformed;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.transport.Deadline;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;

class SipStackTest {
  private final Scene scene = new Scene();
  private final AtomicInteger handled = new AtomicInteger();

  @AfterEach
  void close() {
    scene.close();
  }

  private SipStack.Handler answering(int status) {
    return tx -> {
      handled.incrementAndGet();
      tx.respond(Requests.answer(tx.request(), status));
    };
  }

  private Endpoint server(SipStack.Handler handler) {
    return scene.stack(handler).listen(Requests.endpoint(Protocol.UDP, 0));
  }

  @Test
  void aMessageIsAnsweredAndItsViaTakenOff() {
    Endpoint server = server(answering(202));
    SipRequest message = Requests.message("hello");
    SipResponse response = Scene.answered(scene.send(scene.sender(), message, server));
    assertThat(response.status()).isEqualTo(202);
    assertThat(response.vias()).isEmpty();
    assertThat(response.to().tag()).isPresent();
    assertThat(response.callId()).isEqualTo(message.callId());
  }

  @Test
  void aProxysUpstreamViaIsWhatRemainsOnTheResponse() {
    Endpoint server = server(answering(200));
    SipRequest relayed = Requests.message("x").prepend(Header.VIA, "SIP/2.0/UDP up.example.org;branch=z9hG4bKup");
    SipResponse response = Scene.answered(scene.send(scene.sender(), relayed, server));
    assertThat(response.vias()).singleElement().satisfies(via -> assertThat(via.host()).isEqualTo("up.example.org"));
  }

  @Test
  void aLostRequestIsSentAgain() {
    AtomicInteger datagrams = new AtomicInteger();
    Endpoint server = server(answering(200));
    SipStack sender = scene.sender();
    scene.network.copies(datagram -> datagrams.incrementAndGet() <= 2 ? 0 : 1);
    CompletableFuture<Outcome> outcome = scene.send(sender, Requests.message("x"), server);
    Scene.until(() -> datagrams.get() == 1);
    scene.advance(520);
    assertThat(datagrams).hasValue(2);
    scene.advance(1020);
    assertThat(Scene.answered(outcome).status()).isEqualTo(200);
    assertThat(handled).hasValue(1);
    assertThat(sender.counters().retransmitted()).isEqualTo(2);
  }

  @Test
  void aLostResponseIsRepeatedWithoutASecondCallOfTheHandler() {
    AtomicInteger responses = new AtomicInteger();
    Endpoint server = server(answering(200));
    SipStack sender = scene.sender();
    scene.network.copies(datagram -> datagram.text().startsWith("SIP/2.0") && responses.incrementAndGet() == 1 ? 0 : 1);
    CompletableFuture<Outcome> outcome = scene.send(sender, Requests.message("x"), server);
    Scene.until(() -> responses.get() == 1);
    scene.advance(520);
    assertThat(Scene.answered(outcome).status()).isEqualTo(200);
    assertThat(responses).hasValue(2);
    assertThat(handled).hasValue(1);
  }

  @Test
  void whatArrivesTwiceIsHandledOnceAndAnsweredOnce() {
    Endpoint server = server(answering(200));
    scene.network.copies(datagram -> 3);
    SipStack sender = scene.sender();
    assertThat(Scene.answered(scene.send(sender, Requests.message("x"), server)).status()).isEqualTo(200);
    Scene.until(() -> sender.counters().responsesReceived() >= 3);
    assertThat(handled).hasValue(1);
  }

  @Test
  void whenNobodyAnswersTimerFEndsTheWait() {
    SipStack sender = scene.sender();
    CompletableFuture<Outcome> outcome = scene.send(sender, Requests.message("x"), scene.peer().at());
    Scene.until(() -> sender.counters().requestsSent() == 1);
    scene.advance(31_900);
    assertThat(outcome).isNotDone();
    scene.advance(200);
    assertThat(Scene.ended(outcome)).isEqualTo(new Outcome.Silent());
    assertThat(sender.counters().timeouts()).isEqualTo(1);
  }

  @Test
  void theDeadlineEndsTheWaitBeforeTimerF() {
    SipStack sender = scene.sender();
    CompletableFuture<Outcome> outcome =
        scene.send(sender, Requests.message("x"), new Target.To(scene.peer().at()), Duration.ofSeconds(3));
    Scene.until(() -> sender.counters().requestsSent() == 1);
    scene.advance(2_900);
    assertThat(outcome).isNotDone();
    scene.advance(150);
    assertThat(Scene.ended(outcome)).isEqualTo(new Outcome.Silent());
    assertThat(sender.counters().transactions()).isZero();
  }

  @Test
  void aSlowHandlersRequestGetsA100AndThenItsAnswer() {
    CountDownLatch go = new CountDownLatch(1);
    Endpoint server = server(tx -> {
      handled.incrementAndGet();
      awaitQuietly(go);
      tx.respond(Requests.answer(tx.request(), 200));
    });
    Scene.Peer peer = scene.peer();
    SipRequest message = Requests.message("x").prepend(Header.VIA, "SIP/2.0/UDP 127.0.0.1:" + peer.at().port() + ";branch=z9hG4bK1");
    peer.send(server, message.encode());
    Scene.until(() -> handled.get() == 1);
    scene.advance(3_450);
    assertThat(peer.received).isEmpty();
    scene.advance(100);
    assertThat(peer.response(1).status()).isEqualTo(100);
    go.countDown();
    assertThat(peer.response(2).status()).isEqualTo(200);
  }

  static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whenAllIsOverNoTransactionAndNoAlarmRemains() {
    SipStack stack = scene.stack(answering(200));
    Endpoint server = stack.listen(Requests.endpoint(Protocol.UDP, 0));
    SipStack sender = scene.sender();
    for (int i = 0; i < 20; i++) {
      Scene.answered(scene.send(sender, Requests.message("x"), server));
    }
    assertThat(stack.counters().transactions()).isEqualTo(20);
    assertThat(stack.counters().pending()).isZero();
    for (int i = 0; i < 40; i++) {
      scene.advance(1_000);
    }
    assertThat(stack.counters().transactions()).isZero();
    assertThat(sender.counters().transactions()).isZero();
    assertThat(scene.clock.alarms()).isZero();
  }

  @Test
  void aHandlerThatThrowsAnswers500AndTheStackLivesOn() {
    Endpoint server = server(tx -> {
      if (handled.incrementAndGet() == 1) {
        throw new IllegalStateException("a bug, thrown on purpose");
      }
      tx.respond(Requests.answer(tx.request(), 200));
    });
    SipStack sender = scene.sender();
    assertThat(Scene.answered(scene.send(sender, Requests.message("x"), server)).status()).isEqualTo(500);
    assertThat(Scene.answered(scene.send(sender, Requests.message("x"), server)).status()).isEqualTo(200);
  }

  @Test
  void whatAHandlerFindsMalformedIsA400ThatSaysSo() {
    Endpoint server = server(tx -> {
      throw new Malformed("Expires is not a number");
    });
    SipResponse response = Scene.answered(scene.send(scene.sender(), Requests.message("x"), server));
    assertThat(response.status()).isEqualTo(400);
    assertThat(response.reason()).isEqualTo("Expires is not a number");
  }

  @Test
  void overTheLimitOfPendingRequestsComesA503WithRetryAfter() {
    CountDownLatch go = new CountDownLatch(1);
    SipSettings settings = SipSettings.DEFAULT.withLimits(SipSettings.Limits.DEFAULT.withPending(2));
    SipStack stack = scene.stack(settings, Scene.NO_NAMES, tx -> {
      awaitQuietly(go);
      tx.respond(Requests.answer(tx.request(), 200));
    });
    Endpoint server = stack.listen(Requests.endpoint(Protocol.UDP, 0));
    SipStack sender = scene.sender();
    List<CompletableFuture<Outcome>> first =
        List.of(scene.send(sender, Requests.message("1"), server), scene.send(sender, Requests.message("2"), server));
    Scene.until(() -> stack.counters().pending() == 2);
    SipResponse refused = Scene.answered(scene.send(sender, Requests.message("3"), server));
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.first(Header.RETRY_AFTER)).contains("5");
    go.countDown();
    first.forEach(outcome -> assertThat(Scene.answered(outcome).status()).isEqualTo(200));
    assertThat(Scene.answered(scene.send(sender, Requests.message("4"), server)).status()).isEqualTo(200);
    assertThat(stack.counters().refused()).isEqualTo(1);
  }

  @Test
  void drainingRefusesWhatIsNewAndWaitsForWhatIsPending() {
    CountDownLatch go = new CountDownLatch(1);
    SipStack stack = scene.stack(tx -> {
      awaitQuietly(go);
      tx.respond(Requests.answer(tx.request(), 200));
    });
    Endpoint server = stack.listen(Requests.endpoint(Protocol.UDP, 0));
    SipStack sender = scene.sender();
    CompletableFuture<Outcome> pending = scene.send(sender, Requests.message("1"), server);
    Scene.until(() -> stack.counters().pending() == 1);
    CompletableFuture<Void> drained = new CompletableFuture<>();
    scene.world.threads().start("drain", () -> {
      stack.drain(Deadline.in(Duration.ofSeconds(30), scene.clock));
      drained.complete(null);
    });
    Scene.until(() -> {
      Outcome refused = Scene.ended(scene.send(sender, Requests.message("2"), server));
      return refused instanceof Outcome.Answered(SipResponse response) && response.status() == 503;
    });
    assertThat(drained).isNotDone();
    go.countDown();
    assertThat(Scene.answered(pending).status()).isEqualTo(200);
    Scene.until(() -> {
      scene.advance(20);
      return drained.isDone();
    });
  }

  @Test
  void theDrainEndsAtItsDeadlineEvenSo() {
    SipStack stack = scene.stack(tx -> handled.incrementAndGet());
    Endpoint server = stack.listen(Requests.endpoint(Protocol.UDP, 0));
    scene.send(scene.sender(), Requests.message("1"), server);
    Scene.until(() -> handled.get() == 1);
    CompletableFuture<Void> drained = new CompletableFuture<>();
    scene.world.threads().start("drain", () -> {
      stack.drain(Deadline.in(Duration.ofSeconds(1), scene.clock));
      drained.complete(null);
    });
    long before = scene.clock.nanos();
    Scene.until(() -> {
      if (!drained.isDone()) {
        scene.advance(20);
      }
      return drained.isDone();
    });
    assertThat(scene.clock.nanos() - before).isGreaterThanOrEqualTo(Duration.ofMillis(900).toNanos());
  }

  @Test
  void closingTheStackEndsTheWaitOfItsSenders() {
    SipStack sender = scene.sender();
    CompletableFuture<Outcome> outcome = scene.send(sender, Requests.message("x"), scene.peer().at());
    Scene.until(() -> sender.counters().requestsSent() == 1);
    sender.close();
    assertThat(Scene.ended(outcome)).isInstanceOf(Outcome.Unreachable.class);
  }

  @Test
  void anInterruptEndsTheWait() {
    SipStack sender = scene.sender();
    AtomicReference<Thread> thread = new AtomicReference<>();
    CompletableFuture<Boolean> flagStays = new CompletableFuture<>();
    Endpoint nobody = scene.peer().at();
    scene.world.threads().start("sender", () -> {
      thread.set(Thread.currentThread());
      Outcome outcome = sender.send(Requests.message("x"), new Target.To(nobody), Deadline.in(Duration.ofMinutes(1), scene.clock));
      flagStays.complete(outcome instanceof Outcome.Silent && Thread.currentThread().isInterrupted());
    });
    Scene.until(() -> sender.counters().requestsSent() == 1);
    thread.get().interrupt();
    Scene.until(flagStays::isDone);
    assertThat(flagStays.join()).isTrue();
    assertThat(sender.counters().transactions()).isZero();
  }

  @Test
  void aNameThatCannotBeResolvedIsUnreachable() {
    Target target = Target.nextHop(Requests.message("x"));
    Outcome outcome = Scene.ended(scene.send(scene.sender(), Requests.message("x"), target, Duration.ofSeconds(5)));
    assertThat(outcome).isEqualTo(new Outcome.Unreachable("no DNS here"));
    assertThat(outcome.asResponse(Requests.message("x")).status()).isEqualTo(503);
    assertThat(new Outcome.Silent().asResponse(Requests.message("x")).status()).isEqualTo(408);
  }

  @Test
  void aFaultOfTheResolverReachesWhoWaits() {
    SipStack sender = scene.stack(SipSettings.DEFAULT, uri -> {
      throw new IllegalStateException("a bug, thrown on purpose");
    }, tx -> {});
    CompletableFuture<Outcome> told = new CompletableFuture<>();
    sender.begin(Requests.message("x"), Target.nextHop(Requests.message("x")), new Responses() {
      @Override
      public void response(SipResponse response) {}

      @Override
      public void failed(Outcome outcome) {
        told.complete(outcome);
      }
    });
    assertThat(Scene.ended(told)).isInstanceOf(Outcome.Unreachable.class);
  }

  @Test
  void theNextHopIsTheTopmostRoute() {
    SipRequest routed = Requests.message("x").append(Header.ROUTE, "<sip:p1.example.org;lr>, <sip:p2.example.org;lr>");
    assertThat(((Target.Resolve) Target.nextHop(routed)).uri()).hasToString("sip:p1.example.org;lr");
    assertThat(((Target.Resolve) Target.nextHop(Requests.message("x"))).uri()).hasToString("sip:bob@example.org");
  }

  // ---- RFC 3263 failover

  private CompletableFuture<Outcome> sendTo(List<Endpoint> addresses, Duration within) {
    SipStack sender = scene.stack(SipSettings.DEFAULT, uri -> addresses, tx -> {});
    sender.listen(Requests.endpoint(Protocol.UDP, 0));
    return scene.send(sender, Requests.message("x"), Target.nextHop(Requests.message("x")), within);
  }

  @Test
  void aSilentFirstAddressLeavesTimeForTheSecond() {
    Scene.Peer silent = scene.peer();
    CompletableFuture<Outcome> outcome = sendTo(List.of(silent.at(), server(answering(200))), Duration.ofSeconds(10));
    silent.await(1);
    scene.advance(5_100);
    assertThat(Scene.answered(outcome).status()).isEqualTo(200);
  }

  @Test
  void aFirstAddressThatIsWorkingOnItKeepsTheRequest() {
    Scene.Peer busy = scene.peer().answering(request -> List.of(Requests.answer(request, 100)));
    CompletableFuture<Outcome> outcome = sendTo(List.of(busy.at(), server(answering(200))), Duration.ofSeconds(10));
    busy.await(1);
    scene.advance(9_000);
    assertThat(outcome).isNotDone();
    assertThat(handled).hasValue(0);
    scene.advance(1_100);
    assertThat(Scene.ended(outcome)).isEqualTo(new Outcome.Silent());
  }

  @Test
  void a503AndARefusedConnectionLeadToTheNextAddress() {
    Endpoint busy = server(tx -> tx.respond(Requests.answer(tx.request(), 503)));
    Endpoint nobody = Requests.endpoint(Protocol.TCP, 9);
    CompletableFuture<Outcome> outcome = sendTo(List.of(nobody, busy, server(answering(202))), Duration.ofSeconds(10));
    assertThat(Scene.answered(outcome).status()).isEqualTo(202);
    assertThat(handled).hasValue(1);
  }

  @Test
  void whereEveryAddressFailsThe503ThatOneGaveIsTheAnswer() {
    Endpoint busy = server(tx -> tx.respond(Requests.answer(tx.request(), 503)));
    CompletableFuture<Outcome> outcome = sendTo(List.of(busy, Requests.endpoint(Protocol.TCP, 9)), Duration.ofSeconds(10));
    assertThat(Scene.answered(outcome).status()).isEqualTo(503);
    assertThat(Scene.ended(sendTo(List.of(Requests.endpoint(Protocol.TCP, 9)), Duration.ofSeconds(10))))
        .isInstanceOf(Outcome.Unreachable.class);
  }

  @Test
  void anAddressThatFailedAMomentAgoIsTriedLast() {
    Scene.Peer silent = scene.peer();
    Endpoint good = server(answering(200));
    SipStack sender = scene.stack(SipSettings.DEFAULT, uri -> List.of(silent.at(), good), tx -> {});
    sender.listen(Requests.endpoint(Protocol.UDP, 0));
    Target target = Target.nextHop(Requests.message("x"));
    CompletableFuture<Outcome> first = scene.send(sender, Requests.message("x"), target, Duration.ofSeconds(10));
    silent.await(1);
    scene.advance(5_100);
    Scene.answered(first);
    int before = silent.received.size();
    assertThat(Scene.answered(scene.send(sender, Requests.message("y"), target, Duration.ofSeconds(10))).status()).isEqualTo(200);
    assertThat(silent.received).hasSize(before);
  }

  @Test
  void aTelUriIsSaidToNeedTranslation() {
    Target target = new Target.Resolve(tucket.protocol.sip.Uri.parse("tel:+49301234"));
    Outcome outcome = Scene.ended(scene.send(scene.sender(), Requests.message("x"), target, Duration.ofSeconds(10)));
    assertThat(outcome).isInstanceOfSatisfying(Outcome.Unreachable.class, unreachable -> assertThat(unreachable.why()).contains("tel:"));
  }

  @Test
  void withoutAUdpSocketNoDatagramCanBeSent() {
    Outcome outcome = Scene.ended(scene.send(scene.stack(tx -> {}), Requests.message("x"), scene.peer().at()));
    assertThat(outcome).isInstanceOf(Outcome.Unreachable.class);
    assertThat(new Unavailable("x")).hasMessage("x");
  }
}
