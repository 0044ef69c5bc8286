// A point in monotonic time by which an answer must be there.
package tucket.transport;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// Passed down a call chain so that one bound holds for the whole of it.
public record Deadline(long atNanos) {
  public static Deadline in(Duration span, Clock clock) {
    return new Deadline(clock.nanos() + span.toNanos());
  }

  /// What is left of it; zero when it has passed.
  public Duration left(Clock clock) {
    return Duration.ofNanos(Math.max(0, atNanos - clock.nanos()));
  }

  public boolean passed(Clock clock) {
    return atNanos - clock.nanos() <= 0;
  }

  /// Blocks until the value is here; empty where it does not come in time, where it is a failure, and where the caller is interrupted (the flag stays
  /// set). Unlike a timed wait of the JDK it ends by this clock, so that a simulated one may have its way. Others may wait for the same value.
  public <T> Optional<T> await(CompletableFuture<T> value, Clock clock) {
    CompletableFuture<Optional<T>> either = value.thenApply(Optional::of);
    Optional<Clock.Alarm> alarm = either.isDone() ? Optional.empty()
        : Optional.of(clock.after(left(clock), () -> either.complete(Optional.empty())));
    try {
      return either.get();
    } catch (ExecutionException failed) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } finally {
      alarm.ifPresent(Clock.Alarm::cancel);
    }
  }
}
