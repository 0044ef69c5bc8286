// What is known of somebody's presence.
package tucket.protocol.document;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import tucket.protocol.mime.MediaType;

/// An application/pidf+xml document (RFC 3863) with the service descriptions of OMA (`service-id` and `version`). The elements under the root,
/// tuples, notes, persons (RFC 4479) and whatever else, are kept as they came and written again with their namespaces.
public record PresenceDocument(String entity, List<XmlElement> elements) {
  public static final MediaType TYPE = MediaType.of("application", "pidf+xml");
  /// A larger document is [tucket.protocol.Malformed].
  public static final int MAX_BYTES = 64 * 1024;

  private static final String PIDF = "urn:ietf:params:xml:ns:pidf";
  private static final String OMA_SERVICE = "urn:oma:xml:prs:pidf:oma-pres";

  /// The service ids of the IM service as OMA has registered them.
  public static final String IM = "org.openmobilealliance:IM";
  public static final String IM_PAGER = "org.openmobilealliance:IM-pager-mode";
  public static final String IM_SESSION = "org.openmobilealliance:IM-session";

  /// A tuple that the server itself writes.
  public record ServiceTuple(String id, String service, String version, boolean open, String contact) {}

  public PresenceDocument {
    elements = List.copyOf(elements);
  }

  public static PresenceDocument parse(byte[] xml) {
    XmlElement root = XmlElement.parse(xml, "presence", MAX_BYTES);
    for (XmlElement tuple : root.children("tuple")) {
      tuple.required("id");
    }
    return new PresenceDocument(root.attribute("entity").orElse(""), root.children());
  }

  /// What the document says of a service: open, closed, or nothing. A tuple without service-id speaks for every service; where tuples differ, an open
  /// one counts (RFC 3863 section 4.1.4; a user is reachable where one of his devices is).
  public Optional<Boolean> isOpen(Predicate<String> service) {
    Optional<Boolean> found = Optional.empty();
    for (XmlElement tuple : elements) {
      Optional<Boolean> basic = basic(tuple);
      if (basic.isEmpty() || !serviceOf(tuple).map(service::test).orElse(true)) {
        continue;
      }
      if (basic.get()) {
        return basic;
      }
      found = basic;
    }
    return found;
  }

  /// The same for instant messages of any kind.
  public Optional<Boolean> isOpenForIm() {
    return isOpen(id -> id.equals(IM) || id.equals(IM_PAGER) || id.equals(IM_SESSION));
  }

  private static Optional<Boolean> basic(XmlElement tuple) {
    if (!tuple.name().equals("tuple")) {
      return Optional.empty();
    }
    return tuple.child("status").flatMap(s -> s.textOf("basic")).flatMap(
        b -> b.equals("open") ? Optional.of(true) : b.equals("closed") ? Optional.of(false) : Optional.empty());
  }

  /// The service-id of a tuple, in the OMA description or bare.
  public static Optional<String> serviceOf(XmlElement tuple) {
    return tuple.child("service-description").flatMap(d -> d.textOf("service-id")).or(() -> tuple.textOf("service-id"));
  }

  /// One document of several: what `shown` leaves of the elements of all `published`, behind `own`. Ids that clash are made unique.
  public static byte[] compose(String entity, List<ServiceTuple> own, List<PresenceDocument> published, Function<XmlElement, Optional<XmlElement>> shown) {
    XmlWriter out = new XmlWriter().open("presence").attribute("xmlns", PIDF).attribute("xmlns:op", OMA_SERVICE).attribute("entity", entity);
    Set<String> ids = new HashSet<>();
    for (ServiceTuple t : own) {
      ids.add(t.id);
      out.open("tuple").attribute("id", t.id).open("status").text("basic", t.open ? "open" : "closed").close();
      out.open("op:service-description").text("op:service-id", t.service).text("op:version", t.version).close();
      out.text("contact", t.contact).close();
    }
    List<XmlElement> behind = new ArrayList<>(); // RFC 3863 section 4.4: tuples, then notes, then the rest
    for (PresenceDocument document : published) {
      for (XmlElement element : document.elements.stream().flatMap(e -> shown.apply(e).stream()).toList()) {
        if (element.name().equals("tuple")) {
          out.element(unique(element, ids), PIDF);
        } else {
          behind.add(element);
        }
      }
    }
    behind.stream().filter(e -> e.name().equals("note")).forEach(e -> out.element(e, PIDF));
    behind.stream().filter(e -> !e.name().equals("note")).forEach(e -> out.element(unique(e, ids), PIDF));
    return out.toBytes();
  }

  private static XmlElement unique(XmlElement element, Set<String> ids) {
    Optional<String> id = element.attribute("id");
    if (id.isEmpty() || ids.add(id.get())) {
      return element;
    }
    int n = 2;
    while (!ids.add(id.get() + "-" + n)) {
      n++;
    }
    return element.with("id", id.get() + "-" + n);
  }
}
