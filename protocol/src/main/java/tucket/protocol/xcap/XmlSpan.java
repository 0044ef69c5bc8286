// An element and its place in the text.
package tucket.protocol.xcap;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One element of an [XmlTree]. Places are indices of characters: `start` is that of its `<`, `end` the one behind its last `>`; its content lies
/// from `contentStart` to before `contentEnd`; of an empty-element tag both are `end`. Immutable once the tree is read.
public final class XmlSpan {
  /// An attribute that is no namespace declaration. `literal...` enclose the value with its quotes, as written; `start` is the first of the white
  /// space in front of the name. `value` is normalised (XML 1.0 section 3.3.3).
  public record Attribute(String prefix, String namespace, String local, String value, int start, int literalStart, int literalEnd) {}

  private final Optional<XmlSpan> parent;
  private final String prefix;
  private final String local;
  private final String namespace;
  private final Map<String, String> declarations;
  private final List<Attribute> attributes;
  private final int start;
  private final int nameEnd;
  private int contentStart;
  private int contentEnd = -1;
  private int end;
  private List<XmlSpan> children = List.of(); // grows only while the tree is read

  XmlSpan(Optional<XmlSpan> parent, String prefix, String local, String namespace, Map<String, String> declarations,
      List<Attribute> attributes, int start, int nameEnd) {
    this.parent = parent;
    this.prefix = prefix;
    this.local = local;
    this.namespace = namespace;
    this.declarations = declarations;
    this.attributes = attributes;
    this.start = start;
    this.nameEnd = nameEnd;
  }

  void tagEnds(int at, boolean empty) {
    contentStart = at;
    if (empty) {
      contentEnd = at;
      end = at;
    }
  }

  void closes(int from, int to) {
    contentEnd = from;
    end = to;
  }

  void add(XmlSpan child) {
    if (children.isEmpty()) {
      children = new ArrayList<>(4);
    }
    children.add(child);
  }

  public Optional<XmlSpan> parent() {
    return parent;
  }

  /// Empty text where there is none.
  public String prefix() {
    return prefix;
  }

  public String local() {
    return local;
  }

  /// Empty text for none.
  public String namespace() {
    return namespace;
  }

  /// The namespace declarations of this very tag: prefix (empty for the default) to namespace (empty to undo the default).
  public Map<String, String> declarations() {
    return declarations;
  }

  public List<Attribute> attributes() {
    return attributes;
  }

  public List<XmlSpan> children() {
    return Collections.unmodifiableList(children);
  }

  public int start() {
    return start;
  }

  int nameEnd() {
    return nameEnd;
  }

  public int contentStart() {
    return contentStart;
  }

  public int contentEnd() {
    return contentEnd;
  }

  public int end() {
    return end;
  }

  /// Whether it is written as `<name/>`.
  boolean isEmptyTag() {
    return contentEnd == end;
  }

  public boolean is(String ns, String name) {
    return local.equals(name) && namespace.equals(ns);
  }

  /// The attribute of that expanded name.
  public Optional<Attribute> attribute(String ns, String name) {
    for (Attribute one : attributes) {
      if (one.local.equals(name) && one.namespace.equals(ns)) {
        return Optional.of(one);
      }
    }
    return Optional.empty();
  }

  /// The value of the plain attribute of that name.
  public Optional<String> value(String name) {
    return attribute("", name).map(Attribute::value);
  }

  /// The first child of that name in this element's namespace.
  public Optional<XmlSpan> child(String name) {
    for (XmlSpan one : children) {
      if (one.is(namespace, name)) {
        return Optional.of(one);
      }
    }
    return Optional.empty();
  }

  /// The children of that name in this element's namespace.
  public List<XmlSpan> children(String name) {
    return children.stream().filter(c -> c.is(namespace, name)).toList();
  }

  @Override
  public String toString() {
    return "<" + local + "> at " + start;
  }
}
