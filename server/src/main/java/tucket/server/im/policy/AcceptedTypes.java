// What kinds of content users may send.
package tucket.server.im.policy;

import java.util.List;
import java.util.Locale;
import tucket.protocol.cpim.CpimMessage;
import tucket.protocol.mime.ContentEncoding;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.Status;
import tucket.server.Envelope;

/// `types` are `type/subtype` or `type/*`; an empty list accepts everything. Of a message in CPIM it is the content inside that counts. Notifications
/// and is-composing always pass. Refused with 415; the Accept header then says what is taken.
public record AcceptedTypes(List<String> types) implements Policy {
  private static final int MOST = 256 << 20;

  public AcceptedTypes {
    types = types.stream().map(t -> t.strip().toLowerCase(Locale.ROOT)).toList();
  }

  @Override
  public Verdict judge(Envelope message, Facts facts) {
    if (types.isEmpty() || message.kind() != Envelope.Kind.MESSAGE) {
      return Verdict.ALLOW;
    }
    MediaType type = content(message);
    if (type.is(MediaType.IS_COMPOSING) || types.contains(type.name()) || types.contains(type.type() + "/*")) {
      return Verdict.ALLOW;
    }
    return new Verdict.Refuse(Status.UNSUPPORTED_MEDIA_TYPE, "Content-Type not accepted here", "");
  }

  // It was read before, within the limits.
  private static MediaType content(Envelope message) {
    MediaType type = message.contentType();
    return type.is(MediaType.CPIM)
        ? CpimMessage.parse(ContentEncoding.inflate(message.contentEncoding(), message.body(), MOST)).content().type()
        : type;
  }
}
