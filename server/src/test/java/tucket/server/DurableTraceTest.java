// What the trace remembers, and what it forgets.
package tucket.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import tucket.server.im.StillClock;
import tucket.store.MemoryEngine;
import tucket.store.Partition;

class DurableTraceTest {
  private static final Partition BOB = new Partition(Schema.USER, "sip:bob@example.com");

  private final MemoryEngine engine = new MemoryEngine();
  private final StillClock clock = new StillClock();
  private final DurableTrace trace = new DurableTrace(engine, clock, 4);

  private void store(String id, Trace.What what) {
    engine.write(BOB, tx -> {
      trace.noteIn(tx, id, what, "bob", "x");
      return true;
    });
  }

  @Test
  void bothMemoriesAreMergedByTime() {
    trace.note("m1", Trace.What.ACCEPTED, "alice", "");
    clock.advance(Duration.ofMillis(1));
    store("m1", Trace.What.STORED);
    clock.advance(Duration.ofMillis(1));
    trace.note("m1", Trace.What.PUSHED, "phone", "200");
    clock.advance(Duration.ofMillis(1));
    store("m1", Trace.What.ACKNOWLEDGED);
    store("m2", Trace.What.STORED);

    assertThat(trace.find("m1")).extracting(Trace.Event::what)
        .containsExactly(Trace.What.ACCEPTED, Trace.What.STORED, Trace.What.PUSHED, Trace.What.ACKNOWLEDGED);
    assertThat(trace.find("m1").getFirst().at()).isEqualTo(java.time.Instant.parse("2026-11-22T08:00:00Z"));
  }

  @Test
  void theRingForgetsTheOldestAndTheStoreDoesNot() {
    store("m1", Trace.What.STORED);
    for (int i = 0; i < 5; i++) {
      trace.note(i == 0 ? "m1" : "other", Trace.What.ACCEPTED, "alice", "");
    }

    assertThat(trace.find("m1")).extracting(Trace.Event::what).containsExactly(Trace.What.STORED);
    assertThat(trace.find("other")).hasSize(4);
  }

  @Test
  void whatIsForgottenInTheStoreIsGone() {
    store("m1", Trace.What.STORED);
    store("m10", Trace.What.STORED);
    engine.write(BOB, tx -> {
      DurableTrace.forgetIn(tx, "m1");
      return true;
    });

    assertThat(trace.find("m1")).isEmpty();
    assertThat(trace.find("m10")).hasSize(1);
  }

  @Test
  void anIdOfAnyLengthAndLettersFitsIntoAKey() {
    for (String id : new String[] {"", "x".repeat(5000), "\ud800 lone", "with\0zero"}) {
      store(id, Trace.What.STORED);
      assertThat(trace.find(id)).as("id of %d letters", id.length()).hasSize(1);
    }
  }

  @Test
  void whatIsInMemoryComesBackAsItWasNoted() {
    DurableTrace large = new DurableTrace(engine, clock, 5000);
    for (int i = 0; i < 12_000; i++) {
      large.note("m" + i % 4000, Trace.What.values()[i % Trace.What.values().length], "sip:ünnamed@example.com", "wh\u00e4t " + i);
    }

    assertThat(large.find("m3999")).containsExactly(
        new Trace.Event(clock.now(), "m3999", Trace.What.values()[7999 % Trace.What.values().length], "sip:ünnamed@example.com", "wh\u00e4t 7999"),
        new Trace.Event(clock.now(), "m3999", Trace.What.values()[11_999 % Trace.What.values().length], "sip:ünnamed@example.com", "wh\u00e4t 11999"));
    assertThat(large.find("m0")).hasSize(1);
    assertThat(large.find("m")).isEmpty();
  }
}
