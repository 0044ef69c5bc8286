// An element wherever it stands.
package tucket.protocol.xcap;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What is known of an element without knowing where it is: so versions of a document share all elements that an edit has not touched. Places are counted
/// from its `<`. [XmlSpan] is an element in its place. Immutable.
///
/// @param nameEnd behind the name in the start tag
/// @param contentStart behind the start tag
/// @param contentEnd in front of the end tag; `length` of an empty-element tag
/// @param count how many elements it is with all that are in it
/// @param depth how many levels of elements with start and end tags it has
record XmlElement(String prefix, String local, String namespace, Map<String, String> declarations, List<XmlSpan.Attribute> attributes, int nameEnd,
    int contentStart, int contentEnd, int length, XmlSiblings children, int count, int depth) {
  XmlElement(String prefix, String local, String namespace, Map<String, String> declarations, List<XmlSpan.Attribute> attributes, int nameEnd,
      int contentStart, int contentEnd, int length, XmlSiblings children) {
    this(prefix, local, namespace, declarations, attributes, nameEnd, contentStart, contentEnd, length, children, 1 + children.count(),
        contentEnd == length ? 0 : 1 + children.depth());
  }

  boolean isEmptyTag() {
    return contentEnd == length;
  }

  boolean is(String ns, String name) {
    return local.equals(name) && namespace.equals(ns);
  }

  boolean isNamedAs(XmlElement other) {
    return is(other.namespace, other.local);
  }

  /// As it is written in tags.
  String name() {
    return prefix.isEmpty() ? local : prefix + ":" + local;
  }

  Optional<XmlSpan.Attribute> attribute(String ns, String name) {
    for (XmlSpan.Attribute one : attributes) {
      if (one.local().equals(name) && one.namespace().equals(ns)) {
        return Optional.of(one);
      }
    }
    return Optional.empty();
  }

  private XmlElement with(XmlSiblings now, int delta) {
    return new XmlElement(prefix, local, namespace, declarations, attributes, nameEnd, contentStart, contentEnd + delta, length + delta, now);
  }

  /// With another child in the place of that one.
  XmlElement replaced(int child, XmlElement by) {
    int delta = by.length - children.element(child).length;
    return with(children.edited(child, 1, Optional.of(by), children.start(child), delta), delta);
  }

  /// With one more child, which begins at `start`; of an empty-element tag it becomes a start and an end tag.
  XmlElement inserted(int start, XmlElement child) {
    if (isEmptyTag()) {
      int open = length - 1;
      XmlSiblings only = XmlSiblings.NONE.edited(0, 0, Optional.of(child), open, 0);
      int close = open + child.length;
      return new XmlElement(prefix, local, namespace, declarations, attributes, nameEnd, open, close, close + name().length() + 3, only);
    }
    return with(children.edited(children.before(start), 0, Optional.of(child), start, child.length), child.length);
  }

  XmlElement removed(int child) {
    int delta = -children.element(child).length;
    return with(children.edited(child, 1, Optional.empty(), 0, delta), delta);
  }

  /// With the start tag of another one, in which nothing but attributes differ.
  XmlElement tagged(XmlElement tag, int contentStartNow) {
    int delta = contentStartNow - contentStart;
    return new XmlElement(prefix, local, namespace, declarations, tag.attributes, tag.nameEnd, contentStartNow, contentEnd + delta, length + delta,
        children.shifted(delta));
  }
}
