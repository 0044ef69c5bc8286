// Writes small XML documents.
package tucket.protocol.document;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/// Builds a UTF-8 document with an XML declaration, one element a line (CRLF), and no white space inside elements that hold text.
/// Characters that XML 1.0 cannot hold become U+FFFD. Not thread-safe.
public final class XmlWriter {
  private static final String LINE = "\r\n";

  private final StringBuilder out = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + LINE);
  private final Deque<String> open = new ArrayDeque<>();
  private boolean inTag;

  /// Opens an element; attributes may follow. `name` may carry a prefix that the caller declares with an `xmlns:` attribute.
  public XmlWriter open(String name) {
    endTag();
    out.append('<').append(name);
    open.push(name);
    inTag = true;
    return this;
  }

  /// An attribute of the element just opened.
  public XmlWriter attribute(String name, String value) {
    if (!inTag) {
      throw new IllegalStateException("no element open for attribute " + name);
    }
    out.append(' ').append(name).append("=\"");
    escape(value, true);
    out.append('"');
    return this;
  }

  public XmlWriter attribute(String name, Optional<String> value) {
    value.ifPresent(v -> attribute(name, v));
    return this;
  }

  /// Closes the innermost element.
  public XmlWriter close() {
    String name = open.pop();
    if (inTag) {
      out.append("/>").append(LINE);
      inTag = false;
    } else {
      out.append("</").append(name).append('>').append(LINE);
    }
    return this;
  }

  /// Text into the element just opened, and closes it.
  public XmlWriter closeWith(String text) {
    out.append('>');
    inTag = false;
    escape(text, false);
    out.append("</").append(open.pop()).append('>').append(LINE);
    return this;
  }

  /// `<name>text</name>`.
  public XmlWriter text(String name, String text) {
    return open(name).closeWith(text);
  }

  public XmlWriter text(String name, Optional<String> text) {
    text.ifPresent(t -> text(name, t));
    return this;
  }

  /// `<name/>`.
  public XmlWriter empty(String name) {
    return open(name).close();
  }

  /// An element that was read, with everything in it and the namespaces it needs; `around` is the default namespace in force. Text between child
  /// elements comes before them.
  public XmlWriter element(XmlElement e, String around) { // depth is bounded by the reader
    open(e.name());
    if (!e.namespace().equals(around)) {
      attribute("xmlns", e.namespace());
    }
    int prefixes = 0;
    for (XmlElement.Attribute a : e.attributes()) {
      if (a.namespace().isEmpty()) {
        attribute(a.name(), a.value());
      } else if (a.namespace().equals(javax.xml.XMLConstants.XML_NS_URI)) {
        attribute("xml:" + a.name(), a.value());
      } else {
        String prefix = "a" + prefixes++;
        attribute("xmlns:" + prefix, a.namespace()).attribute(prefix + ":" + a.name(), a.value());
      }
    }
    if (e.children().isEmpty() && !e.text().isEmpty()) {
      return closeWith(e.text());
    }
    if (!e.text().isEmpty()) {
      endTag();
      escape(e.text(), false);
    }
    e.children().forEach(c -> element(c, e.namespace()));
    return close();
  }

  /// The document; all elements are closed first.
  public byte[] toBytes() {
    while (!open.isEmpty()) {
      close();
    }
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private void endTag() {
    if (inTag) {
      out.append('>').append(LINE);
      inTag = false;
    }
  }

  private void escape(String text, boolean attribute) {
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      switch (c) {
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '&' -> out.append("&amp;");
        case '"' -> out.append(attribute ? "&quot;" : "\"");
        case '\r' -> out.append("&#13;");
        case '\n', '\t' -> appendBlank(c, attribute);
        default -> out.appendCodePoint(isXml(c) ? c : 0xFFFD);
      }
    }
  }

  private void appendBlank(int c, boolean attribute) {
    if (attribute) { // a reader would turn it into a blank
      out.append("&#").append(c).append(';');
    } else {
      out.append((char) c);
    }
  }

  /// XML 1.0 section 2.2, Char.
  private static boolean isXml(int c) {
    return c >= 0x20 && c <= 0xD7FF || c >= 0xE000 && c <= 0xFFFD || c >= 0x10000;
  }
}
