// Remembers for a while what was accepted, and how it was answered.
package tucket.server.im.participating;

import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import tucket.protocol.sip.AddressOfRecord;
import tucket.server.Envelope;
import tucket.transport.Clock;

/// A client that did not see our 200 or 202 sends the message again; its recipient has it already, or will get it. Bounded in number and
/// time; what is forgotten is delivered again, and the terminal recognises it by its Message-ID. Two generations: when the younger one is full
/// or has had its time, the older one is forgotten whole, so nothing is kept for each entry but the entry. Thread-safe.
final class Recent {
  /// Each is remembered at least so long, and at most twice.
  static final Duration MEMORY = Duration.ofMinutes(5);
  static final int MOST = 100_000;

  private record Identity(boolean notification, AddressOfRecord from, AddressOfRecord to, String messageId) {
    static Identity of(Envelope e) {
      return new Identity(e.kind() == Envelope.Kind.NOTIFICATION, e.from(), e.to(), e.messageId());
    }
  }

  private record Generations(Map<Identity, Integer> younger, Map<Identity, Integer> older, long began) {}

  private final Clock clock;
  private volatile Generations generations;

  Recent(Clock clock) {
    this.clock = clock;
    generations = new Generations(new ConcurrentHashMap<>(), Map.of(), clock.nanos());
  }

  /// The 2xx that this message was answered with.
  OptionalInt status(Envelope envelope) {
    Generations now = current();
    Identity identity = Identity.of(envelope);
    Integer status = now.younger.get(identity);
    if (status == null) {
      status = now.older.get(identity);
    }
    return status == null ? OptionalInt.empty() : OptionalInt.of(status);
  }

  void add(Envelope envelope, int status) {
    current().younger.put(Identity.of(envelope), status);
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
      now = new Generations(new ConcurrentHashMap<>(), stale ? Map.of() : now.younger, nanos);
      generations = now;
    }
    return now;
  }
}
