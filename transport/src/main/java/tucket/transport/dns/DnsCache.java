// Answers of DNS, kept for as long as they say, and questions that are being asked.
package tucket.transport.dns;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import tucket.transport.Clock;

/// Bounded, the least used entry going first; thread-safe. Who asks what is already being asked waits for the same answer.
final class DnsCache {
  private final Clock clock;
  private final Map<Key, Kept> entries;

  record Key(DnsType type, String name) {}

  /// What was found, and until when (in [Clock#nanos]) it may be used again. No records: the name has none of that type.
  record Answer(List<?> records, long untilNanos) {}

  private record Kept(CompletableFuture<Answer> answer, long failureUntilNanos) {}

  private final long failureLifeNanos;

  DnsCache(Clock clock, DnsSettings settings) {
    this.clock = clock;
    this.failureLifeNanos = settings.failureLife().toNanos() + settings.query().toNanos() * settings.queries();
    entries =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<Key, Kept> eldest) {
            return size() > settings.cacheEntries();
          }
        };
  }

  /// The answer that is kept or awaited for `key`, or a new one from `ask`.
  CompletableFuture<Answer> answer(Key key, Supplier<CompletableFuture<Answer>> ask) {
    long now = clock.nanos();
    synchronized (entries) {
      Kept kept = entries.get(key);
      if (kept != null && usable(kept, now)) {
        return kept.answer;
      }
      CompletableFuture<Answer> fresh = ask.get();
      entries.put(key, new Kept(fresh, now + failureLifeNanos));
      return fresh;
    }
  }

  int size() {
    synchronized (entries) {
      return entries.size();
    }
  }

  private static boolean usable(Kept entry, long now) {
    return switch (entry.answer.state()) {
      case RUNNING -> true;
      case SUCCESS -> entry.answer.resultNow().untilNanos() - now > 0;
      case FAILED, CANCELLED -> entry.failureUntilNanos - now > 0;
    };
  }
}
