// What is here and what comes later: steps, their faults, and the two ways to end.
package tucket.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PendingTest {
  private final Deque<Runnable> started = new ArrayDeque<>();
  private final Threads threads = (name, body) -> started.add(body);
  private final List<String> seen = new ArrayList<>();

  private Pending.Later<String> later() {
    return new Pending.Later<>(threads, () -> {});
  }

  private void runStarted() {
    while (!started.isEmpty()) {
      started.remove().run();
    }
  }

  @Test
  void stepsOnWhatIsHereRunAtOnce() {
    Pending<String> pending = Pending.lastly(() -> Pending.of("a").then(a -> a + "b"), () -> seen.add("last"));
    assertThat(seen).containsExactly("last");
    pending.end(seen::add);
    assertThat(seen).containsExactly("last", "ab");
    assertThat(pending.await()).isEqualTo("ab");
  }

  @Test
  void whatAStepThrowsOnWhatIsHereIsThrownAtOnceBehindTheLastStep() {
    assertThatThrownBy(() -> Pending.lastly(() -> Pending.of("a").then(a -> {
      throw new IllegalStateException(a);
    }), () -> seen.add("last"))).isInstanceOf(IllegalStateException.class).hasMessage("a");
    assertThat(seen).containsExactly("last");
  }

  @Test
  void stepsOnWhatComesLaterRunOnAThreadOfTheirOwnWhenItHasCome() {
    Pending.Later<String> later = later();
    Pending.Later<String> second = later();
    Pending.lastly(() -> later.thenBegin(a -> second.then(b -> a + b)), () -> seen.add("last")).end(seen::add);
    later.complete("a");
    assertThat(started).hasSize(1);
    runStarted();
    assertThat(seen).isEmpty();
    second.complete("b");
    second.complete("c");
    runStarted();
    assertThat(seen).containsExactly("last", "ab");
  }

  @Test
  void aFaultOfALaterStepIsRecoveredFromAndCleanedUpBehind() {
    Pending.Later<String> later = later();
    Pending.recovering(() -> Pending.lastly(() -> later.then(a -> {
      throw new IllegalStateException("because of " + a);
    }), () -> seen.add("last")), failure -> String.valueOf(failure.getMessage())).end(seen::add);
    later.complete("a");
    runStarted();
    assertThat(seen).containsExactly("last", "because of a");
  }

  @Test
  void aFaultThatNobodyRecoversFromIsThrownWhereTheValueIsAwaited() {
    Pending.Later<String> later = later();
    Pending<String> pending = later.then(a -> {
      throw new IllegalStateException(a);
    });
    later.complete("a");
    assertThatThrownBy(pending::await).isInstanceOf(IllegalStateException.class).hasMessage("a");
  }

  @Test
  void whoAwaitsRunsTheStepsItself() throws Exception {
    Pending.Later<String> later = later();
    CompletableFuture<String> result = new CompletableFuture<>();
    Thread waiting = Thread.ofVirtual().start(() -> result.complete(later.then(a -> a + Thread.currentThread().threadId()).await()));
    later.complete("a");
    assertThat(result.get(30, TimeUnit.SECONDS)).isEqualTo("a" + waiting.threadId());
    assertThat(started).isEmpty();
  }

  @Test
  void anInterruptIsHandedToWhoCompletesAndIsSeenByWhoAwaited() throws Exception {
    CompletableFuture<Pending.Later<String>> made = new CompletableFuture<>();
    Pending.Later<String> later = new Pending.Later<>(threads, () -> made.join().complete("given up"));
    made.complete(later);
    CompletableFuture<String> result = new CompletableFuture<>();
    Thread waiting = Thread.ofVirtual().unstarted(() -> result.complete(later.await() + Thread.currentThread().isInterrupted()));
    waiting.start();
    waiting.interrupt();
    assertThat(result.get(30, TimeUnit.SECONDS)).isEqualTo("given uptrue");
  }
}
