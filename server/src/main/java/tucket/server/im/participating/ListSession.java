// A session with a list or a group.
package tucket.server.im.participating;

import java.time.Duration;
import java.util.Optional;
import java.util.function.ToIntFunction;
import tucket.protocol.document.ResourceLists;
import tucket.protocol.mime.ContentEncoding;
import tucket.protocol.mime.Entity;
import tucket.protocol.mime.MediaType;
import tucket.protocol.mime.Multipart;
import tucket.protocol.msrp.MsrpStatus;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.server.im.controlling.GroupDistribution;
import tucket.server.im.message.Reading;
import tucket.server.reference.Invitation;
import tucket.transport.Deadline;

/// OMA requirement S15 in session mode and large message mode: the server is the one end, and what comes goes to each member as a message of its own, one to
/// one, as a MESSAGE to the list does. It is answered when all have been answered, 200 where at least one member has it or it waits for him. Members are
/// who is in the list as it is by then. The recipients may also stand in the INVITE (RFC 5366), where it is for the exploder.
final class ListSession implements ToIntFunction<Reading> {
  private static final Duration PATIENCE = Duration.ofSeconds(28);

  private final SessionMode.Parts parts;
  private final ParticipatingFunction participating;
  private final AddressOfRecord served;
  private final Optional<Entity> recipients;

  private ListSession(SessionMode.Parts parts, ParticipatingFunction participating, AddressOfRecord served, Optional<Entity> recipients) {
    this.parts = parts;
    this.participating = participating;
    this.served = served;
    this.recipients = recipients;
  }

  /// Serves an invitation that policies let pass, where it is for many; false where it is not. Blocks until it is answered.
  static boolean serve(SessionMode.Parts parts, ParticipatingFunction participating, Invitation invitation, SessionSetup setup, AddressOfRecord served) {
    SipRequest invite = invitation.request();
    AddressOfRecord to = AddressOfRecord.of(invite.uri());
    Optional<Entity> recipients = Optional.empty();
    if (to.equals(parts.services().exploder())) {
      recipients = recipients(invite, parts.session().messageBytes());
      if (recipients.isEmpty()) {
        invitation.refuse(parts.responses().of(invite, Status.BAD_REQUEST, "A recipient-list is missing"));
        return true;
      }
    } else {
      Optional<GroupDistribution.Standing> standing = participating.standing(invite, to, served);
      if (standing.isEmpty()) {
        return false;
      }
      if (standing.get().refusal().isPresent()) {
        invitation.refuse(standing.get().refusal().get());
        return true;
      }
    }
    new ListSession(parts, participating, served, recipients).begin(invitation, setup, to);
    return true;
  }

  // RFC 5366 section 5
  private static Optional<Entity> recipients(SipRequest invite, int limit) {
    MediaType type = invite.contentType().orElse(MediaType.TEXT_PLAIN);
    if (!type.type().equals("multipart")) {
      return Optional.empty();
    }
    byte[] body = ContentEncoding.inflate(String.join(", ", invite.lines(Header.CONTENT_ENCODING)), invite.body(), limit);
    return Multipart.parse(type, body).parts().stream()
        .filter(e -> e.disposition().equals(GroupDistribution.LIST) && e.is(ResourceLists.TYPE)).findFirst();
  }

  /// The message in the INVITE goes first: what becomes of it is the answer.
  private void begin(Invitation invitation, SessionSetup setup, AddressOfRecord to) {
    Optional<SipResponse> first = setup.firstMessage().map(this::distribute);
    if (first.isPresent() && !first.get().isSuccess()) {
      invitation.refuse(parts.responses().relay(invitation.request(), first.get()));
    } else {
      setup.endHere(this, "distribute to " + to);
    }
  }

  @Override
  public int applyAsInt(Reading reading) {
    SipResponse answer = distribute(reading);
    return switch (answer.status()) {
      case Status.BAD_REQUEST -> MsrpStatus.BAD_REQUEST;
      case Status.REQUEST_ENTITY_TOO_LARGE -> MsrpStatus.STOP_SENDING;
      case Status.UNSUPPORTED_MEDIA_TYPE -> MsrpStatus.UNSUPPORTED_TYPE;
      case Status.TEMPORARILY_UNAVAILABLE, 408 -> MsrpStatus.TIMEOUT;
      default -> answer.isSuccess() ? MsrpStatus.OK : answer.status() >= 500 && answer.status() < 600 ? MsrpStatus.TIMEOUT : MsrpStatus.FORBIDDEN;
    };
  }

  private SipResponse distribute(Reading reading) {
    SipRequest message = parts.messages().outside(reading);
    return participating.originateInSession(recipients.map(r -> withRecipients(message, r)).orElse(message), served,
        Deadline.in(PATIENCE, parts.world().clock()));
  }

  // RFC 5365 section 6
  private static SipRequest withRecipients(SipRequest message, Entity recipients) {
    Multipart both = Multipart.of(Entity.of(message.contentType().orElse(MediaType.TEXT_PLAIN), message.body()), recipients);
    String boundary = both.boundary();
    return message.edit().with(Header.REQUIRE, GroupDistribution.REQUIRED)
        .body(MediaType.of("multipart", "mixed").with("boundary", boundary), both.write(boundary)).request();
  }
}
