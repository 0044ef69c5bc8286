// Keeps what was read from the store until it changes.
package tucket.server.core;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Function;
import tucket.protocol.sip.AddressOfRecord;

/// For values of which this process is the only writer. Whoever changes one says so ([#changed]) after the change is durable and before
/// anybody is told of it: from then on nobody is given the old value, not even by a reading that was under way. Bounded; thread-safe; never
/// holds a lock while it reads.
final class ReadOnce<V> {
  private static final int STRIPES = 1024;

  private final Cache<AddressOfRecord, Optional<V>> kept;
  private final AtomicIntegerArray changes = new AtomicIntegerArray(STRIPES);
  private final Function<AddressOfRecord, Optional<V>> reading;

  ReadOnce(int most, Function<AddressOfRecord, Optional<V>> reading) {
    this.kept = Caffeine.newBuilder().maximumSize(most).executor(Runnable::run).build();
    this.reading = reading;
  }

  Optional<V> find(AddressOfRecord key) {
    Optional<V> known = kept.getIfPresent(key);
    return known != null ? known : read(key);
  }

  private Optional<V> read(AddressOfRecord key) {
    int before = changes.get(stripe(key));
    Optional<V> fresh = reading.apply(key);
    // Kept only where nothing has changed since; a change during the look at it removes it again, since that waits for this key's turn.
    Optional<V> kept = this.kept.asMap().compute(key, (k, there) -> changes.get(stripe(k)) == before ? fresh : there);
    return kept == null ? fresh : kept;
  }

  void changed(AddressOfRecord key) {
    changes.incrementAndGet(stripe(key));
    kept.asMap().remove(key);
  }

  private static int stripe(AddressOfRecord key) {
    int hash = key.hashCode();
    return (hash ^ hash >>> 16) & (STRIPES - 1);
  }
}
