// Message-IDs for messages whose senders gave none, and for what the server itself says.
package tucket.server.im.message;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.CSeq;

/// All messages are identified (OMA requirement S23). An id that is made here is a digest of what stays the same when the same thing is
/// said twice, so that saying it twice makes no second message.
public final class MessageIds {
  private static final int BYTES = 16;

  private MessageIds() {}

  /// The id of a request without one: a retransmission or a retry has the same Call-ID and CSeq (RFC 3261 section 8.1.1.4).
  public static String of(String callId, CSeq cseq, AddressOfRecord sender) {
    return "im-" + digest(callId, Long.toString(cseq.number()), sender.value());
  }

  /// The id of a notification by the server: `what` became of the message `messageId` from `sender` to `recipient`.
  public static String ofNotification(String what, String messageId, AddressOfRecord sender, AddressOfRecord recipient) {
    return "imdn-" + digest(what, messageId, sender.value(), recipient.value());
  }

  /// A digest in hexadecimal that is short enough for a key part.
  public static String digest(String... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String part : parts) {
        digest.update(part.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
      }
      return HexFormat.of().formatHex(digest.digest(), 0, BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has SHA-256
    }
  }
}
