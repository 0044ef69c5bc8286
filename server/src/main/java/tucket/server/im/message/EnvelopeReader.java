// From a MESSAGE request to the envelope of what it carries.
package tucket.server.im.message;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tucket.protocol.Malformed;
import tucket.protocol.cpim.CpimMessage;
import tucket.protocol.cpim.Disposition;
import tucket.protocol.mime.ContentEncoding;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.NameAddr;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.Uri;
import tucket.server.Envelope;
import tucket.server.im.settings.ServiceAddresses;

/// Reads leniently what clients send (RFC 3428, RFC 3862, RFC 5438). The sender is who P-Asserted-Identity says. Stateless but for the
/// hand-over of [#during], which spares the terminating leg a second reading where both legs are in one process.
public final class EnvelopeReader {
  /// What reading came to.
  public sealed interface Result {}

  /// It was read.
  public record Read(Reading reading) implements Result {}

  /// A Content-Encoding we do not know: 415 with Accept-Encoding.
  public record Undecodable() implements Result {}

  /// A notification that cannot be read. It is consumed, never refused: clients send a refused one again for ever.
  public record UnreadableNotification(String why) implements Result {}

  /// The headers that come out at the other end as they came in.
  private static final List<Header> CARRIED =
      List.of(
          Header.P_ASSERTED_IDENTITY,
          Header.ACCEPT_CONTACT,
          Header.REJECT_CONTACT,
          Header.CONTRIBUTION_ID,
          Header.CONVERSATION_ID,
          Header.IN_REPLY_TO_CONTRIBUTION_ID,
          Header.SUBJECT,
          Header.EXPIRES,
          Header.REFERRED_BY,
          Header.PRIVACY,
          Header.PRIORITY,
          Header.IN_REPLY_TO,
          Header.REPLY_TO,
          Header.CONTENT_DISPOSITION,
          Header.CONTENT_LANGUAGE,
          Header.CONTENT_ID,
          Header.USER_AGENT);

  private static final ScopedValue<Passing> PASSING = ScopedValue.newInstance();

  /// A reading on its way from one leg to the other: good for the request with the same Call-ID, CSeq, type and body.
  private record Passing(SipRequest request, Reading reading) {}

  private final ServiceAddresses services;
  private final Duration messageLife;
  private final int inflatedBytes;

  /// `messageLife` is the longest life of a message, `inflatedBytes` the most that a body may grow to.
  public EnvelopeReader(ServiceAddresses services, Duration messageLife, int inflatedBytes) {
    this.services = services;
    this.messageLife = messageLife;
    this.inflatedBytes = inflatedBytes;
  }

  /// Who sends: the first identity of P-Asserted-Identity (RFC 3325 section 9.1); empty where nobody asserted one.
  public static Optional<AddressOfRecord> sender(SipRequest request) {
    List<NameAddr> asserted = request.addresses(Header.P_ASSERTED_IDENTITY);
    return asserted.isEmpty() ? Optional.empty() : Optional.of(AddressOfRecord.of(asserted.getFirst().uri()));
  }

  /// Runs `body` so that reading `request` again within it, also a copy with other routing headers, gives `reading`.
  public <T, X extends Throwable> T during(SipRequest request, Reading reading, ScopedValue.CallableOp<T, X> body) throws X {
    return ScopedValue.where(PASSING, new Passing(request, reading)).call(body);
  }

  /// Reads a MESSAGE from `from` to `to` that came at `now`. [Malformed] where it breaks its grammar and is no notification.
  public Result read(SipRequest request, AddressOfRecord from, AddressOfRecord to, Instant now) {
    if (PASSING.isBound() && isSame(PASSING.get().request(), request)) {
      Envelope e = PASSING.get().reading().envelope();
      if (e.from().equals(from) && e.to().equals(to)) {
        return new Read(PASSING.get().reading());
      }
    }
    try {
      return fresh(request, from, to, now.truncatedTo(ChronoUnit.MILLIS)); // as exact as it is stored
    } catch (Malformed e) {
      if (looksLikeNotification(request)) {
        return new UnreadableNotification(String.valueOf(e.getMessage()));
      }
      throw e;
    }
  }

  /// What was read before from `request`, as it was then.
  public Reading again(SipRequest request, Brief before) {
    if (fresh(request, before.from(), before.to(), before.received()) instanceof Read(Reading reading)) {
      return reading;
    }
    throw new IllegalStateException("read before, and not again: " + before.messageId());
  }

  private static boolean isSame(SipRequest a, SipRequest b) {
    return a == b
        || a.callId().equals(b.callId())
            && a.cseq().equals(b.cseq())
            && a.lines(Header.CONTENT_TYPE).equals(b.lines(Header.CONTENT_TYPE))
            && a.lines(Header.CONTENT_ENCODING).equals(b.lines(Header.CONTENT_ENCODING))
            && a.hasBodyOf(b);
  }

  private Result fresh(SipRequest request, AddressOfRecord from, AddressOfRecord to, Instant now) {
    MediaType type = type(request);
    String encoding = String.join(", ", request.lines(Header.CONTENT_ENCODING));
    if (!ContentEncoding.isAccepted(encoding)) {
      return looksLikeNotification(request) ? new UnreadableNotification("Content-Encoding not known") : new Undecodable();
    }
    byte[] body = request.body();
    byte[] plain = ContentEncoding.inflate(encoding, body, inflatedBytes);
    Optional<CpimMessage> wrapper = type.is(MediaType.CPIM) ? Optional.of(CpimMessage.parse(plain)) : Optional.empty();
    boolean notification = type.is(MediaType.IMDN) || wrapper.filter(CpimMessage::isNotification).isPresent();
    if (wrapper.isPresent() && wrapper.get().content().encoding().isPresent()) {
      return notification ? new UnreadableNotification("Content-Encoding not known") : new Undecodable();
    }
    Envelope.Kind kind =
        notification ? Envelope.Kind.NOTIFICATION : from.equals(services.system()) ? Envelope.Kind.SYSTEM : Envelope.Kind.MESSAGE;
    String id = wrapper.flatMap(CpimMessage::messageId).orElseGet(() -> MessageIds.of(request.callId(), request.cseq(), from));
    Set<Disposition> wanted = EnumSet.noneOf(Disposition.class);
    if (kind == Envelope.Kind.MESSAGE) { // a notification never causes a notification, and nobody reports to the system
      wrapper.ifPresent(w -> wanted.addAll(w.dispositions()));
    }
    Envelope envelope =
        new Envelope(kind, id, from, to, now, expires(request, now), wanted, type, encoding, carried(request, from), body);
    return new Read(new Reading(envelope, wrapper, plain, isComposing(type, wrapper)));
  }

  /// What is stored, opened again.
  public Reading open(Envelope stored) {
    byte[] plain = ContentEncoding.inflate(stored.contentEncoding(), stored.body(), inflatedBytes);
    Optional<CpimMessage> wrapper = stored.contentType().is(MediaType.CPIM) ? Optional.of(CpimMessage.parse(plain)) : Optional.empty();
    return new Reading(stored, wrapper, plain, isComposing(stored.contentType(), wrapper));
  }

  private static MediaType type(SipRequest request) {
    Optional<MediaType> type = request.contentType();
    if (type.isEmpty() && request.bodyLength() > 0) {
      throw new Malformed("Content-Type is missing"); // RFC 3261 section 20.15
    }
    return type.orElse(MediaType.TEXT_PLAIN);
  }

  private static boolean isComposing(MediaType type, Optional<CpimMessage> wrapper) {
    return type.is(MediaType.IS_COMPOSING) || wrapper.filter(w -> w.content().is(MediaType.IS_COMPOSING)).isPresent();
  }

  private static boolean looksLikeNotification(SipRequest request) {
    String type = request.first(Header.CONTENT_TYPE).orElse("").toLowerCase(Locale.ROOT);
    String disposition = request.first(Header.CONTENT_DISPOSITION).orElse("").toLowerCase(Locale.ROOT);
    return type.startsWith("message/imdn+xml") || disposition.startsWith("notification");
  }

  // RFC 3428 section 8: Expires is relative to the receipt
  private Instant expires(SipRequest request, Instant now) {
    Instant last = now.plus(messageLife);
    if (request.number(Header.EXPIRES).isEmpty()) {
      return last;
    }
    Instant asked = now.plusSeconds(request.number(Header.EXPIRES).getAsInt());
    return asked.isBefore(last) ? asked : last;
  }

  private static List<Envelope.Carried> carried(SipRequest request, AddressOfRecord from) {
    List<Envelope.Carried> found = new ArrayList<>();
    from(request, from).ifPresent(f -> found.add(new Envelope.Carried(Header.FROM.name(), f)));
    found.add(new Envelope.Carried(Header.CALL_ID.name(), request.callId()));
    for (Header h : CARRIED) {
      if (request.has(h)) {
        request.lines(h).forEach(v -> found.add(new Envelope.Carried(h.name(), v)));
      }
    }
    request.first(Header.P_CHARGING_VECTOR).ifPresent(v -> found.add(new Envelope.Carried(Header.P_CHARGING_VECTOR.name(), v)));
    for (String name : request.otherNames()) { // the order is stored
      if (name.regionMatches(true, 0, "X-", 0, 2)) {
        request.lines(Header.of(name)).forEach(v -> found.add(new Envelope.Carried(name, v)));
      }
    }
    return found;
  }

  /// The From of the client, without its tag, where it names the asserted identity: it holds the name for people.
  private static Optional<String> from(SipRequest request, AddressOfRecord asserted) {
    NameAddr claimed = request.from();
    Uri uri = claimed.uri();
    boolean honest = AddressOfRecord.of(uri).equals(asserted);
    return honest ? Optional.of(new NameAddr(claimed.displayName(), uri, tucket.protocol.mime.Params.NONE).toString()) : Optional.empty();
  }
}
