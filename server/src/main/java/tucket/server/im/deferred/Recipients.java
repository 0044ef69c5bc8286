// The recipients that something waits for, found again after a start.
package tucket.server.im.deferred;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import tucket.protocol.sip.AddressOfRecord;

/// Knows without asking the store who has nothing waiting, so that a message to somebody online costs no read. Until the index is loaded
/// the store is asked. Thread-safe.
final class Recipients {
  private final Map<AddressOfRecord, Recipient> byUser = new ConcurrentHashMap<>();
  private final DeferredQueue queue;
  private volatile boolean loaded;

  Recipients(DeferredQueue queue) {
    this.queue = queue;
  }

  /// All users with a queue are known from now on.
  void loaded() {
    loaded = true;
  }

  boolean isLoaded() {
    return loaded;
  }

  /// The recipient, held: it is not forgotten until it is released.
  Recipient hold(AddressOfRecord user) {
    if (!loaded && !byUser.containsKey(user)) {
      boolean empty = queue.isEmpty(user);
      byUser.computeIfAbsent(user, u -> new Recipient(u, !empty));
    }
    Recipient[] held = new Recipient[1];
    return java.util.Objects.requireNonNull(byUser.compute(user, (u, known) -> {
      held[0] = known == null ? new Recipient(u, false) : known;
      held[0].hold();
      return held[0];
    }));
  }

  void release(Recipient held) {
    held.release();
    byUser.computeIfPresent(held.user(), (u, r) -> r == held && r.isIdle() ? null : r);
  }

  /// The recipient where something waits for him or is on its way. Before the index is loaded, everybody may be one.
  Optional<Recipient> find(AddressOfRecord user) {
    return Optional.ofNullable(byUser.get(user));
  }

  int count() {
    return byUser.size();
  }
}
