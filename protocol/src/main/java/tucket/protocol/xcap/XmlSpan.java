// An element in its place in the text.
package tucket.protocol.xcap;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.RandomAccess;
import java.util.function.BiPredicate;

/// One element of an [XmlTree]. Places are indices of characters: `start` is that of its `<`, `end` the one behind its last `>`; its content lies
/// from `contentStart` to before `contentEnd`; of an empty-element tag both are `end`. Made when it is asked for: two may stand for the same element, and
/// then have the same `start`. Immutable.
public final class XmlSpan {
  /// An attribute that is no namespace declaration. `literal...` enclose the value with its quotes, as written; `start` is the first of the white
  /// space in front of the name; these places are counted from the start of the element. `value` is normalised (XML 1.0 section 3.3.3).
  public record Attribute(String prefix, String namespace, String local, String value, int start, int literalStart, int literalEnd) {}

  private final Optional<XmlSpan> parent;
  private final XmlElement element;
  private final int start;
  private final int index;

  /// @param index which of the children of its parent it is, from 0
  XmlSpan(Optional<XmlSpan> parent, XmlElement element, int start, int index) {
    this.parent = parent;
    this.element = element;
    this.start = start;
    this.index = index;
  }

  XmlElement element() {
    return element;
  }

  int index() {
    return index;
  }

  XmlSpan child(int n) {
    return new XmlSpan(Optional.of(this), element.children().element(n), start + element.children().start(n), n);
  }

  public Optional<XmlSpan> parent() {
    return parent;
  }

  /// Empty text where there is none.
  public String prefix() {
    return element.prefix();
  }

  public String local() {
    return element.local();
  }

  /// Empty text for none.
  public String namespace() {
    return element.namespace();
  }

  /// The namespace declarations of this very tag: prefix (empty for the default) to namespace (empty to undo the default).
  public Map<String, String> declarations() {
    return element.declarations();
  }

  public List<Attribute> attributes() {
    return element.attributes();
  }

  /// A view.
  public List<XmlSpan> children() {
    return new Children();
  }

  private final class Children extends AbstractList<XmlSpan> implements RandomAccess {
    @Override
    public XmlSpan get(int n) {
      return child(n);
    }

    @Override
    public int size() {
      return element.children().size();
    }
  }

  /// The children that touch the stretch of the text from `from` to `to`, the next ones on both sides of them, and of the others those that are not to be
  /// spared. Takes no longer for many children that are.
  ///
  /// @param spare is asked with namespace and name
  public List<XmlSpan> childrenNear(int from, int to, BiPredicate<String, String> spare) {
    return element.children().near(clamped(from), clamped(to), spare).stream().map(this::child).toList();
  }

  private int clamped(int place) {
    return Math.clamp((long) place - start, 0, element.length());
  }

  /// The children with a plain attribute of that value. Takes hardly longer for many others.
  public List<XmlSpan> childrenWith(String attribute, String value) {
    return childrenWith("", attribute, value);
  }

  List<XmlSpan> childrenWith(String ns, String attribute, String value) {
    return element.children().having(ns, attribute, value).stream().map(this::child).toList();
  }

  public int start() {
    return start;
  }

  int nameEnd() {
    return start + element.nameEnd();
  }

  public int contentStart() {
    return start + element.contentStart();
  }

  public int contentEnd() {
    return start + element.contentEnd();
  }

  public int end() {
    return start + element.length();
  }

  /// Whether it is written as `<name/>`.
  boolean isEmptyTag() {
    return element.isEmptyTag();
  }

  public boolean is(String ns, String name) {
    return element.is(ns, name);
  }

  /// The attribute of that expanded name.
  public Optional<Attribute> attribute(String ns, String name) {
    return element.attribute(ns, name);
  }

  /// The value of the plain attribute of that name.
  public Optional<String> value(String name) {
    return attribute("", name).map(Attribute::value);
  }

  /// The first child of that name in this element's namespace.
  public Optional<XmlSpan> child(String name) {
    int found = element.children().next(0, namespace(), name);
    return found < 0 ? Optional.empty() : Optional.of(child(found));
  }

  /// The children of that name in this element's namespace.
  public List<XmlSpan> children(String name) {
    List<XmlSpan> found = new ArrayList<>();
    for (int i = element.children().next(0, namespace(), name); i >= 0; i = element.children().next(i + 1, namespace(), name)) {
      found.add(child(i));
    }
    return found;
  }

  @Override
  public String toString() {
    return "<" + local() + "> at " + start;
  }
}
