// An element whose end has not been read yet.
package tucket.protocol.xcap;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What is known of it so far; places are those in the text. For one thread.
final class XmlOpenElement {
  private static final int[] NONE = {};

  final Optional<XmlOpenElement> parent;
  final String name;
  final String namespace;
  final Map<String, String> declarations;
  final List<XmlSpan.Attribute> attributes;
  final int start;
  final int nameEnd;
  final int contentStart;
  final boolean emptyTag;
  private List<XmlElement> children = List.of();
  private int[] starts = NONE;

  XmlOpenElement(Optional<XmlOpenElement> parent, String name, String namespace, Map<String, String> declarations, List<XmlSpan.Attribute> attributes,
      int start, int nameEnd, int contentStart, boolean emptyTag) {
    this.parent = parent;
    this.name = name;
    this.namespace = namespace;
    this.declarations = declarations;
    this.attributes = attributes;
    this.start = start;
    this.nameEnd = nameEnd;
    this.contentStart = contentStart;
    this.emptyTag = emptyTag;
  }

  void add(XmlElement child, int childStart) {
    if (children.isEmpty()) {
      children = new ArrayList<>(4);
      starts = new int[4];
    } else if (children.size() == starts.length) {
      starts = Arrays.copyOf(starts, 2 * starts.length);
    }
    starts[children.size()] = childStart - start;
    children.add(child);
  }

  /// The element, now that its end has been read.
  XmlElement ended(String prefix, String local, int contentEnd, int end) {
    return new XmlElement(prefix, local, namespace, declarations, attributes, nameEnd - start, contentStart - start, contentEnd - start, end - start,
        XmlSiblings.of(children, starts));
  }
}
