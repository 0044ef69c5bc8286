// The machine's clock and its alarms.
package tucket.transport.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tucket.transport.Clock;
import tucket.transport.Unavailable;

class SystemClockTest {
  private final SystemClock clock = new SystemClock();

  @AfterEach
  void close() {
    clock.close();
  }

  @Test
  void anAlarmRingsOnceAndNeverEarly() throws InterruptedException {
    long start = clock.nanos();
    AtomicLong rang = new AtomicLong();
    CountDownLatch done = new CountDownLatch(1);
    clock.after(
        Duration.ofMillis(50),
        () -> {
          rang.set(clock.nanos());
          done.countDown();
        });
    assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(rang.get() - start).isGreaterThanOrEqualTo(50_000_000L);
  }

  @Test
  void aCancelledAlarmDoesNotRing() throws InterruptedException {
    AtomicBoolean rang = new AtomicBoolean();
    CountDownLatch later = new CountDownLatch(1);
    Clock.Alarm alarm = clock.after(Duration.ofMillis(30), () -> rang.set(true));
    alarm.cancel();
    alarm.cancel();
    clock.after(Duration.ofMillis(100), later::countDown);
    assertThat(later.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(rang).isFalse();
  }

  @Test
  void aHundredThousandAlarmsMayBePending() {
    List<Clock.Alarm> alarms = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      alarms.add(clock.after(Duration.ofMinutes(1), () -> {}));
    }
    AtomicInteger rang = new AtomicInteger();
    clock.after(Duration.ofMillis(1), rang::incrementAndGet);
    await().atMost(Duration.ofSeconds(60)).until(() -> rang.get() == 1);
    alarms.forEach(Clock.Alarm::cancel);
    await().atMost(Duration.ofSeconds(60)).until(() -> clock.pending() == 0);
  }

  @Test
  void aTaskThatFailsHarmsNoOther() {
    AtomicInteger rang = new AtomicInteger();
    clock.after(
        Duration.ZERO,
        () -> {
          throw new IllegalStateException("a fault of ours, wanted by this test");
        });
    clock.after(Duration.ofMillis(20), rang::incrementAndGet);
    await().atMost(Duration.ofSeconds(60)).until(() -> rang.get() == 1);
  }

  @Test
  void sleepEndsEarlyWhenInterruptedAndKeepsTheFlag() throws InterruptedException {
    AtomicBoolean flag = new AtomicBoolean();
    Thread sleeper =
        Thread.ofVirtual()
            .start(
                () -> {
                  clock.sleep(Duration.ofHours(1));
                  flag.set(Thread.currentThread().isInterrupted());
                });
    sleeper.interrupt();
    assertThat(sleeper.join(Duration.ofSeconds(10))).isTrue();
    assertThat(flag).isTrue();
  }

  @Test
  void aStoppedClockSaysSo() {
    clock.close();
    assertThatThrownBy(() -> clock.after(Duration.ZERO, () -> {})).isInstanceOf(Unavailable.class);
  }
}
