// Brings large stored messages to devices that take them in large message mode.
package tucket.server.im.deferred;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import tucket.protocol.Malformed;
import tucket.protocol.msrp.MsrpStatus;
import tucket.protocol.sdp.Direction;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.server.Envelope;
import tucket.server.im.message.EnvelopeWriter;
import tucket.server.im.message.MediaSecurity;
import tucket.server.im.message.Reading;
import tucket.server.im.message.SessionBody;
import tucket.server.im.message.SessionMessages;
import tucket.server.im.settings.ServiceAddresses;
import tucket.server.im.settings.SessionSettings;
import tucket.server.reference.Device;
import tucket.server.reference.Devices;
import tucket.server.reference.Im2ServerCore;
import tucket.server.reference.Im7ClientServer;
import tucket.server.reference.Reached;
import tucket.transport.Clock;
import tucket.transport.Deadline;
import tucket.transport.World;

/// OMA-TS-SIMPLE_IM chapter 9: what is over 1300 bytes does not fit into a MESSAGE (RFC 3428 section 8) and goes as one MSRP message in a
/// session of its own, in the name of its author. Thread-safe.
public final class LargeMessagePush {
  /// A message with a larger body goes by MSRP where it can.
  public static final int MOST_IN_MESSAGE = 1300;
  static final String FEATURE = "g.oma.sip-im.large-message";
  private static final List<String> TYPES = List.of("message/cpim");

  private final Parts parts;

  /// What it works with.
  public record Parts(World world, Im2ServerCore core, Im7ClientServer media, SessionMessages messages, SessionSettings session,
      ServiceAddresses services) {}

  public LargeMessagePush(Parts parts) {
    this.parts = parts;
  }

  /// Whether this device gets it so.
  boolean isFor(Device device, Envelope message) {
    return message.kind() == Envelope.Kind.MESSAGE && message.body().length > MOST_IN_MESSAGE && device.features().has(FEATURE);
  }

  /// Hands it over and blocks for what came of it, as the SIP response that would say the same; empty where the device is not there.
  Optional<SipResponse> deliver(AddressOfRecord user, Device device, Reading reading) {
    Optional<SipResponse> answer = deliver(user, device, reading, device.secure());
    return MediaSecurity.isToFallBack(device.secure(), parts.media(), answer) ? deliver(user, device, reading, false) : answer;
  }

  private Optional<SipResponse> deliver(AddressOfRecord user, Device device, Reading reading, boolean secure) {
    Im7ClientServer.Media media = parts.media().open(secure);
    try {
      SipRequest invite = invite(user, reading, media.offer(new Im7ClientServer.Terms(TYPES, List.of("*"), Direction.SENDONLY, 0)));
      Duration ringing = parts.session().ringing();
      Reached reached = parts.core().invite(user, invite, new Devices.Only(Set.of(device.id())), Reached.Ringing.QUIETLY,
          Deadline.in(ringing, parts.world().clock()));
      return switch (reached) {
        case Reached.Refused refused -> refused.best();
        case Reached.Accepted accepted -> {
          try {
            yield Optional.of(SipResponse.to(invite, send(media, accepted, reading)));
          } finally {
            accepted.call().end("");
          }
        }
      };
    } finally {
      media.end();
    }
  }

  private int send(Im7ClientServer.Media media, Reached.Accepted accepted, Reading reading) {
    CompletableFuture<Integer> outcome = new CompletableFuture<>();
    try {
      Optional<byte[]> sdp = SessionBody.of(accepted.answer(), parts.session().messageBytes()).sdp().map(s -> s.write());
      Optional<Im7ClientServer.Terms> terms = sdp.flatMap(s -> media.answered(s, new Ear()));
      Im7ClientServer.Content content = parts.messages().wrapped(reading);
      if (terms.isEmpty() || terms.get().maxSize() > 0 && content.body().length > terms.get().maxSize()) {
        return Status.NOT_ACCEPTABLE_HERE;
      }
      media.send(content, outcome::complete);
      Clock clock = parts.world().clock();
      return Deadline.in(parts.session().ringing(), clock).await(outcome, clock).map(SessionOutcome::asSip).orElse(Status.TEMPORARILY_UNAVAILABLE);
    } catch (Malformed fault) {
      return Status.NOT_ACCEPTABLE_HERE;
    }
  }

  private SipRequest invite(AddressOfRecord user, Reading reading, byte[] sdp) {
    String author = parts.messages().sipForm(reading.envelope().from());
    Edit edit = SipRequest.of("INVITE", user.uri()).edit()
        .with(Header.MAX_FORWARDS, "70")
        .with(Header.FROM, "<" + author + ">;tag=" + parts.world().chance().token(8))
        .with(Header.TO, "<" + parts.messages().sipForm(user) + ">")
        .with(Header.CALL_ID, parts.world().chance().token(16))
        .with(Header.CSEQ, "1 INVITE")
        .with(Header.P_ASSERTED_IDENTITY, "<" + author + ">")
        .with(Header.CONTACT, "<" + parts.services().deferred() + ">;+" + EnvelopeWriter.IM_FEATURE + ";+" + FEATURE)
        .with(Header.ACCEPT_CONTACT, "*;+" + FEATURE + ";require;explicit")
        .with(Header.ALLOW, "INVITE, ACK, BYE, CANCEL, UPDATE, MESSAGE, OPTIONS");
    for (Header h : List.of(Header.CONTRIBUTION_ID, Header.CONVERSATION_ID, Header.IN_REPLY_TO_CONTRIBUTION_ID)) {
      reading.envelope().carried().stream().filter(c -> c.name().equals(h.name())).forEach(c -> edit.append(h, c.value()));
    }
    return SessionBody.write(edit, sdp, Optional.empty()).request();
  }

  /// We only send.
  private static final class Ear implements Im7ClientServer.Listener {
    @Override
    public void message(Im7ClientServer.Content content, IntConsumer settle) {
      settle.accept(MsrpStatus.FORBIDDEN);
    }

    @Override
    public void lost(String why) {}
  }
}
