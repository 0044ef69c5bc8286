// What waits to be written: senders on any thread push, one loop takes all.
package tucket.transport.net;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A stack that is taken whole and turned round, so that order is kept. The push that finds it empty is the one that must wake the loop;
/// all further ones until the loop takes them ride along, which is how writes coalesce.
final class Outbox<T> {
  /// What an entry costs beside its bytes.
  static final int ENTRY_COST = 64;

  private final AtomicReference<@Nullable Entry<T>> top = new AtomicReference<>();
  private final AtomicLong held = new AtomicLong();
  private final long limit;

  Outbox(long limit) {
    this.limit = limit;
  }

  /// What became of a push.
  enum Push {
    /// Taken; the loop must be woken.
    FIRST,
    /// Taken; the loop has been woken by another.
    MORE,
    /// Not taken: over the limit.
    FULL
  }

  Push push(T value, int bytes) {
    if (held.addAndGet((long) bytes + ENTRY_COST) > limit) {
      held.addAndGet(-((long) bytes + ENTRY_COST));
      return Push.FULL;
    }
    while (true) {
      Entry<T> below = top.get();
      if (top.compareAndSet(below, new Entry<>(value, below))) {
        return below == null ? Push.FIRST : Push.MORE;
      }
    }
  }

  /// All that was pushed, the oldest first, or null when there is nothing.
  @Nullable Entry<T> takeAll() {
    Entry<T> entry = top.getAndSet(null);
    Entry<T> oldest = null;
    while (entry != null) {
      Entry<T> below = entry.next;
      entry.next = oldest;
      oldest = entry;
      entry = below;
    }
    return oldest;
  }

  /// `cost` bytes (entries' cost included) have left, or never will.
  void release(long cost) {
    held.addAndGet(-cost);
  }

  /// Bytes pushed and not released, with the cost of their entries.
  long held() {
    return held.get();
  }

  /// One entry of the stack; after [#takeAll] `next` is the one that was pushed after it.
  static final class Entry<T> {
    final T value;
    @Nullable Entry<T> next;

    Entry(T value, @Nullable Entry<T> next) {
      this.value = value;
      this.next = next;
    }
  }
}
