// What kinds of content users may send.
package tucket.server.im.policy;

import java.util.List;
import java.util.Locale;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.Status;
import tucket.server.Envelope;

/// `types` are `type/subtype` or `type/*`; an empty list accepts everything. CPIM and notifications always pass. Refused with 415; the
/// Accept header then says what is taken.
public record AcceptedTypes(List<String> types) implements Policy {
  public AcceptedTypes {
    types = types.stream().map(t -> t.strip().toLowerCase(Locale.ROOT)).toList();
  }

  @Override
  public Verdict judge(Envelope message, Facts facts) {
    MediaType type = message.contentType();
    boolean always = types.isEmpty() || type.is(MediaType.CPIM) || message.kind() != Envelope.Kind.MESSAGE;
    if (always || types.contains(type.name()) || types.contains(type.type() + "/*")) {
      return Verdict.ALLOW;
    }
    return new Verdict.Refuse(Status.UNSUPPORTED_MEDIA_TYPE, "Content-Type not accepted here", "");
  }
}
