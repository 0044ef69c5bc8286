// From an envelope to the MESSAGE that a device gets.
package tucket.server.im.message;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tucket.protocol.cpim.CpimMessage;
import tucket.protocol.mime.Entity;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.NameAddr;
import tucket.protocol.sip.SipDate;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.TelUri;
import tucket.protocol.sip.Uri;
import tucket.server.Envelope;
import tucket.server.im.policy.AnonymityNotAllowed;
import tucket.server.im.settings.ImSettings;
import tucket.transport.Chance;

/// Writes canonically: CRLF, Content-Type, Content-Length, identity encoding, From and To as the asserted URIs without a name. Message-ID,
/// DateTime, disposition requests and the body stay byte for byte. Stateless; thread-safe.
public final class EnvelopeWriter {
  /// The feature tag of a device that speaks OMA SIMPLE IM (END-R3 section 5.2), as [tucket.protocol.sip.FeatureSet] names it.
  public static final String IM_FEATURE = "g.oma.sip-im";

  private static final String ACCEPT_CONTACT = "*;+" + IM_FEATURE;
  private static final Set<String> NOT_COPIED =
      Set.of(Header.FROM.name(), Header.CALL_ID.name(), Header.P_ASSERTED_IDENTITY.name(), Header.P_CHARGING_VECTOR.name());

  /// RFC 3323 section 4.1.1.3.
  private static final Uri ANONYMOUS = SipUri.of("anonymous", "anonymous.invalid");
  private static final Set<String> REVEALING = Set.of(Header.REFERRED_BY.name(), Header.REPLY_TO.name(), Header.IN_REPLY_TO.name(), Header.USER_AGENT.name());

  private final ImSettings settings;
  private final Chance chance;

  public EnvelopeWriter(ImSettings settings, Chance chance) {
    this.settings = settings;
    this.chance = chance;
  }

  /// One envelope, ready to be written for any device. Not thread-safe before [#forDevice] was called for each form.
  public final class Outgoing {
    private final Reading reading;
    private final List<SipRequest> forms = new ArrayList<>(2);
    private final List<Boolean> formsForIm = new ArrayList<>(2);

    private Outgoing(Reading reading) {
      this.reading = reading;
    }

    public Envelope envelope() {
      return reading.envelope();
    }

    /// Whether devices with and without OMA SIMPLE IM get the same.
    public boolean hasOneForm() {
      return !isWrapped() && !mayBeWrapped();
    }

    /// The request for a device; `im` where it declared `+g.oma.sip-im`. The same request for all devices of that sort.
    public SipRequest forDevice(boolean im) {
      int at = formsForIm.indexOf(im);
      if (at < 0) {
        at = forms.size();
        forms.add(request(reading, im, wrap(im)));
        formsForIm.add(im);
      }
      return forms.get(at);
    }

    /// Type and body of [#forDevice] alone, for other carriers than a request.
    public Body body(boolean im) {
      Body body = wrap(im);
      boolean none = body.bytes.length == 0 && reading.envelope().body().length == 0;
      return none ? new Body(MediaType.TEXT_PLAIN, body.bytes) : body;
    }

    private boolean isWrapped() {
      return reading.wrapper().isPresent();
    }

    private boolean mayBeWrapped() {
      return !isWrapped() && !reading.passing() && reading.plain().length > 0 && settings.rewrite() == ImSettings.Rewrite.CANONICAL
          && !isSealed(reading.envelope().contentType());
    }

    private Body wrap(boolean im) {
      return isWrapped() ? rewritten(reading) : im && mayBeWrapped() ? wrapped(reading) : bare(reading);
    }
  }

  /// What a message carries.
  public record Body(MediaType type, byte[] bytes) {}

  public Outgoing outgoing(Reading reading) {
    return new Outgoing(reading);
  }

  private static boolean isSealed(MediaType type) {
    String name = type.name();
    return name.equals("multipart/signed") || name.equals("multipart/encrypted") || name.endsWith("pkcs7-mime");
  }

  private static Body bare(Reading reading) {
    return new Body(reading.envelope().contentType(), reading.plain());
  }

  private Body rewritten(Reading reading) {
    CpimMessage wrapper = reading.wrapper().orElseThrow();
    if (settings.rewrite() == ImSettings.Rewrite.VERBATIM || wrapper.isSigned()) {
      return new Body(MediaType.CPIM, reading.plain());
    }
    Envelope e = reading.envelope();
    CpimMessage out = wrapper.withAddresses(sipForm(from(e)), sipForm(e.to().uri())).withMessageId(e.messageId());
    return new Body(MediaType.CPIM, out.write()); // without parameters: one client compares the whole value
  }

  /// A bare body for a device that can take the id along.
  private Body wrapped(Reading reading) {
    Envelope e = reading.envelope();
    Entity content = Entity.of(e.contentType(), reading.plain());
    if (reading.isNotification()) {
      content = new Entity(content.headers().with("Content-Disposition", "notification"), content.body());
    }
    byte[] cpim =
        CpimMessage.builder()
            .from(sipForm(from(e)))
            .to(sipForm(e.to().uri()))
            .messageId(e.messageId())
            .dateTime(dateTime(e.received()))
            .content(content)
            .build()
            .write();
    return new Body(MediaType.CPIM, cpim);
  }

  /// RFC 3339 in UTC with milliseconds, as terminals write it.
  public static String dateTime(Instant at) {
    return DateTimeFormatter.ISO_INSTANT.format(at.truncatedTo(ChronoUnit.MILLIS));
  }

  private SipRequest request(Reading reading, boolean im, Body body) {
    Envelope e = reading.envelope();
    boolean anonymous = AnonymityNotAllowed.isAnonymous(e);
    // without a tag: the reader took it off
    String from = (anonymous ? Optional.<String>empty() : first(e, Header.FROM)).orElseGet(() -> "<" + sipForm(from(e)) + ">");
    Uri to = e.to().uri();
    Edit edit =
        SipRequest.of("MESSAGE", to)
            .edit()
            .with(Header.MAX_FORWARDS, "70")
            .with(Header.FROM, from + ";tag=" + chance.token(8))
            .with(Header.TO, "<" + sipForm(to) + ">")
            .with(Header.CALL_ID, chance.token(16))
            .with(Header.CSEQ, "1 MESSAGE");
    List<String> asserted = all(e, Header.P_ASSERTED_IDENTITY);
    if (asserted.isEmpty() && !anonymous) {
      edit.append(Header.P_ASSERTED_IDENTITY, "<" + e.from() + ">");
    }
    if (!anonymous) { // RFC 3325 section 7
      asserted.forEach(v -> edit.append(Header.P_ASSERTED_IDENTITY, v));
    }
    edit.with(Header.DATE, SipDate.write(e.received()));
    for (Envelope.Carried c : e.carried()) {
      if (!NOT_COPIED.contains(c.name()) && !(anonymous && REVEALING.contains(c.name()))) {
        edit.append(Header.of(c.name()), c.value());
      }
    }
    if (im && first(e, Header.ACCEPT_CONTACT).isEmpty()) { // rcsjta refuses a request in which it does not find its feature tag
      edit.with(Header.ACCEPT_CONTACT, ACCEPT_CONTACT);
    }
    if (body.bytes.length > 0 || e.body().length > 0) {
      edit.body(body.type, body.bytes);
    }
    return edit.request();
  }

  static Optional<String> first(Envelope e, Header h) {
    for (Envelope.Carried c : e.carried()) {
      if (c.name().equals(h.name())) {
        return Optional.of(c.value());
      }
    }
    return Optional.empty();
  }

  private static List<String> all(Envelope e, Header h) {
    List<String> values = new ArrayList<>(1);
    for (Envelope.Carried c : e.carried()) {
      if (c.name().equals(h.name())) {
        values.add(c.value());
      }
    }
    return values;
  }

  /// The asserted URI of the sender: the first SIP one, since one client refuses tel: in CPIM.
  private static Uri from(Envelope e) {
    if (AnonymityNotAllowed.isAnonymous(e)) {
      return ANONYMOUS;
    }
    if (e.from().uri() instanceof SipUri) {
      return e.from().uri();
    }
    for (String line : all(e, Header.P_ASSERTED_IDENTITY)) {
      for (NameAddr asserted : NameAddr.parseList(line)) {
        if (asserted.uri() instanceof SipUri) {
          return asserted.uri();
        }
      }
    }
    return e.from().uri();
  }

  /// A URI as every client takes it: sip:, a number with `user=phone`, nothing else behind it.
  public String sipForm(Uri uri) {
    return switch (uri) {
      case TelUri tel when tel.isGlobal() -> "sip:" + tel.digits() + "@" + settings.domain() + ";user=phone";
      case SipUri sip -> bareSip(sip);
      default -> uri.toString();
    };
  }

  private static String bareSip(SipUri sip) {
    SipUri bare = SipUri.of(sip.user(), sip.host());
    boolean phone = sip.params().value("user").filter("phone"::equalsIgnoreCase).isPresent();
    return (phone ? bare.withParam("user", "phone") : bare).toString();
  }
}
