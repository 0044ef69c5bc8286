// What the selector of a patch picks from a document.
package tucket.protocol.xcap;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tucket.protocol.Malformed;
import tucket.protocol.xcap.NodeSelector.Match;

/// The selectors of RFC 5261 section 4.1, of which the steps of elements are those of XCAP: names and `*`, by position, by an attribute. At the end may
/// stand an attribute, a namespace declaration, or a node that is no element. `id()` and comparisons with text are not understood.
final class PatchSelector {
  /// What was picked; its element is the one that it is of, or in.
  sealed interface Target {
    record Element(XmlSpan element) implements Target {}

    record Attribute(XmlSpan element, XmlSpan.Attribute attribute) implements Target {}

    /// A declaration that the element itself has.
    record Namespace(XmlSpan element, String prefix) implements Target {}

    record Node(XmlSpan parent, XmlNode node) implements Target {}
  }

  private static final Pattern NODE = Pattern.compile(
      "(.+)/(text|comment|processing-instruction)\\((?:\"([^\"]*)\"|'([^']*)')?\\)(?:\\[(\\d{1,9})])?");
  private static final Pattern NAMESPACE = Pattern.compile("(.+)/namespace::([^/\\[\\]:]+)");

  private PatchSelector() {}

  /// Throws [Malformed] where it picks nothing or several, or is not understood.
  ///
  /// @param bindings of the patch: prefix to namespace, the empty prefix for names without one (RFC 5261 section 4.2.1)
  static Target pick(String selector, Map<String, String> bindings, XmlTree tree) {
    String path = selector.strip();
    path = path.startsWith("/") ? path.substring(1) : path;
    Matcher declared = NAMESPACE.matcher(path);
    if (declared.matches()) {
      XmlSpan element = element(declared.group(1), bindings, tree);
      if (!element.declarations().containsKey(declared.group(2))) {
        throw nothing();
      }
      return new Target.Namespace(element, declared.group(2));
    }
    Matcher node = NODE.matcher(path);
    if (node.matches()) {
      return node(node, element(node.group(1), bindings, tree), tree);
    }
    NodeSelector parsed = NodeSelector.parse(path, bindings);
    XmlSpan element = element(parsed, bindings, tree);
    return switch (parsed.terminal()) {
      case NodeSelector.Terminal.Element e -> new Target.Element(element);
      case NodeSelector.Terminal.Attribute a -> new Target.Attribute(element, parsed.attribute(element).orElseThrow(PatchSelector::nothing));
      case NodeSelector.Terminal.Namespaces n -> throw nothing();
    };
  }

  private static XmlSpan element(String path, Map<String, String> bindings, XmlTree tree) {
    NodeSelector parsed = NodeSelector.parse(path, bindings);
    if (!(parsed.terminal() instanceof NodeSelector.Terminal.Element)) {
      throw nothing();
    }
    return element(parsed, bindings, tree);
  }

  private static XmlSpan element(NodeSelector parsed, Map<String, String> bindings, XmlTree tree) {
    if (parsed.element(tree, bindings.getOrDefault("", "")) instanceof Match.One(XmlSpan element)) {
      return element;
    }
    throw nothing();
  }

  private static Target node(Matcher wanted, XmlSpan parent, XmlTree tree) {
    XmlNode.Kind kind = switch (wanted.group(2)) {
      case "text" -> XmlNode.Kind.TEXT;
      case "comment" -> XmlNode.Kind.COMMENT;
      default -> XmlNode.Kind.INSTRUCTION;
    };
    Optional<String> name = Optional.ofNullable(wanted.group(3)).or(() -> Optional.ofNullable(wanted.group(4)));
    List<XmlNode> found = XmlNode.of(tree, parent).stream()
        .filter(n -> n.kind() == kind && (name.isEmpty() || target(tree, n).equals(name.get()))).toList();
    Optional<Integer> position = Optional.ofNullable(wanted.group(5)).map(Integer::parseInt);
    if (position.isEmpty() ? found.size() != 1 : position.get() < 1 || position.get() > found.size()) {
      throw nothing();
    }
    return new Target.Node(parent, found.get(position.orElse(1) - 1));
  }

  private static String target(XmlTree tree, XmlNode instruction) {
    return tree.text(instruction.start() + 2, instruction.end() - 2).split("\\s", 2)[0];
  }

  private static Malformed nothing() {
    return new Malformed("patch that selects nothing or several, or by a selector that is not understood");
  }
}
