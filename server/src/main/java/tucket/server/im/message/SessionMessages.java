// Messages of a session as the functions know them.
package tucket.server.im.message;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tucket.protocol.mime.Entity;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipUri;
import tucket.server.reference.Im7ClientServer;

/// What comes over MSRP is read as the MESSAGE it would be in pager mode, with the headers of its INVITE that belong to the conversation: so
/// it takes the same way through store, push and notification. Thread-safe.
public final class SessionMessages {
  private static final List<Header> OF_THE_CONVERSATION = List.of(Header.CONTRIBUTION_ID, Header.CONVERSATION_ID, Header.IN_REPLY_TO_CONTRIBUTION_ID,
      Header.PRIVACY, Header.USER_AGENT, Header.P_CHARGING_VECTOR);

  /// The user part of the identity under which servers push what they have stored, as terminals know it.
  public static final String STORE_AND_FORWARD = "rcse-standfw";

  private final EnvelopeReader reader;
  private final EnvelopeWriter writer;

  public SessionMessages(EnvelopeReader reader, EnvelopeWriter writer) {
    this.reader = reader;
    this.writer = writer;
  }

  /// Whose messages an INVITE brings: its sender's, or, where the store and forward of a server invites, those of the user of that server who is named in
  /// Referred-By. Empty where nobody is asserted.
  public static Optional<AddressOfRecord> author(SipRequest invite) {
    Optional<AddressOfRecord> sender = EnvelopeReader.sender(invite);
    boolean pushed = sender.filter(s -> s.uri() instanceof SipUri uri && uri.user().equalsIgnoreCase(STORE_AND_FORWARD)).isPresent();
    if (!pushed || !invite.has(Header.REFERRED_BY)) {
      return sender;
    }
    AddressOfRecord named = AddressOfRecord.of(invite.addresses(Header.REFERRED_BY).getFirst().uri());
    boolean theirs = named.uri() instanceof SipUri of && sender.orElseThrow().uri() instanceof SipUri by && of.host().equalsIgnoreCase(by.host());
    return theirs ? Optional.of(named) : sender; // nobody speaks for the users of others
  }

  /// Reads one message that `from` sends to `to` in the session of `invite`; `unique` tells it from the others of the session. Empty where it
  /// can't be decoded; [tucket.protocol.Malformed] where it breaks its grammar.
  public Optional<Reading> read(SipRequest invite, AddressOfRecord from, AddressOfRecord to, MediaType type, byte[] body, String unique, Instant now) {
    return direction(invite, from, to).read(type, body, unique, now);
  }

  /// What `from` sends to `to` in the session of `invite`, which may be many messages.
  public Direction direction(SipRequest invite, AddressOfRecord from, AddressOfRecord to) {
    return new Direction(invite, from, to);
  }

  /// One direction of a session. Thread-safe.
  public final class Direction {
    private final AddressOfRecord from;
    private final AddressOfRecord to;
    private final String callId;
    private final SipRequest common; // what all its messages share, parsed once

    private Direction(SipRequest invite, AddressOfRecord from, AddressOfRecord to) {
      this.from = from;
      this.to = to;
      this.callId = invite.callId();
      this.common = common(invite, from, to);
      common.from();
      common.to();
      common.cseq();
    }

    /// See [SessionMessages#read].
    public Optional<Reading> read(MediaType type, byte[] body, String unique, Instant now) {
      SipRequest request = common.edit().with(Header.CALL_ID, callId + "." + unique).body(type, body).request();
      return reader.read(request, from, to, now) instanceof EnvelopeReader.Read read ? Optional.of(read.reading()) : Optional.empty();
    }
  }

  private SipRequest common(SipRequest invite, AddressOfRecord from, AddressOfRecord to) {
    Edit edit = SipRequest.of("MESSAGE", to.uri()).edit().with(Header.MAX_FORWARDS, "70");
    boolean forth = EnvelopeReader.sender(invite).filter(from::equals).isPresent();
    edit.with(Header.FROM, forth ? invite.from().toString() : "<" + writer.sipForm(from.uri()) + ">;tag=session");
    edit.with(Header.TO, "<" + writer.sipForm(to.uri()) + ">");
    edit.with(Header.CSEQ, "1 MESSAGE");
    edit.with(Header.P_ASSERTED_IDENTITY, "<" + from.uri() + ">");
    for (Header h : OF_THE_CONVERSATION) {
      invite.lines(h).forEach(v -> edit.append(h, v));
    }
    return edit.request();
  }

  /// The message as it goes on over MSRP: its wrapper canonical, what is bare stays so.
  public Im7ClientServer.Content content(Reading reading, boolean successReport) {
    EnvelopeWriter.Body form = writer.outgoing(reading).body(false);
    return new Im7ClientServer.Content(form.type().toString(), form.bytes(), successReport, List.of());
  }

  /// The message as the first one in an INVITE, always in CPIM where that is allowed.
  public Entity first(Reading reading) {
    EnvelopeWriter.Body form = writer.outgoing(reading).body(true);
    return Entity.of(form.type(), form.bytes());
  }

  /// The message in CPIM for a push.
  public Im7ClientServer.Content wrapped(Reading reading) {
    Entity first = first(reading);
    return Im7ClientServer.Content.of(first.type().toString(), first.body());
  }

  /// The MESSAGE that carries it outside of any session.
  public SipRequest outside(Reading reading) {
    return writer.outgoing(reading).forDevice(true);
  }

  /// An address as SIP URI.
  public String sipForm(AddressOfRecord user) {
    return writer.sipForm(user.uri());
  }
}
