// The embedded engine after a crash that tore its write-ahead log; its batches; its copies.
package tucket.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static tucket.store.Samples.ANNA;
import static tucket.store.Samples.BOB;
import static tucket.store.Samples.all;
import static tucket.store.Samples.blocked;
import static tucket.store.Samples.bytes;
import static tucket.store.Samples.put;
import static tucket.store.Samples.stored;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

class RocksLogTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private static Path newestLog(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.getFileName().toString().matches("\\d+\\.log")).max(Comparator.naturalOrder()).orElseThrow();
    }
  }

  /// The files as a crash would leave them now.
  private static Path crashImage(Path folder, Path to) throws IOException {
    Files.createDirectory(to);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
    return to;
  }

  @Test
  void aTornLogIsGoodUpToTheTear(@TempDir Path temp) throws Exception {
    Random random = new Random(11);
    Path data = temp.resolve("data");
    try (RocksEngine engine = new RocksEngine(data, RocksSettings.DEFAULT)) {
      for (int i = 0; i < 40; i++) {
        CrashModel.next(engine, 0);
      }
      for (int cut = 0; cut < 25; cut++) {
        Path image = crashImage(data, temp.resolve("image-" + cut));
        long tornOff;
        try (FileChannel log = FileChannel.open(newestLog(image), StandardOpenOption.WRITE)) {
          tornOff = cut == 0 ? 0 : 1 + random.nextLong(Math.min(cut * 400L, log.size() - 1));
          log.truncate(log.size() - tornOff);
        }
        try (RocksEngine torn = new RocksEngine(image, RocksSettings.DEFAULT)) {
          long last = CrashModel.verify(torn, 0);
          assertThat(last).as("torn off: %d", tornOff).isBetween(tornOff == 0 ? 40L : 0L, tornOff == 0 ? 40L : 39L);
          assertThat(CrashModel.next(torn, 0)).isEqualTo(last + 1);
        }
        try (RocksEngine again = new RocksEngine(image, RocksSettings.DEFAULT)) {
          CrashModel.verify(again, 0);
        }
      }
    }
  }

  @Test
  void rubbishBehindTheLogLosesNothing(@TempDir Path temp) throws Exception {
    Random random = new Random(12);
    Path data = temp.resolve("data");
    try (RocksEngine engine = new RocksEngine(data, RocksSettings.DEFAULT)) {
      for (int i = 0; i < 30; i++) {
        CrashModel.next(engine, 0);
      }
      for (int length : new int[] {1, 7, 100, 5000, 40_000}) {
        Path image = crashImage(data, temp.resolve("image-" + length));
        byte[] rubbish = new byte[length];
        random.nextBytes(rubbish);
        Files.write(newestLog(image), rubbish, StandardOpenOption.APPEND);
        try (RocksEngine after = new RocksEngine(image, RocksSettings.DEFAULT)) {
          assertThat(CrashModel.verify(after, 0)).isEqualTo(30);
          CrashModel.next(after, 0);
        }
        try (RocksEngine again = new RocksEngine(image, RocksSettings.DEFAULT)) {
          assertThat(CrashModel.verify(again, 0)).isEqualTo(31);
        }
      }
    }
  }

  @Test
  void whatWaitsIsCommittedTogether(@TempDir Path folder) throws Exception {
    try (RocksEngine engine = new RocksEngine(folder, RocksSettings.DEFAULT);
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      CountDownLatch release = new CountDownLatch(1);
      Future<Boolean> first = blocked(engine, callers, release, "first");
      List<Future<Boolean>> others = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        String key = "k" + i;
        others.add(callers.submit(() -> put(engine, key.endsWith("7") ? BOB : ANNA, key)));
      }
      await().atMost(LONG).until(() -> engine.figures().waiting() == 200);
      release.countDown();
      assertThat(first.get()).isTrue();
      for (Future<Boolean> other : others) {
        assertThat(other.get()).isTrue();
      }
      RocksEngine.Figures figures = engine.figures();
      assertThat(figures.writes()).isEqualTo(201);
      assertThat(figures.commits()).isBetween(2L, 5L); // the bodies run by 64, and the log may be free after any of these
      assertThat(all(engine, ANNA)).hasSize(181);
      assertThat(all(engine, BOB)).hasSize(20);
    }
  }

  @Test
  void aFullQueueIsUnavailableAtOnce(@TempDir Path folder) throws Exception {
    try (RocksEngine engine = new RocksEngine(folder, RocksSettings.DEFAULT.withWaiting(3));
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      CountDownLatch release = new CountDownLatch(1);
      List<Future<Boolean>> accepted = new ArrayList<>(List.of(blocked(engine, callers, release, "first")));
      for (int i = 0; i < 3; i++) {
        String key = "k" + i;
        accepted.add(callers.submit(() -> put(engine, ANNA, key)));
      }
      await().atMost(LONG).until(() -> engine.figures().waiting() == 3);
      assertThatThrownBy(() -> put(engine, ANNA, "more")).isInstanceOf(Unavailable.class).hasMessageContaining("busy");
      release.countDown();
      for (Future<Boolean> one : accepted) {
        assertThat(one.get()).isTrue();
      }
      assertThat(all(engine, ANNA)).containsExactly("first", "k0", "k1", "k2");
    }
  }

  @Test
  void closingLetsAcceptedWritesEnd(@TempDir Path folder) throws Exception {
    RocksEngine engine = new RocksEngine(folder, RocksSettings.DEFAULT);
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      CountDownLatch release = new CountDownLatch(1);
      Future<Boolean> first = blocked(engine, callers, release, "first");
      Future<Boolean> second = callers.submit(() -> put(engine, ANNA, "second"));
      await().atMost(LONG).until(() -> engine.figures().waiting() == 1);
      Future<?> closing = callers.submit(engine::close);
      await().atMost(LONG).until(() -> {
        try {
          all(engine, BOB);
          return false;
        } catch (Unavailable closed) {
          return true;
        }
      });
      release.countDown();
      assertThat(first.get()).isTrue();
      assertThat(second.get()).isTrue();
      closing.get();
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    }
    try (RocksEngine again = new RocksEngine(folder, RocksSettings.DEFAULT)) {
      assertThat(all(again, ANNA)).containsExactly("first", "second");
    }
  }

  @Test
  void aCheckpointIsACopyOfThatMoment(@TempDir Path temp) {
    Path copy = temp.resolve("copy");
    try (RocksEngine engine = new RocksEngine(temp.resolve("data"), RocksSettings.DEFAULT)) {
      put(engine, ANNA, "before");
      engine.checkpoint(copy);
      put(engine, ANNA, "after");
      assertThatThrownBy(() -> engine.checkpoint(copy)).isInstanceOf(Unavailable.class).hasMessageContaining(copy.toString());
      try (RocksEngine copied = new RocksEngine(copy, RocksSettings.DEFAULT)) {
        assertThat(all(copied, ANNA)).containsExactly("before");
        put(copied, ANNA, "elsewhere");
      }
      assertThat(all(engine, ANNA)).containsExactly("after", "before");
    }
  }

  @Test
  void aLayoutOfALaterVersionIsLeftAlone(@TempDir Path folder) throws RocksDBException {
    try (RocksEngine engine = new RocksEngine(folder, RocksSettings.DEFAULT)) {
      put(engine, ANNA, "a");
    }
    try (RocksDB db = RocksDB.open(folder.toString())) {
      db.put(KeySpace.FORMAT_KEY, bytes("2"));
    }
    assertThatThrownBy(() -> new RocksEngine(folder, RocksSettings.DEFAULT))
        .isInstanceOf(Unavailable.class).hasMessageContaining("layout");
    try (RocksDB db = RocksDB.open(folder.toString())) {
      db.put(KeySpace.FORMAT_KEY, KeySpace.FORMAT);
    }
    try (RocksEngine engine = new RocksEngine(folder, RocksSettings.DEFAULT)) {
      assertThat(stored(engine, ANNA, "a")).isPresent();
    }
  }

  @Test
  void severalShardsKeepTheSameData(@TempDir Path folder) throws Exception {
    for (int shards : new int[] {4, 1, 3}) {
      try (RocksEngine engine = new RocksEngine(folder, RocksSettings.DEFAULT.withShards(shards));
          ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<Long>> ends = new ArrayList<>();
        for (int w = 0; w < 40; w++) {
          int writer = w;
          ends.add(callers.submit(() -> CrashModel.next(engine, writer) + CrashModel.next(engine, writer)));
        }
        for (Future<Long> end : ends) {
          end.get();
        }
        for (int writer = 0; writer < 40; writer++) {
          CrashModel.verify(engine, writer);
        }
      }
    }
    try (RocksEngine engine = new RocksEngine(folder, RocksSettings.DEFAULT)) {
      for (int writer = 0; writer < 40; writer++) {
        assertThat(CrashModel.verify(engine, writer)).isEqualTo(6);
      }
    }
  }
}
