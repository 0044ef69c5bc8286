// Waiting for a value by a clock that is not the machine's.
package tucket.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import tucket.transport.testing.ManualClock;

class DeadlineTest {
  private final ManualClock clock = new ManualClock();
  private final CompletableFuture<String> value = new CompletableFuture<>();

  private CompletableFuture<Optional<String>> waiting(Duration most, int alarms) {
    Deadline by = Deadline.in(most, clock);
    CompletableFuture<Optional<String>> waiting = CompletableFuture.supplyAsync(() -> by.await(value, clock));
    await().until(() -> clock.alarms() == alarms);
    return waiting;
  }

  @Test
  void aValueThatComesInTimeEndsTheWaitAndItsAlarm() {
    CompletableFuture<Optional<String>> waiting = waiting(Duration.ofSeconds(3), 1);
    value.complete("here");
    assertThat(waiting).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(Optional.of("here"));
    assertThat(clock.alarms()).isZero();
  }

  @Test
  void theClockEndsTheWaitOfOneAndNotOfTheOther() {
    CompletableFuture<Optional<String>> one = waiting(Duration.ofSeconds(3), 1);
    CompletableFuture<Optional<String>> other = waiting(Duration.ofSeconds(5), 2);
    clock.advance(Duration.ofSeconds(3));
    assertThat(one).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(Optional.empty());
    assertThat(other).isNotDone();
    value.complete("late for one");
    assertThat(other).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(Optional.of("late for one"));
  }

  @Test
  void whatIsHereAlreadyAndWhatHasFailedWantNoAlarm() {
    value.complete("here");
    assertThat(Deadline.in(Duration.ZERO, clock).await(value, clock)).contains("here");
    CompletableFuture<String> failed = CompletableFuture.failedFuture(new IllegalStateException("no"));
    assertThat(Deadline.in(Duration.ofDays(1), clock).await(failed, clock)).isEmpty();
  }

  @Test
  void whoIsInterruptedWaitsNoLongerAndStaysInterrupted() {
    Thread.currentThread().interrupt();
    assertThat(Deadline.in(Duration.ofDays(1), clock).await(value, clock)).isEmpty();
    assertThat(Thread.interrupted()).isTrue();
  }
}
