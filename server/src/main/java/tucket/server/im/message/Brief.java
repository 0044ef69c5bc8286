// What is kept of a message while somebody is waited for.
package tucket.server.im.message;

import java.time.Instant;
import tucket.protocol.sip.AddressOfRecord;
import tucket.server.Envelope;

/// A [Reading] takes several times the memory of its request, which waits anyway for its answer. So it is let go meanwhile, and who wants it again,
/// which is seldom, reads the request once more ([EnvelopeReader#again]).
public record Brief(Envelope.Kind kind, String messageId, AddressOfRecord from, AddressOfRecord to, Instant received, boolean passing) {
  public static Brief of(Reading reading) {
    Envelope e = reading.envelope();
    return new Brief(e.kind(), e.messageId(), e.from(), e.to(), e.received(), reading.passing());
  }

  public boolean isNotification() {
    return kind == Envelope.Kind.NOTIFICATION;
  }
}
