// What one subscription is told, one notification after the other.
package tucket.server.event;

import tucket.protocol.sip.SipRequest;

/// Made by [EventPackage#begin] for packages whose subscribers choose what they want to hear. Called for one subscription never at the same time
/// twice, except for `concerned` and `end`.
public interface Narration {
  /// The body of the next NOTIFY; empty bytes for none. Whole after the SUBSCRIBE and each refresh, then what has changed since.
  byte[] next(long version);

  /// The subscriber has refreshed, and may want something else.
  default void asked(SipRequest refresh) {}

  /// Whether there is something to tell after [Notifier#changed].
  default boolean concerned() {
    return true;
  }

  /// The subscription is over.
  default void end() {}
}
