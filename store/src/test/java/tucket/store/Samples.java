// Partitions, texts and short ways to write and read them, for the contracts.
package tucket.store;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/// Keys and values here are texts.
final class Samples {
  static final byte[] START = {};
  static final byte[] END = {};
  static final Partition ANNA = new Partition(new Kind("user"), "sip:anna@example.org");
  static final Partition BOB = new Partition(new Kind("user"), "sip:bob@example.org");

  private Samples() {}

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static Optional<String> text(Optional<byte[]> value) {
    return value.map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  static Optional<String> stored(Engine engine, Partition of, String key) {
    return engine.read(of, view -> text(view.get(bytes(key))));
  }

  static boolean put(Engine engine, Partition of, String... keys) {
    return engine.write(of, tx -> {
      for (String key : keys) {
        tx.put(bytes(key), bytes("value of " + key));
      }
      return true;
    });
  }

  static List<String> keys(List<Entry> entries) {
    return entries.stream().map(entry -> new String(entry.key(), StandardCharsets.UTF_8)).toList();
  }

  static List<String> all(View view) {
    return keys(view.scan(START, END, Integer.MAX_VALUE));
  }

  static List<String> all(Engine engine, Partition of) {
    return engine.read(of, Samples::all);
  }

  static boolean joined(Thread thread) {
    try {
      return thread.join(Duration.ofSeconds(30));
    } catch (InterruptedException e) {
      return false;
    }
  }

  static List<String> allDown(Engine engine, Partition of) {
    return engine.read(of, view -> keys(view.scanDown(START, END, Integer.MAX_VALUE)));
  }

  /// A write that occupies its shard until it is released, and then puts these keys.
  static Future<Boolean> blocked(Engine engine, ExecutorService callers, CountDownLatch release, String... keys)
      throws InterruptedException {
    CountDownLatch inside = new CountDownLatch(1);
    Future<Boolean> write = callers.submit(() -> engine.write(ANNA, tx -> {
      inside.countDown();
      try {
        release.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      for (String key : keys) {
        tx.put(bytes(key), bytes("value of " + key));
      }
      return true;
    }));
    inside.await();
    return write;
  }
}
