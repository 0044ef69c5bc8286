// One node of an element's content, as XPath counts them.
package tucket.protocol.xcap;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A node of the XPath 1.0 data model with its place in the text. Text and CDATA sections side by side are one text node.
///
/// @param element the element where it is one
record XmlNode(Kind kind, int start, int end, Optional<XmlSpan> element) {
  enum Kind {
    ELEMENT,
    TEXT,
    COMMENT,
    INSTRUCTION
  }

  /// The nodes of a document that was read: there is nothing in it that is not well-formed.
  static List<XmlNode> of(XmlTree tree, XmlSpan parent) {
    List<XmlNode> nodes = new ArrayList<>();
    int at = parent.contentStart();
    for (XmlSpan child : parent.children()) {
      gap(tree, at, child.start(), nodes);
      nodes.add(new XmlNode(Kind.ELEMENT, child.start(), child.end(), Optional.of(child)));
      at = child.end();
    }
    gap(tree, at, parent.contentEnd(), nodes);
    return nodes;
  }

  private static void gap(XmlTree tree, int from, int to, List<XmlNode> into) {
    List<XmlNode> found = new ArrayList<>();
    gap(tree.text(from, to), 0, to - from, found);
    found.forEach(n -> into.add(new XmlNode(n.kind, n.start + from, n.end + from, n.element)));
  }

  /// How many nodes of that kind are in a stretch without elements.
  static int count(Kind kind, String gap) {
    List<XmlNode> nodes = new ArrayList<>();
    gap(gap, 0, gap.length(), nodes);
    return (int) nodes.stream().filter(n -> n.kind == kind).count();
  }

  /// Whether a stretch without elements is one text node, or nothing. An empty CDATA section is neither.
  static boolean isText(String gap) {
    List<XmlNode> nodes = new ArrayList<>();
    gap(gap, 0, gap.length(), nodes);
    return nodes.isEmpty() || nodes.size() == 1 && nodes.getFirst().kind == Kind.TEXT && !gap.contains("<![CDATA[]]>");
  }

  private static void gap(String in, int from, int to, List<XmlNode> into) {
    int text = from;
    int at = from;
    while (at < to) {
      int open = in.indexOf('<', at);
      if (open < 0 || open >= to) {
        break;
      }
      if (in.startsWith("<![CDATA[", open)) {
        at = in.indexOf("]]>", open) + 3;
        continue;
      }
      if (open > text) {
        into.add(new XmlNode(Kind.TEXT, text, open, Optional.empty()));
      }
      boolean comment = in.startsWith("<!--", open);
      at = comment ? in.indexOf("-->", open + 4) + 3 : in.indexOf("?>", open) + 2;
      into.add(new XmlNode(comment ? Kind.COMMENT : Kind.INSTRUCTION, open, at, Optional.empty()));
      text = at;
    }
    if (to > text) {
      into.add(new XmlNode(Kind.TEXT, text, to, Optional.empty()));
    }
  }
}
