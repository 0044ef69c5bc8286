// Who is waiting to hear that a message has been delivered.
package tucket.server.im.message;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tucket.protocol.sip.AddressOfRecord;

/// A terminal reports the message in an INVITE as delivered before it answers the INVITE, and then may well refuse the session: whether it has
/// the message is told by the notification and not by the status. Thread-safe; holds only what is watched at this moment.
public final class Reports {
  private record Key(AddressOfRecord recipient, String messageId) {}

  private final Map<Key, CountDownLatch> watched = new ConcurrentHashMap<>();

  /// One message that is watched; to be closed.
  public final class Watch implements AutoCloseable {
    private final Key key;
    private final CountDownLatch latch;

    private Watch(Key key) {
      this.key = key;
      this.latch = watched.computeIfAbsent(key, k -> new CountDownLatch(1));
    }

    public boolean seen() {
      return latch.getCount() == 0;
    }

    /// Waits for the report at most that long; whether it has come.
    public boolean await(Duration most) {
      try {
        return latch.await(most.toNanos(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return seen();
      }
    }

    @Override
    public void close() {
      watched.remove(key, latch);
    }
  }

  /// To be called before the message leaves.
  public Watch watch(AddressOfRecord recipient, String messageId) {
    return new Watch(new Key(recipient, messageId));
  }

  /// Whether anybody waits for anything.
  public boolean any() {
    return !watched.isEmpty();
  }

  /// `recipient` says that he has that message.
  public void reported(AddressOfRecord recipient, String messageId) {
    CountDownLatch latch = watched.get(new Key(recipient, messageId));
    if (latch != null) {
      latch.countDown();
    }
  }
}
