// What a node selector picks from a document.
package tucket.protocol.xcap;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tucket.protocol.Malformed;

/// The part of an XCAP URI behind `~~` (RFC 4825 section 6.3): steps that each pick one element, and perhaps an attribute or the namespace
/// bindings of the last.
///
/// @param terminal what is picked of the element
public record NodeSelector(List<Step> steps, Terminal terminal) {
  /// A name as it is compared: `namespace` is empty text for "the default document namespace of the usage" in steps, for "none" in attributes.
  public record Name(String namespace, String local) {}

  /// One step. An empty `name` is the wildcard. `understood` is false for an extension-selector, which picks nothing.
  ///
  /// @param source the step as it stood, decoded
  public record Step(Optional<Name> name, Optional<Integer> position, Optional<Test> test, boolean understood, String source) {}

  /// `[@name="value"]`.
  public record Test(Name name, String value) {}

  /// The end of a selector.
  public sealed interface Terminal {
    /// The element itself.
    record Element() implements Terminal {}

    /// One of its attributes. `prefix` is the one of the selector, empty where there is none.
    record Attribute(String prefix, Name name) implements Terminal {}

    /// The bindings in its scope: `namespace::*`.
    record Namespaces() implements Terminal {}
  }

  /// What a selector picks: exactly one thing is what is wanted.
  public sealed interface Match {
    record One(XmlSpan element) implements Match {}

    record None() implements Match {}

    record Many() implements Match {}
  }

  public NodeSelector {
    steps = List.copyOf(steps);
  }

  /// Reads a decoded selector.
  ///
  /// @param bindings of the query: prefix to namespace
  /// Throws [Malformed] where a prefix is bound to nothing: that is a 400 (RFC 4825 section 8). What breaks the grammar is an
  /// extension-selector that nobody understands.
  public static NodeSelector parse(String decoded, Map<String, String> bindings) {
    return new SelectorReader(decoded, bindings).read();
  }

  /// Whether every step is one that we know; else the answer is 404.
  public boolean understood() {
    return steps.stream().allMatch(Step::understood);
  }

  /// Picks the element, of which [#terminal] may pick something.
  ///
  /// @param standard the default document namespace
  public Match element(XmlTree tree, String standard) {
    return element(tree, standard, steps.size());
  }

  /// Picks the element that the first `many` steps lead to.
  Match element(XmlTree tree, String standard, int many) {
    Optional<XmlSpan> context = Optional.empty();
    for (int i = 0; i < many; i++) {
      List<XmlSpan> found = context.isEmpty() ? pick(steps.get(i), List.of(tree.root()), standard) : pick(steps.get(i), context.get(), standard);
      if (found.size() != 1) {
        return found.isEmpty() ? new Match.None() : new Match.Many();
      }
      context = Optional.of(found.getFirst());
    }
    return new Match.One(context.orElseGet(tree::root));
  }

  /// How many steps lead to exactly one element each, beginning with the first.
  int reach(XmlTree tree, String standard) {
    int many = 0;
    while (many < steps.size() && element(tree, standard, many + 1) instanceof Match.One) {
      many++;
    }
    return many;
  }

  /// The attribute that is picked of that element.
  public Optional<XmlSpan.Attribute> attribute(XmlSpan element) {
    return terminal instanceof Terminal.Attribute(String prefix, Name name) ? element.attribute(name.namespace(), name.local()) : Optional.empty();
  }

  Step last() {
    return steps.getLast();
  }

  /// At most two of the elements that fit, in document order.
  static List<XmlSpan> pick(Step step, List<XmlSpan> among, String standard) {
    List<XmlSpan> found = new ArrayList<>(2);
    if (!step.understood) {
      return found;
    }
    int nth = 0;
    for (XmlSpan one : among) {
      if (!named(step, one, standard)) {
        continue;
      }
      nth++;
      if (step.position.isPresent() && step.position.get() != nth) {
        continue;
      }
      if (step.test.isEmpty() || passes(step.test.get(), one)) {
        found.add(one);
        if (found.size() == 2) {
          return found;
        }
      }
    }
    return found;
  }

  /// The same of the children of an element, without looking at all of them.
  static List<XmlSpan> pick(Step step, XmlSpan parent, String standard) {
    if (!step.understood) {
      return List.of();
    }
    if (step.position.isPresent()) {
      Optional<XmlSpan> there = nth(step, step.position.get(), parent, standard);
      return there.filter(one -> step.test.isEmpty() || passes(step.test.get(), one)).map(List::of).orElse(List.of());
    }
    if (step.test.isPresent()) {
      Test test = step.test.get();
      return parent.childrenWith(test.name.namespace, test.name.local, test.value).stream().filter(one -> named(step, one, standard)).limit(2).toList();
    }
    Optional<XmlSpan> first = nth(step, 1, parent, standard);
    Optional<XmlSpan> second = nth(step, 2, parent, standard);
    return Stream.of(first, second).flatMap(Optional::stream).toList();
  }

  /// The child that is the `n`th of those that the step names.
  static Optional<XmlSpan> nth(Step step, int n, XmlSpan parent, String standard) {
    XmlSiblings children = parent.element().children();
    int found =
        step.name.isEmpty() ? (n <= children.size() ? n - 1 : -1) : children.nth(n, namespace(step.name.get(), standard), step.name.get().local);
    return found < 0 ? Optional.empty() : Optional.of(parent.child(found));
  }

  private static boolean named(Step step, XmlSpan element, String standard) {
    return step.name.isEmpty() || element.is(namespace(step.name.get(), standard), step.name.get().local);
  }

  private static String namespace(Name name, String standard) {
    return name.namespace.isEmpty() ? standard : name.namespace;
  }

  private static boolean passes(Test test, XmlSpan element) {
    return element.attribute(test.name.namespace, test.name.local).filter(a -> a.value().equals(test.value)).isPresent();
  }

  /// The first `many` steps, escaped for a URI.
  public String escaped(int many) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < many; i++) {
      out.append(i == 0 ? "" : "/").append(XcapUri.escape(steps.get(i).source));
    }
    return out.toString();
  }
}
