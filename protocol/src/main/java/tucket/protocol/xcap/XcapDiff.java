// What has become of XCAP resources.
package tucket.protocol.xcap;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tucket.protocol.Malformed;
import tucket.protocol.document.XmlWriter;

/// A document of the type application/xcap-diff+xml (RFC 5874): which documents have which entity tags now and how they came to them, and what nodes hold.
///
/// @param root the XCAP root that selectors are below of
public record XcapDiff(String root, List<Change> changes) {
  public static final String TYPE = "application/xcap-diff+xml";

  private static final String NAMESPACE = "urn:ietf:params:xml:ns:xcap-diff";
  private static final int MAX_BYTES = 8 << 20;
  private static final int MOST_PATCHES = 1000;

  /// What has become of one resource; `selector` is relative to the root, escaped.
  public sealed interface Change {
    String selector();
  }

  /// A document: only `after` where it is there or new, both where it has changed, only `before` where it was removed.
  ///
  /// @param patches what makes the one version of the other, none where only the entity tag is another; empty where that is not told, and the document
  ///     has to be fetched
  public record Document(String selector, Optional<String> before, Optional<String> after, Optional<List<XmlPatch>> patches) implements Change {
    public Document(String selector, Optional<String> before, Optional<String> after) {
      this(selector, before, after, Optional.empty());
    }
  }

  /// An element as it is; empty where it is not there any more. `bindings` are those around it.
  public record Element(String selector, Optional<String> source, Map<String, String> bindings) implements Change {
    public Element {
      bindings = Collections.unmodifiableMap(new LinkedHashMap<>(bindings)); // in their order
    }
  }

  /// The value of an attribute; empty where it is not there any more.
  public record Attribute(String selector, Optional<String> value) implements Change {}

  public XcapDiff {
    changes = List.copyOf(changes);
  }

  public byte[] toXml() {
    String prefix = prefix();
    StringBuilder out = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n");
    out.append('<').append(prefix).append(":xcap-diff xmlns:").append(prefix).append("=\"").append(NAMESPACE).append("\" xcap-root=\"");
    out.append(escaped(root.endsWith("/") ? root : root + "/")).append('"');
    if (changes.isEmpty()) {
      return out.append("/>\r\n").toString().getBytes(StandardCharsets.UTF_8);
    }
    out.append(">\r\n");
    for (Change change : changes) {
      switch (change) {
        case Document document -> write(document, prefix, out);
        case Element element -> {
          open("element", element, prefix, out);
          element.bindings.forEach((p, uri) -> out.append(p.isEmpty() ? " xmlns=\"" : " xmlns:" + p + "=\"").append(escaped(uri)).append('"'));
          close("element", element.source, prefix, out);
        }
        case Attribute attribute -> {
          open("attribute", attribute, prefix, out);
          close("attribute", attribute.value.map(XcapDiff::escaped), prefix, out);
        }
      }
    }
    return out.append("</").append(prefix).append(":xcap-diff>\r\n").toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void open(String name, Change change, String prefix, StringBuilder out) {
    out.append('<').append(prefix).append(':').append(name).append(" sel=\"").append(escaped(change.selector())).append('"');
  }

  private static void close(String name, Optional<String> content, String prefix, StringBuilder out) {
    out.append(content.map(c -> ">" + c + "</" + prefix + ":" + name + ">").orElse(" exists=\"0\"/>")).append("\r\n");
  }

  private static void write(Document document, String prefix, StringBuilder out) {
    open("document", document, prefix, out);
    document.after.ifPresent(tag -> out.append(" new-etag=\"").append(escaped(tag)).append('"'));
    document.before.ifPresent(tag -> out.append(" previous-etag=\"").append(escaped(tag)).append('"'));
    if (document.patches.isEmpty()) {
      out.append("/>\r\n");
      return;
    }
    out.append('>');
    if (document.patches.get().isEmpty()) {
      out.append('<').append(prefix).append(":body-not-changed/>");
    }
    document.patches.get().forEach(patch -> patch.write(out, prefix));
    out.append("</").append(prefix).append(":document>\r\n");
  }

  // One that means nothing in what is quoted.
  private String prefix() {
    Set<String> taken = new HashSet<>();
    for (Change change : changes) {
      switch (change) {
        case Document document -> document.patches.orElse(List.of()).forEach(patch -> taken.addAll(patch.bindings().keySet()));
        case Element element -> taken.addAll(element.bindings.keySet());
        case Attribute attribute -> {}
      }
    }
    String prefix = "d";
    for (int i = 1; taken.contains(prefix); i++) {
      prefix = "d" + i;
    }
    return prefix;
  }

  private static String escaped(String text) {
    return XmlPatch.escaped(text);
  }

  /// Reads what became of documents, in its order; nodes, and what is not known, are passed over. Throws [Malformed].
  public static XcapDiff parse(byte[] xml) {
    if (xml.length > MAX_BYTES) {
      throw new Malformed("xcap-diff longer than " + MAX_BYTES + " bytes");
    }
    XmlTree tree = XmlTree.parse(XmlTree.utf8(xml).orElseThrow(() -> new Malformed("xcap-diff that is not UTF-8")));
    XmlSpan root = tree.root();
    if (!root.is(NAMESPACE, "xcap-diff")) {
      throw new Malformed("xcap-diff with another root element");
    }
    List<Change> changes = new ArrayList<>();
    for (XmlSpan one : root.children("document")) {
      String selector = one.value("sel").orElseThrow(() -> new Malformed("xcap-diff with a document without sel"));
      changes.add(new Document(selector, one.value("previous-etag"), one.value("new-etag"), patches(tree, one)));
    }
    return new XcapDiff(root.value("xcap-root").orElse(""), changes);
  }

  private static Optional<List<XmlPatch>> patches(XmlTree tree, XmlSpan document) {
    if (document.child("body-not-changed").isPresent()) {
      return Optional.of(List.of());
    }
    List<XmlSpan> operations = document.children().stream().filter(c -> c.namespace().equals(NAMESPACE)).toList();
    if (operations.isEmpty()) {
      return Optional.empty();
    }
    if (operations.size() > MOST_PATCHES) {
      throw new Malformed("xcap-diff with more than " + MOST_PATCHES + " patches of one document");
    }
    return Optional.of(operations.stream().map(one -> XmlPatch.read(tree, one)).toList());
  }

  /// A list of selectors, as a SUBSCRIBE names what it wants (RFC 5875 section 4.4).
  public static byte[] wanted(List<String> selectors) {
    XmlWriter out = new XmlWriter().open("resource-lists").attribute("xmlns", "urn:ietf:params:xml:ns:resource-lists").open("list");
    selectors.forEach(selector -> out.open("entry").attribute("uri", selector).close());
    return out.toBytes();
  }
}
