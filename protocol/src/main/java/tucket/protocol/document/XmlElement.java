// A small XML tree, read safely.
package tucket.protocol.document;

import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.xml.XMLConstants;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import tucket.protocol.Malformed;

/// An element with its attributes, child elements and text, for small documents from peers. There are no document types, no entities but
/// the five of XML, nothing is ever fetched, and bytes, depth and number of elements are bounded. Look-ups go by local name, because
/// clients differ in prefixes and some forget the namespace. Immutable.
public final class XmlElement {
  /// Deeper nesting is [Malformed].
  public static final int MAX_DEPTH = 32;
  /// More elements in one document are [Malformed].
  public static final int MAX_ELEMENTS = 50_000;

  /// One attribute; `namespace` is empty for a plain one.
  public record Attribute(String namespace, String name, String value) {}

  private final String namespace;
  private final String name;
  private final List<Attribute> attributes;
  private final List<XmlElement> children = new ArrayList<>(); // grows only while the document is read
  private final StringBuilder text = new StringBuilder();

  private XmlElement(String namespace, String name, List<Attribute> attributes) {
    this.namespace = namespace;
    this.name = name;
    this.attributes = attributes;
  }

  /// Reads a document of at most `maxBytes` and gives its root, whose local name must be `root`. White space in front of the XML
  /// declaration is tolerated.
  public static XmlElement parse(byte[] document, String root, int maxBytes) {
    return parse(document, Set.of(root), maxBytes);
  }

  /// The same for a root that may have several names.
  public static XmlElement parse(byte[] document, Set<String> roots, int maxBytes) {
    String what = roots.size() == 1 ? roots.iterator().next() : "XML";
    if (document.length > maxBytes) {
      throw new Malformed(what + " document too large");
    }
    XmlElement found = read(new StringReader(text(document, what)), what);
    if (!roots.contains(found.name)) {
      throw new Malformed("XML document is not " + what);
    }
    return found;
  }

  /// UTF-8, as every one of our documents must be; a byte order mark and white space in front go.
  private static String text(byte[] document, String what) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(document)).toString();
      return (text.startsWith("\ufeff") ? text.substring(1) : text).stripLeading();
    } catch (CharacterCodingException e) {
      throw new Malformed(what + " document is not UTF-8");
    }
  }

  private static XmlElement read(StringReader in, String what) {
    try {
      XMLStreamReader reader = factory().createXMLStreamReader(in);
      try {
        return tree(reader, what);
      } finally {
        reader.close();
      }
    } catch (Malformed e) {
      throw e;
    } catch (XMLStreamException | RuntimeException e) {
      // The reader of the platform answers some broken input with exceptions of its own: all of it is the peer's fault.
      throw new Malformed(what + " document is not well-formed XML");
    }
  }

  private static XMLInputFactory factory() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, true);
    factory.setProperty(XMLInputFactory.IS_COALESCING, false);
    factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
    return factory;
  }

  private static XmlElement tree(XMLStreamReader reader, String what) throws XMLStreamException {
    Deque<XmlElement> open = new ArrayDeque<>();
    Optional<XmlElement> root = Optional.empty();
    int count = 0;
    while (reader.hasNext()) {
      switch (reader.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          XmlElement element = new XmlElement(orEmpty(reader.getNamespaceURI()), reader.getLocalName(), attributes(reader));
          if (open.size() == MAX_DEPTH || ++count > MAX_ELEMENTS) {
            throw new Malformed(what + " document has too many elements or levels");
          }
          if (open.isEmpty()) {
            root = Optional.of(element);
          } else {
            open.getFirst().children.add(element);
          }
          open.push(element);
        }
        case XMLStreamConstants.END_ELEMENT -> open.pop();
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE -> {
          if (!open.isEmpty()) {
            open.getFirst().text.append(reader.getTextCharacters(), reader.getTextStart(), reader.getTextLength());
          }
        }
        case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE -> throw new Malformed(what
            + " document with a DOCTYPE or entity");
        default -> {} // comments and processing instructions mean nothing to us
      }
    }
    return root.orElseThrow(() -> new Malformed(what + " document without a root element"));
  }

  private static List<Attribute> attributes(XMLStreamReader reader) {
    int count = reader.getAttributeCount();
    if (count == 0) {
      return List.of();
    }
    List<Attribute> found = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      found.add(new Attribute(orEmpty(reader.getAttributeNamespace(i)), reader.getAttributeLocalName(i), reader.getAttributeValue(i)));
    }
    return List.copyOf(found);
  }

  private static String orEmpty(@org.jspecify.annotations.Nullable String text) {
    return text == null ? "" : text;
  }

  /// A copy with another value for the attribute of that local name, which it has.
  public XmlElement with(String attribute, String value) {
    XmlElement copy = new XmlElement(namespace, name,
        attributes.stream().map(a -> a.name.equals(attribute) ? new Attribute(a.namespace, a.name, value) : a).toList());
    copy.children.addAll(children);
    copy.text.append(text);
    return copy;
  }

  /// A copy with other attributes and children.
  public XmlElement with(List<Attribute> others, List<XmlElement> inside) {
    XmlElement copy = new XmlElement(namespace, name, List.copyOf(others));
    copy.children.addAll(inside);
    copy.text.append(text);
    return copy;
  }

  public String namespace() {
    return namespace;
  }

  /// The local name.
  public String name() {
    return name;
  }

  public List<Attribute> attributes() {
    return attributes;
  }

  public List<XmlElement> children() {
    return Collections.unmodifiableList(children);
  }

  /// The character data directly in this element, without white space around it.
  public String text() {
    return text.toString().strip();
  }

  /// The first child of that local name.
  public Optional<XmlElement> child(String local) {
    for (XmlElement child : children) {
      if (child.name.equals(local)) {
        return Optional.of(child);
      }
    }
    return Optional.empty();
  }

  public List<XmlElement> children(String local) {
    return children.stream().filter(c -> c.name.equals(local)).toList();
  }

  /// The text of the first child of that name; empty where there is none or it has no text.
  public Optional<String> textOf(String local) {
    return child(local).map(XmlElement::text).filter(t -> !t.isEmpty());
  }

  /// The attribute of that local name, in whatever namespace.
  public Optional<String> attribute(String local) {
    for (Attribute a : attributes) {
      if (a.name.equals(local)) {
        return Optional.of(a.value);
      }
    }
    return Optional.empty();
  }

  /// The attribute, which must be there.
  public String required(String local) {
    return attribute(local).orElseThrow(() -> new Malformed(name + " without attribute " + local));
  }

  /// A fact that may stand in an attribute or in a child element of the same name: clients differ.
  public Optional<String> attributeOrText(String local) {
    return attribute(local).map(String::strip).filter(v -> !v.isEmpty()).or(() -> textOf(local));
  }
}
