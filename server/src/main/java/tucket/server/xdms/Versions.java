// Versions of documents that are kept parsed.
package tucket.server.xdms;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import tucket.server.xdms.Documents.Version;

/// By entity tag, which no two versions share. Who has not been asked for the longest time goes first: a cache that keeps what was asked for often would
/// turn away the newest version of a document that is edited again and again, which is the one that is wanted next. Thread-safe.
final class Versions {
  /// What an entry takes besides its text.
  private static final int OVERHEAD = 1000;

  private final long most;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Version> byTag = new LinkedHashMap<>(16, 0.75f, true);
  private long characters;

  /// `most` bounds the characters of all texts together, though versions of one document share most of theirs; one that is longer alone is not kept.
  Versions(long most) {
    this.most = most;
  }

  Optional<Version> find(String etag) {
    lock.lock();
    try {
      return Optional.ofNullable(byTag.get(etag));
    } finally {
      lock.unlock();
    }
  }

  void put(Version version) {
    lock.lock();
    try {
      Version before = byTag.put(version.etag(), version);
      characters += weight(version) - (before == null ? 0 : weight(before));
      var oldest = byTag.entrySet().iterator();
      while (characters > most && oldest.hasNext()) {
        characters -= weight(oldest.next().getValue());
        oldest.remove();
      }
    } finally {
      lock.unlock();
    }
  }

  private static long weight(Version version) {
    return version.tree().pieces().length() + OVERHEAD;
  }
}
