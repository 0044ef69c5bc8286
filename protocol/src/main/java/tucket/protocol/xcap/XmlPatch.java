// One document as a change of another.
package tucket.protocol.xcap;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tucket.protocol.Malformed;
import tucket.protocol.xcap.NodeSelector.Match;

/// A patch operation of RFC 5261 on elements. Selectors go by position with the wildcard (`*/*[2]/*[7]`), so that no prefix has to be bound.
///
/// @param selector the element that is replaced or removed, or that `position` refers to
/// @param position of an addition, empty text otherwise: `prepend`, `before`, `after`, or `append`, which is written by leaving it out
/// @param content the element that comes, as it is written; empty text for a removal
/// @param bindings what is bound around the content
public record XmlPatch(Kind kind, String selector, String position, String content, Map<String, String> bindings) {
  /// The operations.
  public enum Kind {
    ADD,
    REPLACE,
    REMOVE
  }

  public XmlPatch {
    bindings = Map.copyOf(bindings);
  }

  /// The operation that turns one document into the other; empty where there is no single one, or where both are the same.
  public static Optional<XmlPatch> between(XmlTree before, XmlTree after) {
    XmlSpan a = before.root();
    XmlSpan b = after.root();
    boolean around = before.text().substring(0, a.start()).equals(after.text().substring(0, b.start()))
        && before.text().substring(a.end()).equals(after.text().substring(b.end()));
    return around && !before.source(a).equals(after.source(b)) ? element(before, a, after, b, "*") : Optional.empty();
  }

  private static Optional<XmlPatch> element(XmlTree before, XmlSpan a, XmlTree after, XmlSpan b, String path) { // depth is bounded by the scanner
    List<XmlSpan> old = a.children();
    List<XmlSpan> now = b.children();
    if (tag(before, a).equals(tag(after, b)) && !a.isEmptyTag() && !b.isEmptyTag()) {
      int same = 0;
      while (same < Math.min(old.size(), now.size()) && before.source(old.get(same)).equals(after.source(now.get(same)))) {
        same++;
      }
      Optional<XmlPatch> found = switch (now.size() - old.size()) {
        case 0 -> same < old.size() && gaps(before, a, -1).equals(gaps(after, b, -1)) && onlyOne(before, old, after, now, same)
            ? element(before, old.get(same), after, now.get(same), path + "/*[" + (same + 1) + "]") : Optional.empty();
        case 1 -> gaps(before, a, -1).equals(gaps(after, b, same)) && rest(before, old, same, after, now, same + 1)
            ? added(after, b, same, path) : Optional.empty();
        case -1 -> gaps(before, a, same).equals(gaps(after, b, -1)) && rest(before, old, same + 1, after, now, same)
            ? Optional.of(new XmlPatch(Kind.REMOVE, path + "/*[" + (same + 1) + "]", "", "", Map.of())) : Optional.empty();
        default -> Optional.empty();
      };
      if (found.isPresent()) {
        return found;
      }
    }
    Map<String, String> bindings = b.parent().map(XmlTree::bindings).orElse(Map.of());
    return Optional.of(new XmlPatch(Kind.REPLACE, path, "", after.source(b), bindings));
  }

  private static String tag(XmlTree tree, XmlSpan element) {
    return tree.text().substring(element.start(), element.contentStart());
  }

  /// What stands between the children; that around the child of index `without` is joined.
  private static List<String> gaps(XmlTree tree, XmlSpan parent, int without) {
    List<String> gaps = new ArrayList<>();
    int at = parent.contentStart();
    String open = "";
    for (int i = 0; i < parent.children().size(); i++) {
      XmlSpan child = parent.children().get(i);
      String gap = open + tree.text().substring(at, child.start());
      if (i == without) {
        open = gap;
      } else {
        gaps.add(gap);
        open = "";
      }
      at = child.end();
    }
    gaps.add(open + tree.text().substring(at, parent.contentEnd()));
    return gaps;
  }

  private static boolean onlyOne(XmlTree before, List<XmlSpan> old, XmlTree after, List<XmlSpan> now, int index) {
    return rest(before, old, index + 1, after, now, index + 1);
  }

  private static boolean rest(XmlTree before, List<XmlSpan> old, int from, XmlTree after, List<XmlSpan> now, int fromNow) {
    for (int i = from, j = fromNow; i < old.size() || j < now.size(); i++, j++) {
      if (i >= old.size() || j >= now.size() || !before.source(old.get(i)).equals(after.source(now.get(j)))) {
        return false;
      }
    }
    return true;
  }

  // Only where it touches a neighbour or an end of its parent: an operation adds no text.
  private static Optional<XmlPatch> added(XmlTree after, XmlSpan parent, int index, String path) {
    XmlSpan fresh = parent.children().get(index);
    Map<String, String> bindings = XmlTree.bindings(parent);
    String content = after.source(fresh);
    int last = parent.children().size() - 1;
    if (index > 0 && parent.children().get(index - 1).end() == fresh.start()) {
      return Optional.of(new XmlPatch(Kind.ADD, path + "/*[" + index + "]", "after", content, bindings));
    }
    if (index < last && parent.children().get(index + 1).start() == fresh.end()) {
      return Optional.of(new XmlPatch(Kind.ADD, path + "/*[" + (index + 1) + "]", "before", content, bindings));
    }
    if (fresh.end() == parent.contentEnd()) {
      return Optional.of(new XmlPatch(Kind.ADD, path, "append", content, bindings));
    }
    return fresh.start() == parent.contentStart() ? Optional.of(new XmlPatch(Kind.ADD, path, "prepend", content, bindings)) : Optional.empty();
  }

  /// The document after this operation. Throws [Malformed] where it can't be applied to it.
  public XmlTree apply(XmlTree to) {
    if (!(NodeSelector.parse(selector, Map.of()).element(to, "") instanceof Match.One(XmlSpan element))) {
      throw new Malformed("patch that selects nothing, or several elements");
    }
    int at = switch (position) {
      case "before" -> element.start();
      case "after" -> element.end();
      case "prepend" -> element.contentStart();
      default -> element.contentEnd();
    };
    if (kind == Kind.ADD && element.isEmptyTag() && (position.equals("append") || position.equals("prepend"))) {
      String name = element.prefix().isEmpty() ? element.local() : element.prefix() + ":" + element.local();
      return XmlTree.parse(to.cut(element.end() - 2, element.end(), ">" + content + "</" + name + ">"));
    }
    return XmlTree.parse(kind == Kind.ADD ? to.cut(at, at, content) : to.cut(element.start(), element.end(), content));
  }
}
