// Remembers for a while what was accepted, and how it was answered.
package tucket.server.im.participating;

import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import tucket.protocol.sip.Status;
import tucket.server.im.message.Brief;
import tucket.transport.Clock;

/// A client that did not see our 200 or 202 sends the message again; its recipient has it already, or will get it. Bounded in number and
/// time; what is forgotten is delivered again, and the terminal recognises it by its Message-ID. Two generations: when the younger one is full
/// or has had its time, the older one is forgotten whole, so nothing is kept for each entry but the entry, which is
/// one text: each object that lives for minutes is one more for the garbage collector to copy. Thread-safe.
final class Recent {
  /// Each is remembered at least so long, and at most twice.
  static final Duration MEMORY = Duration.ofMinutes(5);
  static final int MOST = 100_000;

  /// The same objects for the common ones.
  private static final Map<Integer, Integer> STATUSES = Map.of(Status.OK, Status.OK, Status.ACCEPTED, Status.ACCEPTED);

  private record Generations(Map<String, Integer> younger, Map<String, Integer> older, long began) {}

  private final Clock clock;
  private volatile Generations generations;

  Recent(Clock clock) {
    this.clock = clock;
    generations = new Generations(fresh(), Map.of(), clock.nanos());
  }

  /// The 2xx that this message was answered with.
  OptionalInt status(Brief message) {
    Generations now = current();
    String identity = identity(message);
    Integer status = now.younger.get(identity);
    if (status == null) {
      status = now.older.get(identity);
    }
    return status == null ? OptionalInt.empty() : OptionalInt.of(status);
  }

  void add(Brief message, int status) {
    current().younger.put(identity(message), STATUSES.getOrDefault(status, status));
  }

  // None of the parts has a line break.
  private static String identity(Brief e) {
    return (e.isNotification() ? "n" : "m") + e.from() + '\n' + e.to() + '\n' + e.messageId();
  }

  // Large enough from the beginning: growing moves each entry to another place, several times.
  private static Map<String, Integer> fresh() {
    return new ConcurrentHashMap<>(MOST / 2);
  }

  private Generations current() {
    Generations now = generations;
    return now.younger.size() < MOST / 2 && clock.nanos() - now.began < MEMORY.toNanos() ? now : next();
  }

  private synchronized Generations next() {
    Generations now = generations;
    long nanos = clock.nanos();
    long age = nanos - now.began;
    if (now.younger.size() >= MOST / 2 || age >= MEMORY.toNanos()) {
      boolean stale = age >= 2 * MEMORY.toNanos();
      now = new Generations(fresh(), stale ? Map.of() : now.younger, nanos);
      generations = now;
    }
    return now;
  }
}
