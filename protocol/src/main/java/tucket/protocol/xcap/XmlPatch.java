// One change of a document that can be sent.
package tucket.protocol.xcap;

import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tucket.protocol.Malformed;
import tucket.protocol.xcap.PatchSelector.Target;

/// A patch operation of RFC 5261 section 4: of elements, attributes, prefixed namespace declarations, text, comments and processing instructions.
///
/// @param selector what is replaced, removed, or added to
/// @param type of an addition: `@name` for an attribute, `namespace::prefix` for a declaration, empty text for nodes
/// @param position of nodes that are added, or of white space that goes with what is removed: `prepend`, `before`, `after`, `both`; empty text for none
/// @param content what comes, as it stands in XML: nodes, or the value of an attribute or a declaration as text
/// @param bindings what is bound around the content and the selector, the empty prefix for the default namespace
public record XmlPatch(Kind kind, String selector, String type, String position, String content, Map<String, String> bindings) {
  private static final Set<String> ADDED = Set.of("", "prepend", "before", "after");
  private static final Set<String> REMOVED = Set.of("", "before", "after", "both");
  private static final String NAMESPACE = "namespace::";

  /// The operations.
  public enum Kind {
    ADD("add"),
    REPLACE("replace"),
    REMOVE("remove");

    private final String element;

    Kind(String element) {
      this.element = element;
    }

    String element() {
      return element;
    }
  }

  public XmlPatch {
    bindings = Collections.unmodifiableMap(new LinkedHashMap<>(bindings)); // in their order
    if (!(kind == Kind.ADD ? ADDED : kind == Kind.REMOVE ? REMOVED : Set.of("")).contains(position)) {
      throw new Malformed("patch with an unknown pos or ws");
    }
  }

  static XmlPatch nodes(String selector, String position, String content, Map<String, String> bindings) {
    return new XmlPatch(Kind.ADD, selector, "", position, content, bindings);
  }

  static XmlPatch replace(String selector, String content, Map<String, String> bindings) {
    return new XmlPatch(Kind.REPLACE, selector, "", "", content, bindings);
  }

  static XmlPatch remove(String selector) {
    return new XmlPatch(Kind.REMOVE, selector, "", "", "", Map.of());
  }

  /// About how many characters it takes to send it.
  public int weight() {
    return 30 + selector.length() + type.length() + content.length() + bindings.values().stream().mapToInt(uri -> uri.length() + 12).sum();
  }

  /// As it stands in a document whose patches have that prefix, which must be none of the bindings.
  void write(StringBuilder out, String prefix) {
    out.append('<').append(prefix).append(':').append(kind.element).append(" sel=\"").append(escaped(selector)).append('"');
    if (!type.isEmpty()) {
      out.append(" type=\"").append(escaped(type)).append('"');
    }
    if (!position.isEmpty()) {
      out.append(kind == Kind.REMOVE ? " ws=\"" : " pos=\"").append(position).append('"');
    }
    bindings.forEach((p, uri) -> out.append(p.isEmpty() ? " xmlns=\"" : " xmlns:" + p + "=\"").append(escaped(uri)).append('"'));
    if (content.isEmpty()) {
      out.append("/>");
    } else {
      out.append('>').append(content).append("</").append(prefix).append(':').append(kind.element).append('>');
    }
  }

  /// An operation as it stands in such a document; throws [Malformed].
  static XmlPatch read(XmlTree tree, XmlSpan element) {
    Kind kind = switch (element.local()) {
      case "add" -> Kind.ADD;
      case "replace" -> Kind.REPLACE;
      case "remove" -> Kind.REMOVE;
      default -> throw new Malformed("patch operation that is not known");
    };
    String selector = element.value("sel").orElseThrow(() -> new Malformed("patch without sel"));
    String position = element.value(kind == Kind.REMOVE ? "ws" : "pos").orElse("");
    String content = tree.text(element.contentStart(), element.contentEnd());
    return new XmlPatch(kind, selector, element.value("type").orElse(""), position, content, XmlTree.bindings(element));
  }

  /// The document after this operation. Throws [Malformed] where it can't be applied to it.
  public XmlTree apply(XmlTree to) {
    Target target = PatchSelector.pick(selector, bindings, to);
    return XmlTree.parse(switch (kind) {
      case ADD -> added(to, target);
      case REPLACE -> replaced(to, target);
      case REMOVE -> removed(to, target);
    });
  }

  /// One after the other (section 4: each is applied to what the one before has made).
  public static XmlTree applied(List<XmlPatch> patches, XmlTree to) {
    XmlTree now = to;
    for (XmlPatch patch : patches) {
      now = patch.apply(now);
    }
    return now;
  }

  // ---- section 4.3

  private String added(XmlTree to, Target target) {
    if (!type.isEmpty()) {
      if (!(target instanceof Target.Element(XmlSpan element))) {
        throw misplaced();
      }
      String name = type.startsWith("@") ? type.substring(1) : type.startsWith(NAMESPACE) ? "xmlns:" + type.substring(NAMESPACE.length()) : "";
      if (name.isEmpty() || element.attribute("", name).isPresent() || !meansTheSame(name, element)) {
        throw misplaced();
      }
      return to.cut(element.nameEnd(), element.nameEnd(), " " + name + "=\"" + value() + "\"");
    }
    return switch (target) {
      case Target.Element(XmlSpan element) -> addedAt(to, element);
      case Target.Node(XmlSpan parent, XmlNode node) when position.equals("before") || position.equals("after") -> {
        int at = position.equals("before") ? node.start() : node.end();
        yield to.cut(at, at, placed(parent));
      }
      default -> throw misplaced();
    };
  }

  // Of an attribute with a prefix.
  private boolean meansTheSame(String name, XmlSpan element) {
    int colon = name.indexOf(':');
    String prefix = colon < 0 ? "xml" : name.substring(0, colon);
    return prefix.equals("xml") || prefix.equals("xmlns") || XmlTree.bindings(element).getOrDefault(prefix, "").equals(bindings.get(prefix));
  }

  private String addedAt(XmlTree to, XmlSpan element) {
    boolean beside = position.equals("before") || position.equals("after");
    if (beside) {
      XmlSpan parent = element.parent().orElseThrow(XmlPatch::misplaced); // a document has one root
      int at = position.equals("before") ? element.start() : element.end();
      return to.cut(at, at, placed(parent));
    }
    if (element.isEmptyTag()) {
      String name = element.prefix().isEmpty() ? element.local() : element.prefix() + ":" + element.local();
      return to.cut(element.end() - 2, element.end(), ">" + placed(element) + "</" + name + ">");
    }
    int at = position.equals("prepend") ? element.contentStart() : element.contentEnd();
    return to.cut(at, at, placed(element));
  }

  // ---- section 4.4

  private String replaced(XmlTree to, Target target) {
    return switch (target) {
      case Target.Element(XmlSpan element) -> {
        String trimmed = content.strip(); // section 4.4: one element
        XmlTree.fragment(trimmed, bindings);
        yield to.cut(element.start(), element.end(), placed(element.parent().map(XmlTree::bindings).orElse(Map.of()), trimmed));
      }
      case Target.Attribute(XmlSpan element, XmlSpan.Attribute there) ->
          to.cut(element.start() + there.literalStart(), element.start() + there.literalEnd(), "\"" + value() + "\"");
      case Target.Namespace(XmlSpan element, String prefix) -> declared(to, element, prefix, "xmlns:" + prefix + "=\"" + value() + "\"");
      case Target.Node(XmlSpan parent, XmlNode node) -> {
        boolean empties = node.kind() == XmlNode.Kind.TEXT && content.isEmpty();
        if (!empties && kindOf(content) != node.kind()) {
          throw misplaced();
        }
        yield to.cut(node.start(), node.end(), placed(parent));
      }
    };
  }

  private static XmlNode.Kind kindOf(String content) {
    XmlTree holder = XmlTree.fragment("<x>" + content + "</x>", Map.of());
    List<XmlNode> nodes = XmlNode.of(holder, holder.root());
    return nodes.size() == 1 ? nodes.getFirst().kind() : XmlNode.Kind.ELEMENT;
  }

  // ---- section 4.5

  private String removed(XmlTree to, Target target) {
    return switch (target) {
      case Target.Element(XmlSpan element) ->
          cutNode(to, element.parent().orElseThrow(XmlPatch::misplaced), element.start(), element.end());
      case Target.Attribute(XmlSpan element, XmlSpan.Attribute there) -> to.cut(element.start() + there.start(), element.start() + there.literalEnd(), "");
      case Target.Namespace(XmlSpan element, String prefix) -> declared(to, element, prefix, "");
      case Target.Node(XmlSpan parent, XmlNode node) -> cutNode(to, parent, node.start(), node.end());
    };
  }

  private String cutNode(XmlTree to, XmlSpan parent, int start, int end) {
    List<XmlNode> nodes = XmlNode.of(to, parent);
    int from = start;
    int till = end;
    for (XmlNode node : nodes) {
      boolean blank = node.kind() == XmlNode.Kind.TEXT && to.text(node.start(), node.end()).isBlank();
      if (blank && node.end() == start && !position.equals("after") && !position.isEmpty()) {
        from = node.start();
      }
      if (blank && node.start() == end && !position.equals("before") && !position.isEmpty()) {
        till = node.end();
      }
    }
    boolean before = position.equals("before") || position.equals("both");
    boolean after = position.equals("after") || position.equals("both");
    if (before && from == start || after && till == end) {
      throw new Malformed("patch that removes white space where there is none");
    }
    return to.cut(from, till, "");
  }

  // The declaration stands in the start tag, which was read: so it is found.
  private static String declared(XmlTree to, XmlSpan element, String prefix, String by) {
    String in = to.text();
    int at = element.nameEnd();
    while (true) {
      int name = blanks(in, at);
      int equals = in.indexOf('=', name);
      int end = XmlScanner.literal(in, blanks(in, equals + 1));
      if (in.substring(name, equals).strip().equals("xmlns:" + prefix)) {
        return to.cut(by.isEmpty() ? at : name, end, by);
      }
      at = end;
    }
  }

  private static int blanks(String in, int from) {
    int at = from;
    while (XmlScanner.isBlank(in.charAt(at))) {
      at++;
    }
    return at;
  }

  // ---- content

  /// The value of an attribute or declaration, as it stands between double quotes.
  private String value() {
    XmlTree holder = XmlTree.fragment("<x>" + content + "</x>", Map.of());
    if (!holder.root().children().isEmpty()) {
      throw new Malformed("patch of a value with elements in it");
    }
    return escaped(holder.raw(holder.root()));
  }

  private String placed(XmlSpan in) {
    return placed(XmlTree.bindings(in), content);
  }

  /// The nodes with declarations of those prefixes that mean something else there, or nothing (section 4.2.3).
  private String placed(Map<String, String> there, String nodes) {
    String open = "<x>";
    XmlTree holder = XmlTree.fragment(open + nodes + "</x>", bindings);
    StringBuilder out = new StringBuilder(nodes.length() + 100);
    int at = 0;
    for (XmlSpan child : holder.root().children()) {
      Set<String> used = new LinkedHashSet<>();
      use(child, Set.of(), used);
      out.append(nodes, at, child.nameEnd() - open.length());
      at = child.nameEnd() - open.length();
      for (String prefix : used) {
        String wanted = bindings.getOrDefault(prefix, "");
        if (!wanted.equals(there.getOrDefault(prefix, ""))) {
          out.append(prefix.isEmpty() ? " xmlns=\"" : " xmlns:" + prefix + "=\"").append(escaped(wanted)).append('"');
        }
      }
    }
    return out.append(nodes, at, nodes.length()).toString();
  }

  /// The prefixes that an element and what is in it leave to be bound around them.
  private static void use(XmlSpan element, Set<String> declared, Set<String> into) { // depth is bounded by the scanner
    Set<String> known = new HashSet<>(declared);
    known.addAll(element.declarations().keySet());
    known.add("xml");
    if (!known.contains(element.prefix())) {
      into.add(element.prefix());
    }
    for (XmlSpan.Attribute attribute : element.attributes()) {
      if (!attribute.prefix().isEmpty() && !known.contains(attribute.prefix())) { // a name without prefix has no namespace
        into.add(attribute.prefix());
      }
    }
    element.children().forEach(child -> use(child, known, into));
  }

  private static Malformed misplaced() {
    return new Malformed("patch of something that is not possible there");
  }

  /// For text and for values in double quotes; white space of values as references, or it would be made blanks (XML 1.0 section 3.3.3).
  static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;")
        .replace("\t", "&#9;").replace("\n", "&#10;").replace("\r", "&#13;");
  }
}
