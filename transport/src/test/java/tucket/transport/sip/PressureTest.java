// Requests that come faster than they are worked off.
package tucket.transport.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.World;
import tucket.transport.testing.SeededChance;

class PressureTest {
  private static final long MOST = 50_000_000;
  private static final Duration TURN = Duration.ofMillis(1);
  private static final Duration SOON = Duration.ofNanos(Pressure.STANDING).minusMillis(50);

  private final Scene scene = new Scene();
  private final SipStack sender = scene.sender();
  /// What the server has taken and not begun.
  private final Queue<Runnable> held = new ConcurrentLinkedQueue<>();

  @AfterEach
  void close() {
    scene.close();
  }

  private SipStack server(Duration waiting) {
    World slow = new World(scene.clock, scene.network, new SeededChance(2), (name, body) -> held.add(body));
    SipSettings settings = SipSettings.DEFAULT.withLimits(SipSettings.Limits.DEFAULT.withWaiting(waiting));
    return new SipStack(slow, settings, Scene.NO_NAMES, tx -> tx.respond(Requests.answer(tx.request(), 200)));
  }

  private List<CompletableFuture<Outcome>> send(int many, Endpoint to) {
    List<CompletableFuture<Outcome>> sent = new ArrayList<>();
    int before = held.size();
    for (int i = 0; i < many; i++) {
      sent.add(scene.send(sender, Requests.message("x"), to));
    }
    Scene.until(() -> held.size() + sent.stream().filter(CompletableFuture::isDone).count() >= before + many);
    return sent;
  }

  private void workOff() {
    for (Runnable next = held.poll(); next != null; next = held.poll()) {
      scene.clock.advance(TURN);
      next.run();
    }
  }

  /// There has been a queue again and again for long enough.
  private void stand(Endpoint at) {
    List<CompletableFuture<Outcome>> burst = send(120, at);
    assertThat(held).as("a burst is let in").hasSize(120);
    workOff();
    burst.forEach(each -> assertThat(Scene.answered(each).status()).isEqualTo(200));
    scene.clock.advance(SOON);
  }

  private static long refused(List<CompletableFuture<Outcome>> sent) {
    return sent.stream().filter(CompletableFuture::isDone).filter(o -> Scene.answered(o).status() == 503).count();
  }

  @ParameterizedTest
  @EnumSource(names = {"UDP", "TCP"})
  void whereAQueueStandsWhatWouldWaitTooLongIsRefusedAtOnce(Protocol over) {
    try (SipStack server = server(Duration.ofNanos(MOST))) {
      Endpoint at = server.listen(Requests.endpoint(over, 0));
      stand(at);
      assertThat(refused(send(100, at))).isEqualTo(100 - Pressure.FEW);
      assertThat(server.counters().refused()).isEqualTo(100 - Pressure.FEW);
      SipResponse one = Scene.answered(scene.send(sender, Requests.message("x"), at));
      assertThat(one.status()).isEqualTo(503);
      assertThat(one.first(Header.RETRY_AFTER)).contains("5");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"UDP", "TCP"})
  void whatBelongsToADialogIsTakenAllTheSame(Protocol over) {
    try (SipStack server = server(Duration.ofNanos(MOST))) {
      Endpoint at = server.listen(Requests.endpoint(over, 0));
      stand(at);
      send(100, at);
      SipRequest bye = Requests.of("BYE").edit().without(Header.TO).append(Header.TO, "<sip:bob@example.org>;tag=b").request();
      CompletableFuture<Outcome> ended = scene.send(sender, bye, at);
      Scene.until(() -> held.size() == Pressure.FEW + 1);
      workOff();
      assertThat(Scene.answered(ended).status()).isEqualTo(200);
    }
  }

  @Test
  void whenTheQueueHasBeenGoneForAWhileABurstIsLetInAgain() {
    try (SipStack server = server(Duration.ofNanos(MOST))) {
      Endpoint at = server.listen(Requests.endpoint(Protocol.UDP, 0));
      stand(at);
      assertThat(refused(send(100, at))).isPositive();
      workOff();
      scene.clock.advance(Duration.ofNanos(Pressure.STANDING));
      assertThat(refused(send(100, at))).isZero();
    }
  }

  @Test
  void aBurstAfterARestIsLetInWhateverWasBefore() {
    try (SipStack server = server(Duration.ofNanos(MOST))) {
      Endpoint at = server.listen(Requests.endpoint(Protocol.UDP, 0));
      stand(at); // all are answered: who is not would ask again in that minute
      scene.clock.advance(Duration.ofMinutes(1));
      assertThat(refused(send(120, at))).isZero();
    }
  }

  @Test
  void underPressureFewAreLetInWhileManyHaveNoAnswer() {
    Pressure pressure = new Pressure(MOST, 0);
    long now = 0;
    for (int i = 0; i < 120; i++) {
      assertThat(pressure.admits(i, now)).isTrue();
      pressure.joined();
    }
    for (int i = 0; i < 120; i++) {
      now += TURN.toNanos();
      pressure.began(now);
    }
    now += SOON.toNanos();
    int many = (int) (MOST * Pressure.ANSWERS / TURN.toNanos()) + 100;
    assertThat(pressure.admits(10, now)).isTrue();
    for (int i = 0; i < Pressure.TRICKLE; i++) {
      assertThat(pressure.admits(many, now)).isTrue();
      pressure.joined();
    }
    assertThat(pressure.admits(many, now)).as("nothing but a trickle").isFalse();
    assertThat(pressure.admits(10, now)).as("where answers come in time").isTrue();
  }

  @Test
  void zeroMeansAnyTime() {
    try (SipStack server = server(Duration.ZERO)) {
      Endpoint at = server.listen(Requests.endpoint(Protocol.UDP, 0));
      stand(at);
      send(200, at);
      assertThat(held).hasSize(200);
    }
  }
}
