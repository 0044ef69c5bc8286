// Nonces: forged, stale, replayed and out of order.
package tucket.protocol.sip.digest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tucket.protocol.sip.digest.Nonces.Check;

class NoncesTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

  private static Nonces nonces(int fill, int slots) {
    byte[] key = new byte[32];
    java.util.Arrays.fill(key, (byte) fill);
    return new Nonces(key, Duration.ofMinutes(5), slots);
  }

  @Test
  void everyNonceIsAnother() {
    Nonces nonces = nonces(1, 16);
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      assertThat(seen.add(nonces.mint(NOW))).isTrue();
    }
  }

  @Test
  void countsMayComeOutOfOrderButNeverTwice() {
    Nonces nonces = nonces(1, 16);
    String nonce = nonces.mint(NOW);
    for (long nc : new long[] {1, 3, 2, 10, 9, 4, 70, 71, 72}) {
      assertThat(nonces.check(nonce, nc, NOW)).as("nc " + nc).isEqualTo(Check.OK);
      assertThat(nonces.check(nonce, nc, NOW)).as("nc again " + nc).isEqualTo(Check.REPLAYED);
    }
    assertThat(nonces.check(nonce, 8, NOW)).as("too far behind").isEqualTo(Check.REPLAYED);
    assertThat(nonces.check(nonce, 0xFFFFFFFFL, NOW)).isEqualTo(Check.OK);
    assertThat(nonces.check(nonce, 0xFFFFFFFFL - 63, NOW)).isEqualTo(Check.OK);
    assertThat(nonces.check(nonce, 0xFFFFFFFFL - 64, NOW)).isEqualTo(Check.REPLAYED);
  }

  @Test
  void oldNoncesAreStaleAndThoseOfTheFutureToo() {
    Nonces nonces = nonces(1, 16);
    String nonce = nonces.mint(NOW);
    assertThat(nonces.check(nonce, 1, NOW.plusSeconds(300))).isEqualTo(Check.OK);
    assertThat(nonces.check(nonce, 2, NOW.plusSeconds(301))).isEqualTo(Check.STALE);
    assertThat(nonces.check(nonce, 2, NOW.minusSeconds(60))).isEqualTo(Check.STALE);
    assertThat(nonces.peek(nonce, NOW)).isEqualTo(Check.OK);
  }

  @Test
  void nobodyElseCanMakeOne() {
    Nonces nonces = nonces(1, 16);
    String nonce = nonces.mint(NOW);
    assertThat(nonces(2, 16).check(nonce, 1, NOW)).isEqualTo(Check.FORGED);
    for (int i = 0; i < nonce.length(); i++) {
      char other = nonce.charAt(i) == 'A' ? 'Q' : 'A';
      assertThat(nonces.check(nonce.substring(0, i) + other + nonce.substring(i + 1), 1, NOW)).as("changed at " + i).isNotEqualTo(Check.OK);
    }
    for (String text : new String[] {"", "x", "!!!", "AAAA", nonce + nonce, nonce + "=", "\u00e4".repeat(43)}) {
      assertThat(nonces.check(text, 1, NOW)).isEqualTo(Check.FORGED);
    }
  }

  @Test
  void whatIsCrowdedOutIsStaleAndCannotBeReplayed() {
    Nonces nonces = nonces(1, 16);
    String first = nonces.mint(NOW);
    assertThat(nonces.check(first, 1, NOW)).isEqualTo(Check.OK);
    for (int i = 0; i < 15; i++) {
      assertThat(nonces.check(nonces.mint(NOW), 1, NOW)).isEqualTo(Check.OK);
    }
    assertThat(nonces.check(first, 2, NOW)).isEqualTo(Check.OK);
    assertThat(nonces.check(nonces.mint(NOW), 1, NOW)).isEqualTo(Check.OK);
    assertThat(nonces.check(first, 2, NOW)).isEqualTo(Check.STALE);
    assertThat(nonces.check(first, 3, NOW)).isEqualTo(Check.STALE);
  }

  @Test
  void manyThreadsUseEachCountOnce() throws InterruptedException {
    Nonces nonces = nonces(1, 16);
    String nonce = nonces.mint(NOW);
    AtomicInteger good = new AtomicInteger();
    CountDownLatch start = new CountDownLatch(1);
    Thread[] threads = new Thread[4];
    for (int t = 0; t < threads.length; t++) {
      threads[t] =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      start.await();
                    } catch (InterruptedException e) {
                      return;
                    }
                    for (int nc = 1; nc <= 60; nc++) {
                      if (nonces.check(nonce, nc, NOW) == Check.OK) {
                        good.incrementAndGet();
                      }
                    }
                  });
    }
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(good).hasValue(60);
  }
}
