// What every storage engine must do with keys, ranges and partitions; part of EngineContract.
package tucket.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tucket.store.Samples.ANNA;
import static tucket.store.Samples.BOB;
import static tucket.store.Samples.END;
import static tucket.store.Samples.START;
import static tucket.store.Samples.all;
import static tucket.store.Samples.bytes;
import static tucket.store.Samples.keys;
import static tucket.store.Samples.put;
import static tucket.store.Samples.stored;
import static tucket.store.Samples.text;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The half of [EngineContract] about order, scans, range deletions and the list of partitions.
public interface RangeContract {
  /// A new engine without data; `folder` is empty and there for its files.
  Engine open(Path folder);

  @Test
  default void keysAreOrderedAsUnsignedBytes(@TempDir Path folder) {
    List<byte[]> ordered = List.of(
        new byte[] {0}, new byte[] {0, 0}, new byte[] {0, 1}, new byte[] {1}, new byte[] {127}, new byte[] {127, -1}, new byte[] {-128},
        new byte[] {-2, 5}, new byte[] {-1}, new byte[] {-1, 0}, new byte[] {-1, -1});
    List<byte[]> shuffled = new ArrayList<>(ordered);
    Collections.shuffle(shuffled, new Random(1));
    try (Engine engine = open(folder)) {
      engine.write(ANNA, tx -> {
        shuffled.forEach(key -> tx.put(key, key));
        List<byte[]> inside = tx.scan(START, END, 100).stream().map(Entry::key).toList();
        assertThat(inside).usingElementComparator(Arrays::compare).isEqualTo(ordered);
        return true;
      });
      engine.read(ANNA, view -> {
        List<byte[]> up = view.scan(START, END, 100).stream().map(Entry::key).toList();
        List<byte[]> down = view.scanDown(START, END, 100).stream().map(Entry::value).toList();
        assertThat(up).usingElementComparator(Arrays::compare).isEqualTo(ordered);
        assertThat(down).usingElementComparator(Arrays::compare).isEqualTo(ordered.reversed());
        return true;
      });
    }
  }

  @Test
  default void scansKeepTheirBoundsAndLimitsInBothDirections(@TempDir Path folder) {
    try (Engine engine = open(folder)) {
      put(engine, ANNA, "a", "b", "bb", "c", "d");
      put(engine, BOB, "a", "z");
      engine.read(ANNA, view -> {
        assertThat(keys(view.scan(bytes("b"), bytes("d"), 10))).containsExactly("b", "bb", "c");
        assertThat(keys(view.scanDown(bytes("b"), bytes("d"), 10))).containsExactly("c", "bb", "b");
        assertThat(keys(view.scan(bytes("b"), bytes("d"), 2))).containsExactly("b", "bb");
        assertThat(keys(view.scanDown(bytes("b"), bytes("d"), 2))).containsExactly("c", "bb");
        assertThat(keys(view.scan(bytes("ba"), END, 10))).containsExactly("bb", "c", "d");
        assertThat(keys(view.scanDown(bytes("ba"), END, 10))).containsExactly("d", "c", "bb");
        assertThat(keys(view.scanDown(START, bytes("bb"), 10))).containsExactly("b", "a");
        assertThat(view.scan(START, END, 0)).isEmpty();
        assertThat(view.scan(bytes("c"), bytes("b"), 10)).isEmpty();
        assertThat(view.scanDown(bytes("c"), bytes("b"), 10)).isEmpty();
        assertThat(view.scan(bytes("c"), bytes("c"), 10)).isEmpty();
        assertThat(view.scan(bytes("e"), bytes("f"), 10)).isEmpty();
        return true;
      });
    }
  }

  @Test
  default void aVisitorStopsWhenItLikes(@TempDir Path folder) {
    try (Engine engine = open(folder)) {
      put(engine, ANNA, "a", "b", "c");
      List<String> seen = new ArrayList<>();
      engine.read(ANNA, view -> {
        view.scan(START, END, (key, value) -> seen.add(new String(key, StandardCharsets.UTF_8)) && seen.size() < 2);
        return true;
      });
      assertThat(seen).containsExactly("a", "b");
      assertThatThrownBy(() -> engine.read(ANNA, view -> {
        view.scan(START, END, (key, value) -> {
          throw new IllegalArgumentException("enough");
        });
        return true;
      })).isInstanceOf(IllegalArgumentException.class).hasMessage("enough");
      assertThat(all(engine, ANNA)).containsExactly("a", "b", "c");
    }
  }

  @Test
  default void aTransactionReadsItsOwnWrites(@TempDir Path folder) {
    try (Engine engine = open(folder)) {
      put(engine, ANNA, "a", "b", "c", "d", "e");
      engine.write(ANNA, tx -> {
        tx.put(bytes("c"), bytes("new"));
        tx.put(bytes("cc"), bytes("new"));
        tx.delete(bytes("b"));
        assertThat(text(tx.get(bytes("c")))).contains("new");
        assertThat(tx.get(bytes("b"))).isEmpty();
        assertThat(all(tx)).containsExactly("a", "c", "cc", "d", "e");
        assertThat(keys(tx.scanDown(START, END, 10))).containsExactly("e", "d", "cc", "c", "a");
        tx.deleteRange(bytes("c"), bytes("e"));
        assertThat(all(tx)).containsExactly("a", "e");
        tx.put(bytes("d"), bytes("again"));
        assertThat(text(tx.get(bytes("d")))).contains("again");
        assertThat(all(tx)).containsExactly("a", "d", "e");
        assertThat(keys(tx.scanDown(START, END, 2))).containsExactly("e", "d");
        return true;
      });
      assertThat(all(engine, ANNA)).containsExactly("a", "d", "e");
      assertThat(stored(engine, ANNA, "d")).contains("again");
    }
  }

  @Test
  default void aVisitorMayDeleteWhatItVisits(@TempDir Path folder) {
    try (Engine engine = open(folder)) {
      put(engine, ANNA, "a", "b", "c", "d");
      List<String> seen = new ArrayList<>();
      engine.write(ANNA, tx -> {
        seen.clear();
        tx.put(bytes("bb"), bytes("new"));
        tx.scan(START, END, (key, value) -> {
          String name = new String(key, StandardCharsets.UTF_8);
          seen.add(name);
          tx.delete(key);
          if (name.equals("a")) {
            tx.delete(bytes("b"));
            tx.deleteRange(bytes("bb"), bytes("d"));
          }
          return true;
        });
        return true;
      });
      assertThat(seen).containsExactly("a", "d");
      assertThat(all(engine, ANNA)).isEmpty();
    }
  }

  @Test
  default void deletesRemoveAndAreHarmlessTwice(@TempDir Path folder) {
    try (Engine engine = open(folder)) {
      put(engine, ANNA, "a", "b", "c", "d", "e", "f");
      engine.write(ANNA, tx -> {
        tx.delete(bytes("a"));
        tx.delete(bytes("a"));
        tx.delete(bytes("never"));
        tx.deleteRange(bytes("c"), bytes("e"));
        tx.deleteRange(bytes("d"), bytes("dd"));
        tx.deleteRange(bytes("z"), bytes("y"));
        return true;
      });
      assertThat(all(engine, ANNA)).containsExactly("b", "e", "f");
      engine.write(ANNA, tx -> {
        tx.deleteRange(bytes("e"), END);
        return true;
      });
      assertThat(all(engine, ANNA)).containsExactly("b");
    }
  }

  @Test
  default void aLargeRangeIsDeletedAndWrittenAgain(@TempDir Path folder) {
    try (Engine engine = open(folder)) {
      engine.write(ANNA, tx -> {
        for (int i = 0; i < 5000; i++) {
          tx.put(Key.of("n").number(i).bytes(), bytes("v" + i));
        }
        return true;
      });
      engine.write(ANNA, tx -> {
        tx.deleteRange(Key.of("n").number(10).bytes(), Key.of("n").number(4990).bytes());
        tx.put(Key.of("n").number(2000).bytes(), bytes("back"));
        return true;
      });
      List<Long> left = engine.read(ANNA, view -> view.scan(Key.of("n").bytes(), Key.of("n").end(), 10_000).stream()
          .map(entry -> {
            Key.Parts parts = Key.parts(entry.key());
            assertThat(parts.text()).isEqualTo("n");
            return parts.number();
          }).toList());
      assertThat(left).hasSize(21).startsWith(0L, 1L, 2L).contains(2000L).endsWith(4998L, 4999L).isSorted();
    }
  }

  @Test
  default void randomWritesGiveWhatASortedMapGives(@TempDir Path folder) {
    Random random = new Random(20261122);
    TreeMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
    try (Engine engine = open(folder)) {
      for (int round = 0; round < 60; round++) {
        long seed = random.nextLong();
        TreeMap<byte[], byte[]> next = new TreeMap<>(model);
        boolean fails = random.nextInt(5) == 0;
        try {
          engine.write(ANNA, tx -> {
            next.clear();
            next.putAll(model);
            mutate(tx, next, new Random(seed));
            compare(tx, next, new Random(seed));
            if (fails) {
              throw new UnsupportedOperationException("given up");
            }
            return true;
          });
          assertThat(fails).isFalse();
          model.clear();
          model.putAll(next);
        } catch (UnsupportedOperationException givenUp) {
          assertThat(fails).isTrue();
        }
        engine.read(ANNA, view -> {
          compare(view, model, new Random(seed));
          return true;
        });
      }
    }
  }

  private static byte[] randomKey(Random random) {
    byte[] key = new byte[1 + random.nextInt(2)];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) (random.nextInt(12) * 23);
    }
    return key;
  }

  private static void mutate(Transaction tx, TreeMap<byte[], byte[]> model, Random random) {
    for (int i = 0; i < 12; i++) {
      byte[] key = randomKey(random);
      switch (random.nextInt(6)) {
        case 0 -> {
          tx.delete(key);
          model.remove(key);
        }
        case 1 -> {
          byte[] to = random.nextInt(8) == 0 ? END : randomKey(random);
          tx.deleteRange(key, to);
          if (to.length == 0) {
            model.tailMap(key, true).clear();
          } else if (Arrays.compareUnsigned(key, to) < 0) {
            model.subMap(key, true, to, false).clear();
          }
        }
        default -> {
          byte[] value = new byte[] {(byte) random.nextInt(), (byte) random.nextInt()};
          tx.put(key, value);
          model.put(key, value);
        }
      }
    }
  }

  private static void compare(View view, TreeMap<byte[], byte[]> model, Random random) {
    for (int i = 0; i < 8; i++) {
      byte[] from = random.nextInt(4) == 0 ? START : randomKey(random);
      byte[] to = random.nextInt(4) == 0 ? END : randomKey(random);
      int limit = 1 + random.nextInt(20);
      List<Entry> range = new ArrayList<>();
      model.tailMap(from, true).forEach((key, value) -> {
        if (to.length == 0 || Arrays.compareUnsigned(key, to) < 0) {
          range.add(new Entry(key, value));
        }
      });
      assertThat(view.scan(from, to, limit)).isEqualTo(range.subList(0, Math.min(limit, range.size())));
      assertThat(view.scanDown(from, to, limit)).isEqualTo(range.reversed().subList(0, Math.min(limit, range.size())));
      assertThat(view.get(randomKey(new Random(i))).map(Arrays::toString))
          .isEqualTo(Optional.ofNullable(model.get(randomKey(new Random(i)))).map(Arrays::toString));
    }
  }

  @Test
  default void partitionsOfAKindAreListedOnceEach(@TempDir Path folder) {
    try (Engine engine = open(folder)) {
      Kind user = ANNA.kind();
      Set<Partition> expected = new HashSet<>();
      for (int i = 0; i < 300; i++) {
        Partition of = new Partition(user, "sip:ü" + i + "\1\0@example.org");
        expected.add(of);
        put(engine, of, "a", "b", "c");
      }
      put(engine, new Partition(new Kind("users"), "x"), "a");
      put(engine, new Partition(new Kind("use"), "r"), "a");
      Partition emptied = new Partition(user, "gone");
      put(engine, emptied, "a");
      engine.write(emptied, tx -> {
        tx.delete(bytes("a"));
        return true;
      });
      List<Partition> listed = new ArrayList<>();
      Iterable<Partition> partitions = engine.partitions(user);
      partitions.forEach(listed::add);
      assertThat(listed).containsExactlyInAnyOrderElementsOf(expected);
      assertThat(engine.partitions(new Kind("room"))).isEmpty();
      assertThat(partitions.iterator().next()).isIn(expected);
      put(engine, BOB, "a");
      assertThat(partitions).hasSize(301);
    }
  }

  @Test
  default void partitionsMayBeWrittenWhileTheyAreListed(@TempDir Path folder) {
    try (Engine engine = open(folder)) {
      for (int i = 0; i < 200; i++) {
        put(engine, new Partition(ANNA.kind(), "u" + i), "a");
      }
      Set<Partition> listed = new HashSet<>();
      for (Partition of : engine.partitions(ANNA.kind())) {
        assertThat(listed.add(of)).isTrue();
        engine.write(of, tx -> {
          tx.deleteRange(START, END);
          return true;
        });
      }
      assertThat(listed).hasSize(200);
      assertThat(engine.partitions(ANNA.kind())).isEmpty();
    }
  }
}
