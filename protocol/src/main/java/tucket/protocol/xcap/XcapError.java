// The detailed conflict report of a 409.
package tucket.protocol.xcap;

import java.util.List;
import java.util.Optional;
import tucket.protocol.Malformed;
import tucket.protocol.document.XmlElement;
import tucket.protocol.document.XmlWriter;

/// A document of the type application/xcap-error+xml (RFC 4825 section 11), with the extension that OMA added.
///
/// @param phrase for a human reader
/// @param ancestor of a `no-parent`: the URI of the closest element or document that is there
/// @param exists of a `uniqueness-failure`: what is not unique
public record XcapError(Kind kind, String phrase, Optional<String> ancestor, List<Exists> exists) {
  public static final String TYPE = "application/xcap-error+xml";

  private static final String NAMESPACE = "urn:ietf:params:xml:ns:xcap-error";
  private static final String OMA_NAMESPACE = "urn:oma:xml:xdm:xcap-error";
  private static final int MAX_BYTES = 64 << 10;

  /// A value that must be unique.
  ///
  /// @param field a node selector from the root element on, escaped
  /// @param alternatives values that are free
  public record Exists(String field, List<String> alternatives) {
    public Exists {
      alternatives = List.copyOf(alternatives);
    }
  }

  /// The error elements.
  public enum Kind {
    NOT_WELL_FORMED("not-well-formed"),
    NOT_XML_FRAG("not-xml-frag"),
    NO_PARENT("no-parent"),
    SCHEMA_VALIDATION_ERROR("schema-validation-error"),
    NOT_XML_ATT_VALUE("not-xml-att-value"),
    CANNOT_INSERT("cannot-insert"),
    CANNOT_DELETE("cannot-delete"),
    UNIQUENESS_FAILURE("uniqueness-failure"),
    CONSTRAINT_FAILURE("constraint-failure"),
    EXTENSION("extension"),
    NOT_UTF_8("not-utf-8");

    private final String element;

    Kind(String element) {
      this.element = element;
    }

    /// The name of the element.
    public String element() {
      return element;
    }
  }

  public XcapError {
    exists = List.copyOf(exists);
  }

  public static XcapError of(Kind kind, String phrase) {
    return new XcapError(kind, phrase, Optional.empty(), List.of());
  }

  public static XcapError noParent(String phrase, Optional<String> ancestor) {
    return new XcapError(Kind.NO_PARENT, phrase, ancestor, List.of());
  }

  public static XcapError notUnique(String phrase, List<Exists> exists) {
    return new XcapError(Kind.UNIQUENESS_FAILURE, phrase, Optional.empty(), exists);
  }

  /// A constraint of this server that no standard names: OMA's local-constraint-failure inside `extension`.
  public static XcapError local(String phrase) {
    return of(Kind.EXTENSION, phrase);
  }

  /// The same with an ancestor in front of which a URI is put: the editor knows only the path inside the document.
  public XcapError under(String uri) {
    return new XcapError(kind, phrase, ancestor.map(a -> uri + a), exists);
  }

  public byte[] toXml() {
    XmlWriter out = new XmlWriter().open("xcap-error").attribute("xmlns", NAMESPACE).open(kind.element);
    if (kind == Kind.EXTENSION) { // has no phrase of its own
      out.open("oxe:local-constraint-failure").attribute("xmlns:oxe", OMA_NAMESPACE).attribute("phrase", phrase);
      return out.toBytes();
    }
    out.attribute("phrase", phrase);
    ancestor.ifPresent(uri -> out.text("ancestor", uri));
    for (Exists one : exists) {
      out.open("exists").attribute("field", one.field);
      one.alternatives.forEach(value -> out.text("alt-value", value));
      out.close();
    }
    return out.toBytes();
  }

  /// Throws [Malformed], also for an element that we do not know.
  public static XcapError parse(byte[] xml) {
    XmlElement root = XmlElement.parse(xml, "xcap-error", MAX_BYTES);
    if (root.children().isEmpty()) {
      throw new Malformed("xcap-error without an error element");
    }
    XmlElement error = root.children().getFirst();
    for (Kind kind : Kind.values()) {
      if (kind.element.equals(error.name())) {
        XmlElement speaks = kind == Kind.EXTENSION && !error.children().isEmpty() ? error.children().getFirst() : error;
        List<Exists> exists =
            error.children("exists").stream()
                .map(e -> new Exists(e.required("field"), e.children("alt-value").stream().map(XmlElement::text).toList()))
                .toList();
        return new XcapError(kind, speaks.attribute("phrase").orElse(""), error.textOf("ancestor"), exists);
      }
    }
    throw new Malformed("xcap-error with an unknown error element");
  }
}
