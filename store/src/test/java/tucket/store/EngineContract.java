// What every storage engine must do; an engine's test implements this in a few lines.
package tucket.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tucket.store.Samples.ANNA;
import static tucket.store.Samples.BOB;
import static tucket.store.Samples.END;
import static tucket.store.Samples.START;
import static tucket.store.Samples.all;
import static tucket.store.Samples.allDown;
import static tucket.store.Samples.bytes;
import static tucket.store.Samples.joined;
import static tucket.store.Samples.put;
import static tucket.store.Samples.stored;
import static tucket.store.Samples.text;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Usage: `class MyEngineTest implements EngineContract { public Engine open(Path folder) { return new MyEngine(folder); } }`.
/// Each test opens an engine of its own that holds nothing, and closes it. Keys and ranges are in [RangeContract].
public interface EngineContract extends RangeContract {
  @Test
  default void whatIsWrittenIsRead(@TempDir Path folder) {
    try (Engine engine = open(folder)) {
      String answer = engine.write(ANNA, tx -> {
        tx.put(bytes("k"), bytes("v"));
        tx.put(bytes("empty"), new byte[0]);
        return "done";
      });
      assertThat(answer).isEqualTo("done");
      assertThat(stored(engine, ANNA, "k")).contains("v");
      assertThat(stored(engine, ANNA, "empty")).contains("");
      assertThat(stored(engine, ANNA, "absent")).isEmpty();
    }
  }

  @Test
  default void partitionsDoNotSeeEachOther(@TempDir Path folder) {
    Partition room = new Partition(new Kind("room"), ANNA.id());
    Partition longer = new Partition(ANNA.kind(), ANNA.id() + "x");
    Partition zero = new Partition(ANNA.kind(), ANNA.id() + "\0");
    Partition one = new Partition(ANNA.kind(), ANNA.id() + "\1");
    List<Partition> partitions = List.of(ANNA, BOB, room, longer, zero, one);
    try (Engine engine = open(folder)) {
      for (Partition of : partitions) {
        engine.write(of, tx -> {
          tx.put(bytes("who"), bytes(of.toString()));
          tx.put(bytes("\0\1"), bytes("low"));
          tx.put(new byte[] {-1, -1, -1}, bytes("high"));
          return true;
        });
      }
      for (Partition of : partitions) {
        assertThat(stored(engine, of, "who")).contains(of.toString());
        assertThat(all(engine, of)).hasSize(3);
        assertThat(allDown(engine, of)).hasSize(3);
      }
      engine.write(ANNA, tx -> {
        tx.deleteRange(START, END);
        return true;
      });
      assertThat(all(engine, ANNA)).isEmpty();
      for (Partition of : partitions.subList(1, partitions.size())) {
        assertThat(all(engine, of)).as("%s", of).hasSize(3);
      }
    }
  }

  @Test
  default void aBodyThatThrowsFailsAloneAndLeavesNothing(@TempDir Path folder) throws Exception {
    IllegalStateException own = new IllegalStateException("no");
    try (Engine engine = open(folder); ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> good = new ArrayList<>();
      List<Future<Boolean>> bad = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        String key = "k" + i;
        good.add(callers.submit(() -> put(engine, ANNA, key)));
        bad.add(callers.submit(() -> engine.write(ANNA, tx -> {
          tx.put(bytes("bad" + key), bytes("never"));
          tx.deleteRange(START, END);
          throw own;
        })));
      }
      for (Future<Boolean> one : good) {
        assertThat(one.get()).isTrue();
      }
      for (Future<Boolean> one : bad) {
        assertThatThrownBy(one::get).isInstanceOf(ExecutionException.class).hasRootCause(own);
      }
      assertThat(all(engine, ANNA)).hasSize(100).noneMatch(key -> key.startsWith("bad"));
    }
  }

  @Test
  default void anErrorInABodyReachesItsCaller(@TempDir Path folder) {
    try (Engine engine = open(folder)) {
      assertThatThrownBy(() -> engine.write(ANNA, tx -> {
        throw new AssertionError("mine");
      })).isInstanceOf(AssertionError.class).hasMessage("mine");
      assertThat(put(engine, ANNA, "a")).isTrue();
    }
  }

  @Test
  default void aThousandConcurrentIncrementsAllCount(@TempDir Path folder) throws Exception {
    try (Engine engine = open(folder); ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        Partition of = i % 2 == 0 ? ANNA : BOB;
        answers.add(callers.submit(() -> engine.write(of, tx -> {
          int next = text(tx.get(bytes("count"))).map(Integer::parseInt).orElse(0) + 1;
          tx.put(bytes("count"), bytes(String.valueOf(next)));
          return next;
        })));
      }
      Set<Integer> anna = new HashSet<>();
      Set<Integer> bob = new HashSet<>();
      for (int i = 0; i < 1000; i++) {
        (i % 2 == 0 ? anna : bob).add(answers.get(i).get());
      }
      assertThat(anna).hasSize(500);
      assertThat(bob).hasSize(500);
      assertThat(stored(engine, ANNA, "count")).contains("500");
      assertThat(stored(engine, BOB, "count")).contains("500");
    }
  }

  @Test
  default void aReadSeesOneMoment(@TempDir Path folder) throws Exception {
    try (Engine engine = open(folder); ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      put(engine, ANNA, "a", "b");
      engine.read(ANNA, view -> {
        assertThat(all(view)).containsExactly("a", "b");
        Future<Boolean> other = callers.submit(() -> engine.write(ANNA, tx -> {
          tx.delete(bytes("a"));
          tx.put(bytes("c"), bytes("new"));
          return true;
        }));
        assertThat(other).succeedsWithin(Duration.ofSeconds(30));
        assertThat(all(view)).containsExactly("a", "b");
        assertThat(view.get(bytes("c"))).isEmpty();
        return true;
      });
      assertThat(all(engine, ANNA)).containsExactly("b", "c");
    }
  }

  @Test
  default void valuesOfAMegabyteComeBackWhole(@TempDir Path folder) {
    byte[] large = new byte[1 << 20];
    new Random(5).nextBytes(large);
    try (Engine engine = open(folder)) {
      engine.write(ANNA, tx -> {
        for (int i = 0; i < 8; i++) {
          tx.put(Key.of("large").number(i).bytes(), large);
        }
        return true;
      });
      List<Entry> found = engine.read(ANNA, view -> view.scan(START, END, 100));
      assertThat(found).hasSize(8).allSatisfy(entry -> assertThat(entry.value()).isEqualTo(large));
    }
  }

  @Test
  default void limitsAreKept(@TempDir Path folder) {
    try (Engine engine = open(folder)) {
      byte[] longest = new byte[Engine.MAX_KEY_BYTES];
      engine.write(ANNA, tx -> {
        tx.put(longest, new byte[] {7});
        assertThatThrownBy(() -> tx.put(new byte[Engine.MAX_KEY_BYTES + 1], longest)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> tx.put(bytes("k"), new byte[Engine.MAX_VALUE_BYTES + 1])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> tx.put(new byte[0], longest)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> tx.delete(new byte[0])).isInstanceOf(IllegalArgumentException.class);
        return true;
      });
      Optional<byte[]> found = engine.read(ANNA, view -> view.get(longest));
      assertThat(found).hasValueSatisfying(value -> assertThat(value).containsExactly(7));
    }
  }

  @Test
  default void changingAnArrayOutsideChangesNothingStored(@TempDir Path folder) {
    try (Engine engine = open(folder)) {
      byte[] key = bytes("key");
      byte[] value = bytes("value");
      engine.write(ANNA, tx -> {
        tx.put(key, value);
        return true;
      });
      key[0] = 'X';
      value[0] = 'X';
      engine.read(ANNA, view -> {
        view.get(bytes("key")).orElseThrow()[0] = 'Y';
        view.scan(START, END, 1).getFirst().value()[0] = 'Y';
        return true;
      });
      assertThat(stored(engine, ANNA, "key")).contains("value");
    }
  }

  @Test
  default void aViewIsDeadOutsideItsBody(@TempDir Path folder) throws Exception {
    try (Engine engine = open(folder)) {
      put(engine, ANNA, "a");
      AtomicReference<Transaction> kept = new AtomicReference<>();
      View view = engine.read(ANNA, v -> v);
      engine.write(ANNA, tx -> {
        kept.set(tx);
        return true;
      });
      assertThatThrownBy(() -> view.get(bytes("a"))).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> view.scan(START, END, 1)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> kept.get().put(bytes("a"), bytes("b"))).isInstanceOf(IllegalStateException.class);
      engine.read(ANNA, v -> {
        AtomicReference<Throwable> elsewhere = new AtomicReference<>();
        Thread other = Thread.ofPlatform().start(() -> {
          try {
            v.get(bytes("a"));
          } catch (IllegalStateException expected) {
            elsewhere.set(expected);
          }
        });
        assertThat(joined(other)).isTrue();
        assertThat(elsewhere.get()).isInstanceOf(IllegalStateException.class);
        return true;
      });
    }
  }

  @Test
  default void aWriteInsideAWriteIsRefused(@TempDir Path folder) {
    try (Engine engine = open(folder)) {
      for (Partition inner : List.of(ANNA, BOB)) {
        assertThatThrownBy(() -> engine.write(ANNA, tx -> put(engine, inner, "a"))).isInstanceOf(IllegalStateException.class);
      }
      assertThat(engine.<Boolean>write(ANNA, tx -> true)).isTrue();
      assertThat(all(engine, ANNA)).isEmpty();
    }
  }

  @Test
  default void aClosedEngineIsUnavailable(@TempDir Path folder) {
    Engine engine = open(folder);
    put(engine, ANNA, "a");
    Iterable<Partition> partitions = engine.partitions(ANNA.kind());
    engine.close();
    engine.close();
    assertThatThrownBy(() -> put(engine, ANNA, "b")).isInstanceOf(Unavailable.class).hasMessageContaining("closed");
    assertThatThrownBy(() -> all(engine, ANNA)).isInstanceOf(Unavailable.class).hasMessageContaining("closed");
    assertThatThrownBy(() -> engine.partitions(ANNA.kind())).isInstanceOf(Unavailable.class);
    assertThatThrownBy(() -> {
      Iterator<Partition> iterator = partitions.iterator();
      iterator.hasNext();
    }).isInstanceOf(Unavailable.class);
  }

  @Test
  default void closingUnderLoadEndsEveryWriteOneWayOrTheOther(@TempDir Path folder) throws Exception {
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Engine engine = open(folder);
      List<Future<Integer>> writers = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        Partition of = new Partition(ANNA.kind(), "w" + i);
        writers.add(callers.submit(() -> {
          int written = 0;
          try {
            while (true) {
              put(engine, of, "k" + written);
              all(engine, of);
              written++;
            }
          } catch (Unavailable closed) {
            return written;
          }
        }));
      }
      put(engine, ANNA, "a");
      engine.close();
      for (Future<Integer> writer : writers) {
        assertThat(writer).succeedsWithin(Duration.ofSeconds(60));
      }
    }
  }
}
