// Nodes ring in time, wherever they stand on the wheel.
package tucket.transport.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tucket.transport.testing.ManualClock;

class TimerWheelTest {
  private static final long MS = 1_000_000;
  private static final long LATE = 9 * MS;

  private final ManualClock clock = new ManualClock();
  private final TimerWheel wheel = new TimerWheel(clock);

  /// Wants to be called at one time, and places itself again where it is called before.
  private final class Bell extends TimerWheel.Node {
    final long due;
    final List<Long> rung = new ArrayList<>();

    Bell(long due) {
      this.due = due;
      wheel.place(this, due);
    }

    @Override
    void ring(long now) {
      if (now < due) {
        wheel.place(this, due);
      } else {
        rung.add(now);
      }
    }
  }

  @Test
  void eachRingsOnceAndNeitherEarlyNorMoreThanATickLate() {
    Random random = new Random(7);
    List<Bell> bells = new ArrayList<>();
    for (int step = 0; step < 400; step++) {
      for (int i = 0; i < 5; i++) {
        long span = random.nextInt(4) == 0 ? random.nextLong(120_000 * MS) : random.nextLong(6_000 * MS);
        bells.add(new Bell(clock.nanos() + span));
      }
      clock.advance(Duration.ofNanos(random.nextLong(700 * MS)));
    }
    for (int i = 0; i < 300; i++) {
      clock.advance(Duration.ofMillis(500));
    }
    assertThat(bells).allSatisfy(bell -> {
      assertThat(bell.rung).hasSize(1);
      assertThat(bell.rung.getFirst()).isBetween(bell.due, bell.due + LATE);
    });
    assertThat(clock.alarms()).isZero();
  }

  @Test
  void aNodeThatMovesForwardRingsSooner() {
    Bell bell = new Bell(10_000 * MS);
    wheel.place(bell, 100 * MS);
    clock.advance(Duration.ofMillis(5_000));
    assertThat(bell.rung).isEmpty(); // it was called at 100 ms, and put itself back
    clock.advance(Duration.ofMillis(5_010));
    assertThat(bell.rung).hasSize(1);
  }

  @Test
  void aNodeThatIsTakenOffDoesNotRing() {
    Bell gone = new Bell(50 * MS);
    Bell stays = new Bell(50 * MS);
    Bell alsoGone = new Bell(50 * MS);
    wheel.remove(gone);
    wheel.remove(alsoGone);
    wheel.remove(alsoGone);
    clock.advance(Duration.ofMillis(100));
    assertThat(gone.rung).isEmpty();
    assertThat(alsoGone.rung).isEmpty();
    assertThat(stays.rung).hasSize(1);
  }

  @Test
  void aNodeThatThrowsDoesNotKeepTheOthersFromRinging() {
    Bell before = new Bell(50 * MS);
    TimerWheel.Node broken = new TimerWheel.Node() {
      @Override
      void ring(long now) {
        throw new IllegalStateException("a bug, thrown on purpose");
      }
    };
    wheel.place(broken, 50 * MS);
    Bell after = new Bell(50 * MS);
    clock.advance(Duration.ofMillis(100));
    assertThat(before.rung).hasSize(1);
    assertThat(after.rung).hasSize(1);
  }

  @Test
  void oneAlarmServesAllNodesAndNoneRemainsAfterTheClose() {
    for (int i = 0; i < 1_000; i++) {
      new Bell((i % 300) * 10 * MS);
    }
    assertThat(clock.alarms()).isEqualTo(1);
    wheel.close();
    assertThat(clock.alarms()).isZero();
    clock.advance(Duration.ofSeconds(10));
    new Bell(clock.nanos() + MS);
    assertThat(clock.alarms()).isZero();
  }
}
