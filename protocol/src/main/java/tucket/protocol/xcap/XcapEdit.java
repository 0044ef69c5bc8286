// Reads, writes and removes elements and attributes of a document.
package tucket.protocol.xcap;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import tucket.protocol.Malformed;
import tucket.protocol.xcap.NodeSelector.Match;
import tucket.protocol.xcap.NodeSelector.Step;
import tucket.protocol.xcap.NodeSelector.Terminal;
import tucket.protocol.xcap.XcapError.Kind;

/// The editing rules of RFC 4825 sections 7.4 to 7.10 and 8.2 to 8.4, for one document of a usage whose default document namespace is
/// `standard`. What the usage demands of the result (schema, constraints) is judged elsewhere. Pure.
public final class XcapEdit {
  public static final String ELEMENT = "application/xcap-el+xml";
  public static final String ATTRIBUTE = "application/xcap-att+xml";
  public static final String NAMESPACES = "application/xcap-ns+xml";

  private final String standard;

  public XcapEdit(String standard) {
    this.standard = standard;
  }

  /// What came of an edit.
  public sealed interface Result {
    /// The document as it is to be. `created` tells 201 from 200. What is new in its text, or where something was taken out, lies from `from` to before
    /// `to`; all else is as it was.
    record Edited(XmlTree tree, boolean created, int from, int to) implements Result {}

    /// 409.
    record Conflict(XcapError error) implements Result {}

    /// 404.
    record NotFound() implements Result {}
  }

  /// What a GET of a node answers: the type and the text. Empty where the selector does not pick exactly one thing.
  public Optional<Node> get(XmlTree tree, NodeSelector selector) {
    if (!(selector.element(tree, standard) instanceof Match.One(XmlSpan element))) {
      return Optional.empty();
    }
    return switch (selector.terminal()) {
      case Terminal.Element e -> Optional.of(new Node(ELEMENT, tree.source(element)));
      case Terminal.Attribute a ->
          selector.attribute(element).map(found -> new Node(ATTRIBUTE, literal(tree, element, found)));
      case Terminal.Namespaces n -> Optional.of(new Node(NAMESPACES, bindings(element)));
    };
  }

  private static String literal(XmlTree tree, XmlSpan element, XmlSpan.Attribute attribute) {
    return tree.text(element.start() + attribute.literalStart(), element.start() + attribute.literalEnd());
  }

  /// A part of a document as it is sent.
  public record Node(String type, String text) {}

  // RFC 4825 section 10
  private static String bindings(XmlSpan element) {
    StringBuilder out = new StringBuilder("<");
    out.append(element.prefix().isEmpty() ? "" : element.prefix() + ":").append(element.local());
    XmlTree.bindings(element).forEach((prefix, uri) -> {
      out.append(prefix.isEmpty() ? " xmlns=\"" : " xmlns:" + prefix + "=\"");
      out.append(uri.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;")).append('"');
    });
    return out.append("/>").toString();
  }

  /// PUT of an element or an attribute, whichever the selector names.
  public Result put(XmlTree tree, NodeSelector selector, byte[] body) {
    if (!selector.understood()) {
      return new Result.NotFound();
    }
    Optional<String> text = XmlTree.utf8(body);
    if (text.isEmpty()) {
      return conflict(Kind.NOT_UTF_8, "the body is not UTF-8");
    }
    return switch (selector.terminal()) {
      case Terminal.Element e -> putElement(tree, selector, text.get().strip());
      case Terminal.Attribute a -> putAttribute(tree, selector, a, text.get().strip());
      case Terminal.Namespaces n -> throw new IllegalArgumentException("namespace bindings can't be written"); // a 405, before this
    };
  }

  private Result putElement(XmlTree tree, NodeSelector selector, String text) {
    boolean root = selector.steps().size() == 1;
    Match parent = root ? new Match.One(tree.root()) : selector.element(tree, standard, selector.steps().size() - 1);
    if (!(parent instanceof Match.One(XmlSpan in))) {
      return noParent(tree, selector);
    }
    XmlTree body;
    try {
      body = XmlTree.fragment(text, root ? Map.of() : XmlTree.bindings(in));
    } catch (Malformed bad) {
      return conflict(Kind.NOT_XML_FRAG, String.valueOf(bad.getMessage()));
    }
    List<XmlSpan> there = root ? NodeSelector.pick(selector.last(), List.of(tree.root()), standard) : NodeSelector.pick(selector.last(), in, standard);
    if (there.size() > 1 || there.isEmpty() && root) {
      return cannotInsert();
    }
    boolean created = there.isEmpty();
    int at = created ? place(selector.last(), in, body.root()) : there.getFirst().start();
    if (at < 0) {
      return cannotInsert();
    }
    try {
      XmlTree after = created ? tree.inserted(in, at, body) : tree.replaced(there.getFirst(), body);
      at = created && in.isEmptyTag() ? in.end() - 1 : at; // <list/> becomes <list>…</list>
      return elementIsThere(after, selector, at, at + text.length(), created);
    } catch (Malformed bad) { // too deep, or too many elements together
      return conflict(Kind.NOT_XML_FRAG, String.valueOf(bad.getMessage()));
    }
  }

  // GET(PUT(x)) must be x: RFC 4825 section 8.2.3
  private Result elementIsThere(XmlTree edited, NodeSelector selector, int at, int to, boolean created) {
    boolean right = selector.element(edited, standard) instanceof Match.One(XmlSpan element) && element.start() == at;
    return right ? new Result.Edited(edited, created, at, to) : cannotInsert();
  }

  /// Where a new element goes (RFC 4825 section 8.2.3), -1 for nowhere.
  private int place(Step step, XmlSpan parent, XmlSpan body) {
    if (step.position().isEmpty()) {
      // "earliest last": right behind the last of its kind, else behind everything
      int last = parent.element().children().last(body.namespace(), body.local());
      return last < 0 ? parent.contentEnd() : parent.child(last).end();
    }
    int n = step.position().get();
    if (n == 1) { // right in front of the first, else behind everything
      return NodeSelector.nth(step, 1, parent, standard).map(XmlSpan::start).orElse(parent.contentEnd());
    }
    return NodeSelector.nth(step, n - 1, parent, standard).map(XmlSpan::end).orElse(-1); // "earliest nth"
  }

  private Result putAttribute(XmlTree tree, NodeSelector selector, Terminal.Attribute wanted, String literal) {
    if (!(selector.element(tree, standard) instanceof Match.One(XmlSpan element))) {
      return noParent(tree, selector);
    }
    try {
      if (XmlScanner.literal(literal, 0) != literal.length()) {
        return conflict(Kind.NOT_XML_ATT_VALUE, "something behind the value");
      }
    } catch (Malformed bad) {
      return conflict(Kind.NOT_XML_ATT_VALUE, String.valueOf(bad.getMessage()));
    }
    Optional<XmlSpan.Attribute> there = selector.attribute(element);
    Optional<String> name = there.isPresent() ? Optional.of("") : nameIn(element, wanted);
    if (name.isEmpty()) {
      return cannotInsert();
    }
    int behind = element.attributes().isEmpty() ? element.nameEnd() - element.start() : element.attributes().getLast().literalEnd();
    try {
      XmlTree after =
          there.isPresent()
              ? tree.retagged(element, there.get().literalStart(), there.get().literalEnd(), literal)
              : tree.retagged(element, behind, behind, " " + name.get() + "=" + literal);
      return attributeIsThere(after, selector, literal, there.isEmpty());
    } catch (Malformed bad) { // too many attributes
      return cannotInsert();
    }
  }

  private Result attributeIsThere(XmlTree edited, NodeSelector selector, String literal, boolean created) {
    if (!(selector.element(edited, standard) instanceof Match.One(XmlSpan element))) {
      return cannotInsert();
    }
    Optional<XmlSpan.Attribute> there = selector.attribute(element).filter(a -> literal(edited, element, a).equals(literal));
    return there.isPresent()
        ? new Result.Edited(edited, created, element.start() + there.get().start(), element.start() + there.get().literalEnd())
        : cannotInsert();
  }

  /// How the attribute is called in that place: its prefix in the selector need not be the one of the document.
  private static Optional<String> nameIn(XmlSpan element, Terminal.Attribute wanted) {
    String namespace = wanted.name().namespace();
    if (namespace.isEmpty()) {
      return Optional.of(wanted.name().local()).filter(name -> !name.equals("xmlns"));
    }
    Map<String, String> bindings = XmlTree.bindings(element);
    if (wanted.prefix().equals("xml") || namespace.equals(bindings.get(wanted.prefix()))) {
      return Optional.of(wanted.prefix() + ":" + wanted.name().local());
    }
    return bindings.entrySet().stream()
        .filter(e -> e.getValue().equals(namespace) && !e.getKey().isEmpty())
        .map(e -> e.getKey() + ":" + wanted.name().local())
        .findFirst();
  }

  /// DELETE of an element or an attribute.
  public Result delete(XmlTree tree, NodeSelector selector) {
    if (!(selector.element(tree, standard) instanceof Match.One(XmlSpan element))) {
      return new Result.NotFound();
    }
    if (selector.terminal() instanceof Terminal.Attribute) {
      Optional<XmlSpan.Attribute> there = selector.attribute(element);
      if (there.isEmpty()) {
        return new Result.NotFound();
      }
      int at = element.start() + there.get().start();
      return new Result.Edited(tree.retagged(element, there.get().start(), there.get().literalEnd(), ""), false, at, at);
    }
    if (element.parent().isEmpty()) {
      return conflict(Kind.SCHEMA_VALIDATION_ERROR, "a document needs its root element");
    }
    XmlTree after;
    try {
      after = tree.removed(element);
    } catch (Malformed bad) {
      return conflict(Kind.CANNOT_DELETE, "without the element there would be " + bad.getMessage());
    }
    // RFC 4825 section 7.5: the selector must select nothing then, or a repeated DELETE would take another element
    return selector.element(after, standard) instanceof Match.None
        ? new Result.Edited(after, false, element.start(), element.start())
        : conflict(Kind.CANNOT_DELETE, "the same DELETE would then hit another element");
  }

  private Result noParent(XmlTree tree, NodeSelector selector) {
    int reach = selector.reach(tree, standard);
    Optional<String> ancestor = Optional.of(reach == 0 ? "" : "/~~/" + selector.escaped(reach));
    return new Result.Conflict(XcapError.noParent("the parent element is not there, or not one alone", ancestor));
  }

  private static Result cannotInsert() {
    return conflict(Kind.CANNOT_INSERT, "a GET of this URI would not yield what was PUT");
  }

  private static Result conflict(Kind kind, String phrase) {
    return new Result.Conflict(XcapError.of(kind, phrase));
  }
}
