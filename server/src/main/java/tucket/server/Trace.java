// A message's life by its Message-ID: where it is, who acknowledged what, when.
package tucket.server;

import java.time.Instant;
import java.util.List;

/// Takes note of what happens to a message. Implementations are thread-safe and cheap: a note must never hold up a message.
public interface Trace {
  /// One thing that happened. `who` is the user or device it happened at, `detail` a short phrase such as a status code.
  record Event(Instant at, String messageId, What what, String who, String detail) {}

  /// What can happen to a message.
  enum What {
    ACCEPTED,
    RELAYED,
    REFUSED,
    STORED,
    DUPLICATE,
    PUSHED,
    PUSH_FAILED,
    ACKNOWLEDGED,
    EXPIRED,
    DELETED,
    NOTIFIED
  }

  void note(String messageId, What what, String who, String detail);

  /// Everything known of that message, oldest first.
  List<Event> find(String messageId);
}
