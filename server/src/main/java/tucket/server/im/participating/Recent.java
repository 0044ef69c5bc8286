// Remembers for a while what was accepted, and how it was answered.
package tucket.server.im.participating;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.OptionalInt;
import tucket.protocol.sip.AddressOfRecord;
import tucket.server.Envelope;
import tucket.transport.Clock;

/// A client that did not see our 200 or 202 sends the message again; its recipient has it already, or will get it. Bounded in number and
/// time; what is forgotten is delivered again, and the terminal recognises it by its Message-ID. Thread-safe.
final class Recent {
  private static final Duration MEMORY = Duration.ofMinutes(5);
  private static final long MOST = 100_000;

  private record Identity(boolean notification, AddressOfRecord from, AddressOfRecord to, String messageId) {
    static Identity of(Envelope e) {
      return new Identity(e.kind() == Envelope.Kind.NOTIFICATION, e.from(), e.to(), e.messageId());
    }
  }

  private final Cache<Identity, Integer> accepted;

  Recent(Clock clock) {
    accepted = Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(MEMORY).ticker(clock::nanos).executor(Runnable::run).build();
  }

  /// The 2xx that this message was answered with.
  OptionalInt status(Envelope envelope) {
    Integer status = accepted.getIfPresent(Identity.of(envelope));
    return status == null ? OptionalInt.empty() : OptionalInt.of(status);
  }

  void add(Envelope envelope, int status) {
    accepted.put(Identity.of(envelope), status);
  }
}
