// Measures durable inserts and reads of the embedded engine; a main program, not a test.
package tucket.store;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/// `java -cp … tucket.store.StoreBench FOLDER [SECONDS]`. Each insert looks whether a message is known, then puts 1.2 KB and a mark of 40
/// bytes into one of 1000 partitions, durably. Prints a line for each number of shards and of writers, then the cost of reads.
public final class StoreBench {
  private static final Kind USER = new Kind("user");
  private static final int USERS = 1000;
  private static final int ROUNDS = 5;
  private static final int[] SHARDS = {1, 2, 4};

  private final PrintStream out = System.out;
  private final Path folder;
  private final Duration time;
  private long seed;

  private StoreBench(Path folder, Duration time) {
    this.folder = folder;
    this.time = time;
  }

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    Duration time = Duration.ofSeconds(arguments.length > 1 ? Long.parseLong(arguments[1]) : 2);
    new StoreBench(folder, time).run();
  }

  private void run() throws Exception {
    out.printf("%6s %8s %12s %12s %10s %8s   (median and best of %d rounds, taken in turn)%n",
        "shards", "writers", "inserts/s", "best", "a commit", "mean ms", ROUNDS);
    for (int writers : new int[] {1, 16, 64, 512}) {
      Map<Integer, List<Result>> results = new TreeMap<>();
      for (int round = 0; round < ROUNDS; round++) {
        for (int shards : SHARDS) {
          Path data = folder.resolve("bench-" + shards);
          try (RocksEngine engine = new RocksEngine(data, RocksSettings.DEFAULT.withShards(shards))) {
            measure(engine, writers, time.dividedBy(2));
            results.computeIfAbsent(shards, s -> new ArrayList<>()).add(measure(engine, writers, time));
          }
        }
      }
      results.forEach((shards, rounds) -> print(shards, writers, rounds));
    }
    try (RocksEngine engine = new RocksEngine(folder.resolve("bench-1"), RocksSettings.DEFAULT)) {
      reads(engine);
    }
    for (int shards : SHARDS) {
      delete(folder.resolve("bench-" + shards));
    }
  }

  private void print(int shards, int writers, List<Result> rounds) {
    List<Result> sorted = rounds.stream().sorted(Comparator.comparingDouble(Result::rate)).toList();
    Result median = sorted.get(ROUNDS / 2);
    out.printf("%6d %8d %12.0f %12.0f %10.1f %8.2f%n",
        shards, writers, median.rate, sorted.getLast().rate, median.batch, writers / median.rate * 1000);
  }

  private record Result(double rate, double batch) {}

  private Result measure(RocksEngine engine, int writers, Duration length) throws InterruptedException {
    RocksEngine.Figures before = engine.figures();
    AtomicBoolean over = new AtomicBoolean();
    LongAdder inserts = new LongAdder();
    CountDownLatch ended = new CountDownLatch(writers);
    long start = System.nanoTime();
    for (int w = 0; w < writers; w++) {
      long mine = seed++; // never twice: an insert that is known already would cost no commit
      Thread.startVirtualThread(() -> {
        Random random = new Random(mine);
        while (!over.get()) {
          insert(engine, random);
          inserts.increment();
        }
        ended.countDown();
      });
    }
    Thread.sleep(length);
    over.set(true);
    ended.await();
    double seconds = (System.nanoTime() - start) / 1e9;
    RocksEngine.Figures after = engine.figures();
    double commits = after.commits() - before.commits();
    return new Result(inserts.sum() / seconds, (after.writes() - before.writes()) / commits);
  }

  private static void insert(RocksEngine engine, Random random) {
    Partition user = user(random);
    long id = random.nextLong();
    byte[] message = new byte[1200];
    random.nextBytes(message);
    engine.write(user, tx -> {
      byte[] known = Key.of("seen").number(id).bytes();
      if (tx.get(known).isPresent()) {
        return false;
      }
      tx.put(known, new byte[40]);
      tx.put(Key.of("queue").number(id).bytes(), message);
      return true;
    });
  }

  private static Partition user(Random random) {
    return new Partition(USER, "sip:user" + random.nextInt(USERS) + "@example.org");
  }

  private void reads(RocksEngine engine) {
    byte[] absent = Key.of("seen").number(7).bytes();
    byte[] from = Key.of("queue").bytes();
    byte[] to = Key.of("queue").end();
    for (int round = 0; round < 2; round++) {
      boolean print = round == 1;
      cost(print, "empty read", 200_000, random -> engine.read(user(random), view -> 0));
      cost(print, "read of one absent key", 200_000, random -> engine.read(user(random), view -> view.get(absent).isPresent() ? 1 : 0));
      cost(print, "read of two absent keys", 200_000, random ->
          engine.read(user(random), view -> view.get(absent).isPresent() || view.get(from).isPresent() ? 1 : 0));
      cost(print, "scan of 1 entry", 50_000, random -> engine.read(user(random), view -> view.scan(from, to, 1).size()));
      cost(print, "scan of 20 entries", 20_000, random -> engine.read(user(random), view -> view.scan(from, to, 20).size()));
    }
    long start = System.nanoTime();
    int partitions = 0;
    for (Partition _ : engine.partitions(USER)) {
      partitions++;
    }
    out.printf("%-26s %8.2f us a partition (%d)%n", "partitions", (System.nanoTime() - start) / 1e3 / partitions, partitions);
  }

  /// A read to be timed; what it returns is used, so that it is not optimized away.
  private interface Timed {
    int run(Random random);
  }

  private void cost(boolean print, String name, int times, Timed read) {
    Random random = new Random(1);
    long found = 0;
    long start = System.nanoTime();
    for (int i = 0; i < times; i++) {
      found += read.run(random);
    }
    double micros = (System.nanoTime() - start) / 1e3 / times;
    if (print) {
      out.printf("%-26s %8.2f us (%d found)%n", name, micros, found);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    }
  }
}
