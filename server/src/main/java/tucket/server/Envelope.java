// A message or a notification on its way through the functions of the IM Server.
package tucket.server;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import tucket.protocol.cpim.Disposition;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.AddressOfRecord;

/// What is known of a message once it is accepted; a notification is an envelope of kind NOTIFICATION and takes the same way. `body` is byte
/// for byte what arrived, still in its content encoding; `contentType` and `contentEncoding` describe it. `from` and `to` are the asserted
/// identities, never what a client claimed. `carried` are the SIP headers that must come out at the other end as they came in
/// (Contribution-ID, Conversation-ID, InReplyTo-Contribution-ID, Subject, Accept-Contact ...).
public record Envelope(
    Kind kind,
    String messageId,
    AddressOfRecord from,
    AddressOfRecord to,
    Instant received,
    Instant expires,
    Set<Disposition> wanted,
    MediaType contentType,
    String contentEncoding,
    List<Carried> carried,
    byte[] body) {

  /// What the envelope carries. A NOTIFICATION never causes a notification.
  public enum Kind {
    MESSAGE,
    NOTIFICATION,
    SYSTEM
  }

  /// A SIP header line that travels with the message.
  public record Carried(String name, String value) {}
}
