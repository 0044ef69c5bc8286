// A notification that arrived: what became of a message of ours.
package tucket.client;

import tucket.protocol.imdn.Imdn;
import tucket.protocol.sip.Uri;

/// `from` is who sent the notification, `id` its own Message-ID.
public record Receipt(Uri from, String id, Imdn imdn) {
  /// The Message-ID of the message it speaks of.
  public String messageId() {
    return imdn.messageId();
  }

  public Imdn.Status status() {
    return imdn.status();
  }
}
