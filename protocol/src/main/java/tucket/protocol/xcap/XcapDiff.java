// What has become of XCAP resources.
package tucket.protocol.xcap;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tucket.protocol.Malformed;
import tucket.protocol.document.XmlElement;
import tucket.protocol.document.XmlWriter;

/// A document of the type application/xcap-diff+xml (RFC 5874) without patches: which documents have which entity tags now, and what nodes hold.
///
/// @param root the XCAP root that selectors are below of
public record XcapDiff(String root, List<Change> changes) {
  public static final String TYPE = "application/xcap-diff+xml";

  private static final String NAMESPACE = "urn:ietf:params:xml:ns:xcap-diff";
  private static final int MAX_BYTES = 8 << 20;

  /// What has become of one resource; `selector` is relative to the root, escaped.
  public sealed interface Change {
    String selector();
  }

  /// A document: only `after` where it is there or new, both where it has changed, only `before` where it was removed.
  public record Document(String selector, Optional<String> before, Optional<String> after) implements Change {}

  /// An element as it is; empty where it is not there any more. `bindings` are those around it.
  public record Element(String selector, Optional<String> source, Map<String, String> bindings) implements Change {
    public Element {
      bindings = Map.copyOf(bindings);
    }
  }

  /// The value of an attribute; empty where it is not there any more.
  public record Attribute(String selector, Optional<String> value) implements Change {}

  public XcapDiff {
    changes = List.copyOf(changes);
  }

  public byte[] toXml() {
    StringBuilder out = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n");
    out.append("<d:xcap-diff xmlns:d=\"").append(NAMESPACE).append("\" xcap-root=\"").append(escaped(root.endsWith("/") ? root : root + "/")).append('"');
    if (changes.isEmpty()) {
      return out.append("/>\r\n").toString().getBytes(StandardCharsets.UTF_8);
    }
    out.append(">\r\n");
    for (Change change : changes) {
      switch (change) {
        case Document document -> {
          out.append("<d:document sel=\"").append(escaped(document.selector)).append('"');
          document.after.ifPresent(tag -> out.append(" new-etag=\"").append(escaped(tag)).append('"'));
          document.before.ifPresent(tag -> out.append(" previous-etag=\"").append(escaped(tag)).append('"'));
          out.append("/>\r\n");
        }
        case Element element -> {
          out.append("<d:element sel=\"").append(escaped(element.selector)).append('"');
          element.bindings.forEach((prefix, uri) -> {
            if (!prefix.equals("d")) { // ours; an element that uses it declares it itself, or is told without content
              out.append(prefix.isEmpty() ? " xmlns=\"" : " xmlns:" + prefix + "=\"").append(escaped(uri)).append('"');
            }
          });
          boolean tellable = !element.bindings.containsKey("d");
          out.append(element.source.isEmpty() ? " exists=\"0\"/>" : tellable ? ">" + element.source.get() + "</d:element>" : "/>").append("\r\n");
        }
        case Attribute attribute -> {
          out.append("<d:attribute sel=\"").append(escaped(attribute.selector)).append('"');
          out.append(attribute.value.isEmpty() ? " exists=\"0\"/>" : ">" + escaped(attribute.value.get()) + "</d:attribute>").append("\r\n");
        }
      }
    }
    return out.append("</d:xcap-diff>\r\n").toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
  }

  /// Reads what became of documents; nodes and patches are passed over. Throws [Malformed].
  public static XcapDiff parse(byte[] xml) {
    XmlElement root = XmlElement.parse(xml, "xcap-diff", MAX_BYTES);
    List<Change> changes = new ArrayList<>();
    for (XmlElement one : root.children("document")) {
      changes.add(new Document(one.required("sel"), one.attribute("previous-etag"), one.attribute("new-etag")));
    }
    return new XcapDiff(root.attribute("xcap-root").orElse(""), changes);
  }

  /// A list of selectors, as a SUBSCRIBE names what it wants (RFC 5875 section 4.4).
  public static byte[] wanted(List<String> selectors) {
    XmlWriter out = new XmlWriter().open("resource-lists").attribute("xmlns", "urn:ietf:params:xml:ns:resource-lists").open("list");
    selectors.forEach(selector -> out.open("entry").attribute("uri", selector).close());
    return out.toBytes();
  }
}
