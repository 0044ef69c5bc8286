// An envelope together with what was found out while reading it.
package tucket.server.im.message;

import java.util.Optional;
import tucket.protocol.cpim.CpimMessage;
import tucket.server.Envelope;

/// `wrapper` is the CPIM message, where the body is one; `plain` the body with its Content-Encoding undone. A `passing` message
/// (is-composing, RFC 3994) is only good at this moment: it is never stored.
public record Reading(Envelope envelope, Optional<CpimMessage> wrapper, byte[] plain, boolean passing) {
  public boolean isNotification() {
    return envelope.kind() == Envelope.Kind.NOTIFICATION;
  }
}
