// A map of the newest entries.
package tucket.client;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Holds at most `limit` entries; the oldest goes first. Thread-safe.
final class Recent<K, V> {
  private final Map<K, V> entries;

  Recent(int limit) {
    entries =
        new LinkedHashMap<>() {
          @Override
          protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > limit;
          }
        };
  }

  synchronized void put(K key, V value) {
    entries.put(key, value);
  }

  /// Puts `value` where there is none; returns what was there before.
  synchronized Optional<V> putIfAbsent(K key, V value) {
    return Optional.ofNullable(entries.putIfAbsent(key, value));
  }

  synchronized Optional<V> find(K key) {
    return Optional.ofNullable(entries.get(key));
  }

  synchronized void change(K key, UnaryOperator<V> change) {
    entries.computeIfPresent(key, (k, v) -> change.apply(v));
  }

  synchronized void remove(K key) {
    entries.remove(key);
  }
}
