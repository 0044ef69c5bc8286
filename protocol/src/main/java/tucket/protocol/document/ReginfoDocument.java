// Registration information: which contacts a user has, and why.
package tucket.protocol.document;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import tucket.protocol.Malformed;
import tucket.protocol.mime.MediaType;
import tucket.protocol.mime.Params;

/// An application/reginfo+xml document (RFC 3680 section 5) with the GRUUs of RFC 5628. `version` grows by one with each document of a
/// subscription; `full` says whether the document has the whole state or only what changed.
public record ReginfoDocument(long version, boolean full, List<Registration> registrations) {
  public static final MediaType TYPE = MediaType.of("application", "reginfo+xml");
  /// A larger document is [Malformed].
  public static final int MAX_BYTES = 1 << 20;

  private static final String NAMESPACE = "urn:ietf:params:xml:ns:reginfo";
  private static final String GRUU_NAMESPACE = "urn:ietf:params:xml:ns:gruuinfo";

  /// State of a registration; a contact is never `INIT`.
  public enum State {
    INIT,
    ACTIVE,
    TERMINATED
  }

  /// What brought a contact into its state (section 4.7.1).
  public enum Event {
    REGISTERED,
    CREATED,
    REFRESHED,
    SHORTENED,
    EXPIRED,
    DEACTIVATED,
    PROBATION,
    UNREGISTERED,
    REJECTED
  }

  /// An address of record and its contacts; `id` is the same in every document of a subscription.
  public record Registration(String aor, String id, State state, List<Contact> contacts) {
    public Registration {
      contacts = List.copyOf(contacts);
    }
  }

  /// One contact. `params` are its header parameters that RFC 3261 does not know, such as feature tags; times are in seconds.
  public record Contact(
      String id,
      State state,
      Event event,
      String uri,
      Optional<String> displayName,
      OptionalLong expires,
      OptionalLong retryAfter,
      OptionalLong durationRegistered,
      Optional<String> q,
      Optional<String> callId,
      OptionalLong cseq,
      Params params,
      Optional<String> pubGruu,
      Optional<String> tempGruu) {
    /// A contact with nothing but what must be there.
    public static Contact of(String id, State state, Event event, String uri) {
      return new Contact(id, state, event, uri, Optional.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(),
          Optional.empty(), Optional.empty(), OptionalLong.empty(), Params.NONE, Optional.empty(), Optional.empty());
    }
  }

  public ReginfoDocument {
    registrations = List.copyOf(registrations);
  }

  public static ReginfoDocument parse(byte[] xml) {
    XmlElement root = XmlElement.parse(xml, "reginfo", MAX_BYTES);
    long version = number(root, "version").orElseThrow(() -> new Malformed("reginfo without attribute version"));
    List<Registration> found = new ArrayList<>();
    for (XmlElement registration : root.children("registration")) {
      List<Contact> contacts = registration.children("contact").stream().map(ReginfoDocument::contact).toList();
      found.add(new Registration(registration.required("aor"), registration.required("id"), word(State.class, registration, "state"),
          contacts));
    }
    return new ReginfoDocument(version, root.required("state").equals("full"), found);
  }

  private static Contact contact(XmlElement e) {
    String uri = e.textOf("uri").orElseThrow(() -> new Malformed("reginfo contact without uri"));
    List<Params.Param> params = e.children("unknown-param").stream()
        .map(p -> new Params.Param(p.required("name"), Optional.of(p.text()).filter(t -> !t.isEmpty()))).toList();
    return new Contact(e.required("id"), word(State.class, e, "state"), word(Event.class, e, "event"), uri, e.textOf("display-name"),
        number(e, "expires"), number(e, "retry-after"), number(e, "duration-registered"), e.attribute("q"), e.attribute("callid"),
        number(e, "cseq"), Params.of(params), gruu(e, "pub-gruu"), gruu(e, "temp-gruu"));
  }

  private static Optional<String> gruu(XmlElement contact, String name) {
    return contact.child(name).map(g -> g.required("uri"));
  }

  private static OptionalLong number(XmlElement element, String attribute) {
    Optional<String> text = element.attribute(attribute);
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      long value = Long.parseLong(text.get().strip());
      if (value >= 0) {
        return OptionalLong.of(value);
      }
    } catch (NumberFormatException e) {
      // falls through: no number and a negative one are the same fault
    }
    throw new Malformed(element.name() + " attribute " + attribute + " is not a number");
  }

  private static <E extends Enum<E>> E word(Class<E> type, XmlElement element, String attribute) {
    String text = element.required(attribute);
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equalsIgnoreCase(text)) {
        return constant;
      }
    }
    throw new Malformed(element.name() + " attribute " + attribute + " has an unknown value");
  }

  /// The document; the GRUU namespace is declared only where one is given (RFC 5628 section 5).
  public byte[] write() {
    XmlWriter out = new XmlWriter().open("reginfo").attribute("xmlns", NAMESPACE);
    if (registrations.stream().flatMap(r -> r.contacts.stream()).anyMatch(c -> c.pubGruu.isPresent() || c.tempGruu.isPresent())) {
      out.attribute("xmlns:gr", GRUU_NAMESPACE);
    }
    out.attribute("version", Long.toString(version)).attribute("state", full ? "full" : "partial");
    for (Registration r : registrations) {
      out.open("registration").attribute("aor", r.aor).attribute("id", r.id).attribute("state", lower(r.state));
      r.contacts.forEach(c -> write(c, out));
      out.close();
    }
    return out.toBytes();
  }

  private static void write(Contact c, XmlWriter out) {
    out.open("contact").attribute("id", c.id).attribute("state", lower(c.state)).attribute("event", lower(c.event))
        .attribute("expires", text(c.expires)).attribute("retry-after", text(c.retryAfter))
        .attribute("duration-registered", text(c.durationRegistered)).attribute("q", c.q).attribute("callid", c.callId)
        .attribute("cseq", text(c.cseq));
    out.text("uri", c.uri).text("display-name", c.displayName);
    for (Params.Param p : c.params.list()) {
      out.open("unknown-param").attribute("name", p.name()).closeWith(p.value().orElse(""));
    }
    c.pubGruu.ifPresent(g -> out.open("gr:pub-gruu").attribute("uri", g).close());
    c.tempGruu.ifPresent(g -> out.open("gr:temp-gruu").attribute("uri", g).close());
    out.close();
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static Optional<String> text(OptionalLong number) {
    return number.isPresent() ? Optional.of(Long.toString(number.getAsLong())) : Optional.empty();
  }
}
