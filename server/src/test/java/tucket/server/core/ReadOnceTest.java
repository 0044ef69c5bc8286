// What is kept is never older than the last change that was told.
package tucket.server.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import tucket.protocol.sip.AddressOfRecord;

class ReadOnceTest {
  private static final AddressOfRecord ALICE = new AddressOfRecord("sip:alice@im.example");

  @Test
  void theSameIsReadOnceUntilItChanges() {
    AtomicInteger readings = new AtomicInteger();
    ReadOnce<Integer> kept = new ReadOnce<>(10, key -> Optional.of(readings.incrementAndGet()));
    assertThat(kept.find(ALICE)).contains(1);
    assertThat(kept.find(ALICE)).contains(1);
    kept.changed(ALICE);
    assertThat(kept.find(ALICE)).contains(2);
  }

  @Test
  void whatIsNotThereIsKeptTooUntilItComes() {
    AtomicReference<Optional<String>> stored = new AtomicReference<>(Optional.empty());
    ReadOnce<String> kept = new ReadOnce<>(10, key -> stored.get());
    assertThat(kept.find(ALICE)).isEmpty();
    stored.set(Optional.of("there"));
    kept.changed(ALICE);
    assertThat(kept.find(ALICE)).contains("there");
  }

  @Test
  void aReadingThatAChangeOvertakesIsNotKept() throws Exception {
    AtomicReference<String> stored = new AtomicReference<>("old");
    CountDownLatch read = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    ReadOnce<String> kept = new ReadOnce<>(10, key -> {
      String seen = stored.get();
      if (seen.equals("old")) {
        read.countDown();
        waitFor(goOn);
      }
      return Optional.of(seen);
    });
    CompletableFuture<Optional<String>> slow = CompletableFuture.supplyAsync(() -> kept.find(ALICE));
    assertThat(read.await(30, TimeUnit.SECONDS)).isTrue();
    stored.set("new");
    kept.changed(ALICE);
    goOn.countDown();
    slow.get(30, TimeUnit.SECONDS);
    assertThat(kept.find(ALICE)).contains("new");
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
