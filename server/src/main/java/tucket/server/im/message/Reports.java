// Who is waiting to hear that a message has been delivered.
package tucket.server.im.message;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import tucket.protocol.sip.AddressOfRecord;
import tucket.server.reference.DeviceId;
import tucket.transport.Clock;
import tucket.transport.Deadline;

/// A terminal reports the message in an INVITE as delivered before it answers the INVITE, and then may well refuse the session: whether it has
/// the message is told by the notification and not by the status. Thread-safe; holds only what is watched at this moment.
public final class Reports {
  private record Key(AddressOfRecord recipient, String messageId, Optional<DeviceId> device) {}

  private final Map<Key, CompletableFuture<Boolean>> watched = new ConcurrentHashMap<>();

  /// One message that is watched; to be closed.
  public final class Watch implements AutoCloseable {
    private final Key key;
    private final CompletableFuture<Boolean> told;

    private Watch(Key key) {
      this.key = key;
      this.told = watched.computeIfAbsent(key, k -> new CompletableFuture<>());
    }

    public boolean seen() {
      return told.isDone();
    }

    /// Waits for the report until then; whether it has come.
    public boolean await(Deadline by, Clock clock) {
      return by.await(told, clock).isPresent();
    }

    @Override
    public void close() {
      watched.remove(key, told);
    }
  }

  /// To be called before the message leaves: any device of the recipient may say that he has it.
  public Watch watch(AddressOfRecord recipient, String messageId) {
    return new Watch(new Key(recipient, messageId, Optional.empty()));
  }

  /// The same for what that device says and no other one.
  public Watch watch(AddressOfRecord recipient, String messageId, DeviceId device) {
    return new Watch(new Key(recipient, messageId, Optional.of(device)));
  }

  /// Whether anybody waits for anything.
  public boolean any() {
    return !watched.isEmpty();
  }

  /// `recipient` says that he has that message, by that device where it is known.
  public void reported(AddressOfRecord recipient, String messageId, Optional<DeviceId> by) {
    tell(new Key(recipient, messageId, Optional.empty()));
    by.ifPresent(device -> tell(new Key(recipient, messageId, by)));
  }

  private void tell(Key key) {
    CompletableFuture<Boolean> told = watched.get(key);
    if (told != null) {
      told.complete(true);
    }
  }
}
