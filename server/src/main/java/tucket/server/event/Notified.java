// Who hears NOTIFYs of subscriptions of our own.
package tucket.server.event;

import java.util.Optional;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;

/// The receiving end of subscriptions that this server has begun. Thread-safe.
@FunctionalInterface
public interface Notified {
  /// Answers a NOTIFY of such a subscription, which its random Call-ID proves; empty where it is of another.
  Optional<SipResponse> notified(SipRequest notify);
}
