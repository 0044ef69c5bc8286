// A message to be sent.
package tucket.client;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tucket.protocol.cpim.Disposition;
import tucket.protocol.mime.MediaType;

/// `messageId` empty makes a fresh one. `life` is how long the message may wait for its recipient (RFC 3428 section 7, Expires). `wrapped`
/// false sends the
/// body without CPIM, as simple SIP clients do; nothing can be asked for then.
public record Outgoing(MediaType type, byte[] body, List<Disposition> wanted, String messageId, Optional<Duration> life, boolean wrapped) {
  public static Outgoing text(String text) {
    return of(MediaType.TEXT_PLAIN.with("charset", "utf-8"), text.getBytes(StandardCharsets.UTF_8));
  }

  public static Outgoing of(MediaType type, byte[] body) {
    return new Outgoing(type, body, List.of(), "", Optional.empty(), true);
  }

  public Outgoing asking(Disposition... dispositions) {
    return new Outgoing(type, body, List.of(dispositions), messageId, life, wrapped);
  }

  public Outgoing withMessageId(String id) {
    return new Outgoing(type, body, wanted, id, life, wrapped);
  }

  public Outgoing withLife(Duration span) {
    return new Outgoing(type, body, wanted, messageId, Optional.of(span), wrapped);
  }

  public Outgoing bare() {
    return new Outgoing(type, body, List.of(), messageId, life, false);
  }
}
