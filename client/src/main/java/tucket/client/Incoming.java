// A message that arrived.
package tucket.client;

import java.nio.charset.StandardCharsets;
import java.util.List;
import tucket.protocol.cpim.Disposition;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.Uri;

/// `from` is the sender as the server asserts him (P-Asserted-Identity, else From). `messageId` and `dateTime` are as they stood in the
/// CPIM wrapper, empty where
/// there was none. `wanted` is what the sender asks to be told.
public record Incoming(
    Uri from, String messageId, String dateTime, List<Disposition> wanted, MediaType type, byte[] body, SipRequest request) {

  /// The body as text in UTF-8.
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }
}
