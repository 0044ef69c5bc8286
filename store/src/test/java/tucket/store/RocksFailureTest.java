// The embedded engine when the disk or the folder lets it down.
package tucket.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static tucket.store.Samples.ANNA;
import static tucket.store.Samples.blocked;
import static tucket.store.Samples.bytes;
import static tucket.store.Samples.put;
import static tucket.store.Samples.stored;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksFailureTest {
  private static final RocksSettings SMALL = RocksSettings.DEFAULT.withWriteBuffer(1 << 20).withRetry(Duration.ofMillis(50));
  private static final Duration LONG = Duration.ofSeconds(60);

  /// A small file system of its own for a test; only root can make one.
  private record SmallDisk(Path path) implements AutoCloseable {
    static SmallDisk mount(Path path, String size) throws IOException {
      Files.createDirectories(path);
      Assumptions.assumeTrue(
          run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", path.toString()), "this user cannot mount a small file system");
      return new SmallDisk(path);
    }

    void remount(String option) {
      assertThat(run("mount", "-o", "remount," + option, path.toString())).isTrue();
    }

    static boolean run(String... command) {
      try {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        return builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).start().onExit().join().exitValue() == 0;
      } catch (IOException notThere) {
        return false;
      }
    }

    @Override
    public void close() {
      run("umount", path.toString());
    }
  }

  /// Writes with several threads until the storage fails; returns how many transactions of each writer were acknowledged.
  private static List<Long> writeUntilUnavailable(Engine engine, int writers) throws Exception {
    List<Future<Long>> counts = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int w = 0; w < writers; w++) {
        int writer = w;
        counts.add(threads.submit(() -> {
          long acknowledged = engine.read(CrashModel.partition(writer), CrashModel::last);
          try {
            while (true) {
              acknowledged = CrashModel.next(engine, writer);
            }
          } catch (Unavailable expected) {
            return acknowledged;
          }
        }));
      }
    }
    List<Long> acknowledged = new ArrayList<>();
    for (Future<Long> count : counts) {
      acknowledged.add(count.get());
    }
    return acknowledged;
  }

  private static void assertHolds(Engine engine, List<Long> acknowledged) {
    for (int writer = 0; writer < acknowledged.size(); writer++) {
      // The one that failed may have happened all the same, but whole.
      assertThat(CrashModel.verify(engine, writer)).isBetween(acknowledged.get(writer), acknowledged.get(writer) + 1);
    }
  }

  private static void awaitRecovery(RocksEngine engine) {
    await().atMost(LONG).until(() -> engine.figures().trouble().isEmpty());
  }

  @Test
  void aFullDiskStopsWritesUntilThereIsSpaceAndLosesNothing(@TempDir Path temp) throws Exception {
    try (SmallDisk disk = SmallDisk.mount(temp.resolve("disk"), "32m")) {
      Path ballast = disk.path().resolve("ballast");
      Files.write(ballast, new byte[16 << 20]);
      List<Long> acknowledged;
      try (RocksEngine engine = new RocksEngine(disk.path().resolve("data"), SMALL)) {
        acknowledged = writeUntilFull(engine, disk, 4);
        assertThatThrownBy(() -> put(engine, ANNA, "a")).isInstanceOf(Unavailable.class)
            .hasMessageContaining("full").hasMessageContaining("free some space").hasMessageContaining(disk.path().toString());
        assertThat(engine.figures().trouble()).contains("full");
        assertHolds(engine, acknowledged);
        Files.delete(ballast);
        Files.delete(disk.path().resolve("rest"));
        awaitRecovery(engine);
        assertHolds(engine, acknowledged);
        put(engine, ANNA, "b");
        assertThat(stored(engine, ANNA, "b")).isPresent();
      }
      try (RocksEngine engine = new RocksEngine(disk.path().resolve("data"), SMALL)) {
        assertHolds(engine, acknowledged);
        assertThat(stored(engine, ANNA, "b")).isPresent();
      }
    }
  }

  private static List<Long> writeUntilFull(RocksEngine engine, SmallDisk disk, int writers) throws Exception {
    for (int writer = 0; writer < writers; writer++) {
      CrashModel.next(engine, writer);
    }
    Path rest = disk.path().resolve("rest");
    Files.write(rest, new byte[freeBytes(disk) - (512 << 10)]);
    return writeUntilUnavailable(engine, writers);
  }

  @Test
  void nothingIsConcludedFromAWriteThatWasNotCommitted(@TempDir Path temp) throws Exception {
    try (SmallDisk disk = SmallDisk.mount(temp.resolve("disk"), "32m");
        RocksEngine engine = new RocksEngine(disk.path().resolve("data"), SMALL);
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Files.write(disk.path().resolve("rest"), new byte[freeBytes(disk)]);
      CountDownLatch release = new CountDownLatch(1);
      Future<Boolean> first = blocked(engine, callers, release);
      Future<Boolean> tooLarge = callers.submit(() -> engine.write(ANNA, tx -> {
        tx.put(bytes("message"), new byte[6 << 20]);
        return true;
      }));
      await().atMost(LONG).until(() -> engine.figures().waiting() == 1);
      AtomicBoolean seen = new AtomicBoolean();
      Future<Boolean> duplicate = callers.submit(() -> engine.write(ANNA, tx -> {
        seen.set(tx.get(bytes("message")).isPresent());
        throw new IllegalStateException("a duplicate: stored already");
      }));
      await().atMost(LONG).until(() -> engine.figures().waiting() == 2);
      release.countDown();
      assertThat(first.get()).isTrue();
      assertThatThrownBy(tooLarge::get).hasCauseInstanceOf(Unavailable.class);
      assertThatThrownBy(duplicate::get).hasCauseInstanceOf(Unavailable.class);
      assertThat(seen).isTrue();
      assertThat(stored(engine, ANNA, "message")).isEmpty();
    }
  }

  private static int freeBytes(SmallDisk disk) throws IOException {
    return Math.toIntExact(Files.getFileStore(disk.path()).getUsableSpace());
  }

  @Test
  void aFullDiskAtTheStartIsSaidPlainly(@TempDir Path temp) throws Exception {
    try (SmallDisk disk = SmallDisk.mount(temp.resolve("disk"), "4m")) {
      Files.write(disk.path().resolve("ballast"), new byte[freeBytes(disk)]);
      assertThatThrownBy(() -> new RocksEngine(disk.path().resolve("data"), SMALL))
          .isInstanceOf(Unavailable.class).hasMessageContaining(disk.path().toString());
    }
  }

  @Test
  void aReadOnlyFolderIsSaidPlainly(@TempDir Path temp) throws Exception {
    try (SmallDisk disk = SmallDisk.mount(temp.resolve("disk"), "32m")) {
      Path data = disk.path().resolve("data");
      try (RocksEngine engine = new RocksEngine(data, SMALL)) {
        put(engine, ANNA, "a");
      }
      disk.remount("ro");
      assertThatThrownBy(() -> new RocksEngine(data, SMALL)).isInstanceOf(Unavailable.class).hasMessageContaining("cannot be written to");
      disk.remount("rw");
      try (RocksEngine engine = new RocksEngine(data, SMALL)) {
        assertThat(stored(engine, ANNA, "a")).isPresent();
      }
    }
  }

  @Test
  void aFolderThatWentAwayStopsWritesUntilItIsBack(@TempDir Path temp) throws Exception {
    Path data = temp.resolve("data");
    Path elsewhere = temp.resolve("elsewhere");
    try (RocksEngine engine = new RocksEngine(data, SMALL)) {
      CrashModel.next(engine, 0);
      CrashModel.next(engine, 1);
      Files.move(data, elsewhere);
      List<Long> acknowledged = writeUntilUnavailable(engine, 2);
      assertThatThrownBy(() -> put(engine, ANNA, "a")).isInstanceOf(Unavailable.class).hasMessageContaining(data.toString());
      Files.move(elsewhere, data);
      awaitRecovery(engine);
      assertHolds(engine, acknowledged);
      put(engine, ANNA, "b");
      assertThat(stored(engine, ANNA, "b")).isPresent();
    }
  }

  @Test
  void anEngineInTroubleCanBeClosed(@TempDir Path temp) throws Exception {
    Path data = temp.resolve("data");
    RocksEngine engine = new RocksEngine(data, SMALL.withRetry(Duration.ofHours(1)));
    Files.move(data, temp.resolve("elsewhere"));
    List<Long> acknowledged = writeUntilUnavailable(engine, 2);
    engine.close();
    assertThatThrownBy(() -> put(engine, ANNA, "a")).isInstanceOf(Unavailable.class).hasMessageContaining("closed");
    try (RocksEngine again = new RocksEngine(temp.resolve("elsewhere"), SMALL)) {
      assertHolds(again, acknowledged);
    }
  }

  @Test
  void aFileInPlaceOfTheFolderIsSaidPlainly(@TempDir Path temp) throws Exception {
    Path file = Files.writeString(temp.resolve("data"), "not a folder");
    assertThatThrownBy(() -> new RocksEngine(file, SMALL)).isInstanceOf(Unavailable.class).hasMessageContaining(file.toString());
  }

  @Test
  void aFolderInUseByThisProcessIsSaidPlainly(@TempDir Path folder) {
    try (RocksEngine engine = new RocksEngine(folder, SMALL)) {
      assertThatThrownBy(() -> new RocksEngine(folder, SMALL)).isInstanceOf(Unavailable.class).hasMessageContaining("in use");
      put(engine, ANNA, "a");
    }
  }

  @Test
  void aFolderInUseByAnotherProcessIsSaidPlainlyAndFreeAfterItsDeath(@TempDir Path folder) throws Exception {
    try (CrashChild child = new CrashChild(RocksEngineTest.class, folder, 1)) {
      assertThat(child.line()).isEqualTo("opening");
      assertThat(child.line()).isEqualTo("opened");
      assertThatThrownBy(() -> new RocksEngine(folder, SMALL)).isInstanceOf(Unavailable.class).hasMessageContaining("in use");
    }
    try (RocksEngine engine = new RocksEngine(folder, SMALL)) {
      CrashModel.verify(engine, 0);
    }
  }

  @Test
  void damagedDataIsSaidPlainlyAndNeverReturned(@TempDir Path folder) throws Exception {
    try (RocksEngine engine = new RocksEngine(folder, SMALL)) {
      byte[] value = new byte[100_000];
      new Random(1).nextBytes(value);
      for (int i = 0; i < 60; i++) {
        byte[] key = Key.of("k").number(i).bytes();
        engine.write(ANNA, tx -> {
          tx.put(key, value);
          return true;
        });
      }
      await().atMost(LONG).until(() -> largestTable(folder).isPresent());
    }
    Path table = largestTable(folder).orElseThrow();
    byte[] bytes = Files.readAllBytes(table);
    for (int i = 1000; i < bytes.length / 2; i += 5000) {
      bytes[i] ^= 0x55;
    }
    Files.write(table, bytes);
    assertThatThrownBy(() -> {
      try (RocksEngine engine = new RocksEngine(folder, SMALL)) {
        engine.read(ANNA, view -> view.scan(Samples.START, Samples.END, 100).size());
      }
    }).isInstanceOf(Unavailable.class).hasMessageContaining("damaged");
  }

  private static Optional<Path> largestTable(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".sst")).max(Comparator.comparing(file -> file.toFile().length()));
    }
  }
}
