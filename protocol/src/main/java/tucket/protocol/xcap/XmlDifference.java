// What turns one document into another.
package tucket.protocol.xcap;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds patches (RFC 5261) between two documents. Elements are selected by position with the wildcard (`*/*[2]/*[7]`), so that selectors need no prefix. The
/// outcome is the other document in its canonical form, which is what patches are about (RFC 5874 section 1); where patches would be longer than an element,
/// it is replaced whole. Work is bounded: of long lists of children that differ all over, no more than what they have in common in front and behind is kept.
public final class XmlDifference {
  /// More operations are no gain: the element is replaced.
  static final int MOST = 200;
  private static final int MOST_COMPARED = 250_000;
  private static final int DEEPEST = 60;

  private final XmlTree before;
  private final XmlTree after;

  private XmlDifference(XmlTree before, XmlTree after) {
    this.before = before;
    this.after = after;
  }

  /// The operations in their order, none where both are the same in canonical form; empty where what is around the root element differs, which is not patched.
  public static Optional<List<XmlPatch>> between(XmlTree before, XmlTree after) {
    boolean around = around(before).equals(around(after));
    return around ? Optional.of(new XmlDifference(before, after).element(before.root(), after.root(), "*", 1)) : Optional.empty();
  }

  private static List<String> around(XmlTree tree) {
    String front = tree.text(0, tree.root().start());
    int declaration = front.startsWith("<?xml ") ? front.indexOf("?>") + 2 : 0;
    return List.of(front.substring(declaration).strip(), tree.text(tree.root().end(), tree.pieces().length()).strip());
  }

  private static int weight(List<XmlPatch> patches) {
    return patches.stream().mapToInt(XmlPatch::weight).sum();
  }

  private List<XmlPatch> element(XmlSpan a, XmlSpan b, String path, int depth) {
    if (same(a, b)) {
      return List.of();
    }
    Optional<List<XmlPatch>> smaller = depth > DEEPEST || !a.prefix().equals(b.prefix()) || !a.is(b.namespace(), b.local())
        ? Optional.empty() : inside(a, b, path, depth);
    XmlPatch whole = XmlPatch.replace(path, after.source(b), b.parent().map(XmlTree::bindings).orElse(Map.of()));
    return smaller.filter(patches -> patches.size() <= MOST && weight(patches) <= whole.weight()).orElse(List.of(whole));
  }

  private boolean same(XmlSpan a, XmlSpan b) {
    // versions share what was not touched; bindings around it are the same, or it would have been read anew
    return a.element() == b.element() || a.element().length() == b.element().length() && before.source(a).equals(after.source(b));
  }

  private Optional<List<XmlPatch>> inside(XmlSpan a, XmlSpan b, String path, int depth) {
    List<XmlPatch> patches = new ArrayList<>();
    List<XmlPatch> last = new ArrayList<>();
    if (!declarations(a, b, path, patches, last) || !attributes(a, b, path, patches)) {
      return Optional.empty();
    }
    if (!new Children(a, b, path, patches).patch(depth)) {
      return Optional.empty();
    }
    patches.addAll(last);
    return Optional.of(patches);
  }

  // Only prefixes that mean nothing around the element: then nothing that stays in it can mean something else.
  private static boolean declarations(XmlSpan a, XmlSpan b, String path, List<XmlPatch> first, List<XmlPatch> last) {
    if (a.declarations().equals(b.declarations())) {
      return true;
    }
    Map<String, String> around = b.parent().map(XmlTree::bindings).orElse(Map.of());
    for (Map.Entry<String, String> one : b.declarations().entrySet()) {
      String there = a.declarations().get(one.getKey());
      if (there == null && !one.getKey().isEmpty() && !around.containsKey(one.getKey())) {
        first.add(new XmlPatch(XmlPatch.Kind.ADD, path, "namespace::" + one.getKey(), "", XmlPatch.escaped(one.getValue()), Map.of()));
      } else if (!one.getValue().equals(there)) {
        return false;
      }
    }
    for (String prefix : a.declarations().keySet()) {
      if (!b.declarations().containsKey(prefix)) {
        if (prefix.isEmpty() || around.containsKey(prefix)) {
          return false;
        }
        last.add(XmlPatch.remove(path + "/namespace::" + prefix));
      }
    }
    return true;
  }

  private static boolean attributes(XmlSpan a, XmlSpan b, String path, List<XmlPatch> patches) {
    for (XmlSpan.Attribute one : b.attributes()) {
      Optional<XmlSpan.Attribute> there = a.attribute(one.namespace(), one.local());
      if (there.filter(t -> t.value().equals(one.value()) && t.prefix().equals(one.prefix())).isPresent()) {
        continue;
      }
      if (!one.namespace().isEmpty()) { // its prefix would have to mean the same in the patch and in both documents
        return false;
      }
      patches.add(there.isPresent()
          ? XmlPatch.replace(path + "/@" + one.local(), XmlPatch.escaped(one.value()), Map.of())
          : new XmlPatch(XmlPatch.Kind.ADD, path, "@" + one.local(), "", XmlPatch.escaped(one.value()), Map.of()));
    }
    for (XmlSpan.Attribute one : a.attributes()) {
      if (b.attribute(one.namespace(), one.local()).isEmpty()) {
        if (!one.namespace().isEmpty()) {
          return false;
        }
        patches.add(XmlPatch.remove(path + "/@" + one.local()));
      }
    }
    return true;
  }

  /// The content of one element: first elements go, then come, then the text between them is set right, then what has changed inside of those that stay.
  private final class Children {
    private final XmlSpan b;
    private final List<XmlSpan> old;
    private final List<XmlSpan> now;
    private final String path;
    private final List<XmlPatch> patches;
    /// For each of the old its place among the new, -1 for none; ascending.
    private final int[] match;
    /// What stands around those that stay, as the operations so far have left it.
    private List<String> gaps;

    Children(XmlSpan a, XmlSpan b, String path, List<XmlPatch> patches) {
      this.b = b;
      this.old = a.children();
      this.now = b.children();
      this.path = path;
      this.patches = patches;
      this.match = new int[old.size()];
      this.gaps = gaps(before, a);
    }

    private static List<String> gaps(XmlTree tree, XmlSpan parent) {
      List<String> gaps = new ArrayList<>(parent.children().size() + 1);
      int at = parent.contentStart();
      for (XmlSpan child : parent.children()) {
        gaps.add(tree.text(at, child.start()));
        at = child.end();
      }
      gaps.add(tree.text(at, parent.contentEnd()));
      return gaps;
    }

    private String child(int place) {
      return path + "/*[" + place + "]";
    }

    /// False where this element has to be replaced.
    boolean patch(int depth) {
      align();
      remove();
      add();
      if (patches.size() > MOST || !texts()) {
        return false;
      }
      for (int i = 0; i < match.length && patches.size() <= MOST; i++) {
        if (match[i] >= 0) {
          patches.addAll(element(old.get(i), now.get(match[i]), child(match[i] + 1), depth + 1));
        }
      }
      return true;
    }

    private void align() {
      java.util.Arrays.fill(match, -1);
      int front = 0;
      while (front < Math.min(old.size(), now.size()) && same(old.get(front), now.get(front))) {
        match[front] = front;
        front++;
      }
      int back = 0;
      while (back < Math.min(old.size(), now.size()) - front && same(old.get(old.size() - 1 - back), now.get(now.size() - 1 - back))) {
        back++;
        match[old.size() - back] = now.size() - back;
      }
      int oldEnd = old.size() - back;
      int nowEnd = now.size() - back;
      if ((long) (oldEnd - front) * (nowEnd - front) <= MOST_COMPARED) {
        common(front, oldEnd, front, nowEnd);
      }
      pair(front, oldEnd, front, nowEnd);
    }

    // The longest common subsequence of what is the same.
    private void common(int oldFrom, int oldEnd, int nowFrom, int nowEnd) {
      Map<String, Integer> ids = new HashMap<>();
      int[] x = old.subList(oldFrom, oldEnd).stream().mapToInt(e -> ids.computeIfAbsent(before.source(e), s -> ids.size())).toArray();
      int[] y = now.subList(nowFrom, nowEnd).stream().mapToInt(e -> ids.computeIfAbsent(after.source(e), s -> ids.size())).toArray();
      int[][] longest = new int[x.length + 1][y.length + 1];
      for (int i = x.length - 1; i >= 0; i--) {
        for (int j = y.length - 1; j >= 0; j--) {
          longest[i][j] = x[i] == y[j] ? longest[i + 1][j + 1] + 1 : Math.max(longest[i + 1][j], longest[i][j + 1]);
        }
      }
      for (int i = 0, j = 0; i < x.length && j < y.length; ) {
        if (x[i] == y[j]) {
          match[oldFrom + i++] = nowFrom + j++;
        } else if (longest[i + 1][j] >= longest[i][j + 1]) {
          i++;
        } else {
          j++;
        }
      }
    }

    // Between those that are the same: elements of one name and the same first attribute are taken for one that has changed, and so is a lone one.
    private void pair(int oldFrom, int oldEnd, int nowFrom, int nowEnd) {
      int j = nowFrom;
      int i = oldFrom;
      while (i < oldEnd) {
        if (match[i] >= 0) {
          j = match[i++] + 1;
          continue;
        }
        int end = i;
        while (end < oldEnd && match[end] < 0) {
          end++;
        }
        int limit = end < oldEnd ? match[end] : nowEnd;
        pairBlock(i, end, j, limit);
        i = end;
      }
    }

    private void pairBlock(int oldFrom, int oldEnd, int nowFrom, int nowEnd) {
      boolean pairwise = oldEnd - oldFrom == nowEnd - nowFrom;
      if ((long) (oldEnd - oldFrom) * (nowEnd - nowFrom) > MOST_COMPARED && !pairwise) {
        return;
      }
      int next = nowFrom;
      for (int i = oldFrom; i < oldEnd; i++) {
        for (int j = pairwise ? i - oldFrom + nowFrom : next; j < (pairwise ? i - oldFrom + nowFrom + 1 : nowEnd); j++) {
          if (alike(old.get(i), now.get(j), pairwise)) {
            match[i] = j;
            next = j + 1;
            break;
          }
        }
      }
    }

    private boolean alike(XmlSpan a, XmlSpan b, boolean byName) {
      if (!a.is(b.namespace(), b.local()) || !a.prefix().equals(b.prefix())) {
        return false;
      }
      return byName || !a.attributes().isEmpty() && !b.attributes().isEmpty() && a.attributes().getFirst().value().equals(b.attributes().getFirst().value());
    }

    // From behind, so that places in front stay.
    private void remove() {
      List<String> left = new ArrayList<>();
      String open = gaps.getLast();
      for (int i = old.size() - 1; i >= 0; i--) {
        if (match[i] < 0) {
          patches.add(XmlPatch.remove(child(i + 1)));
          open = gaps.get(i) + open;
        } else {
          left.add(open);
          open = gaps.get(i);
        }
      }
      left.add(open);
      Collections.reverse(left);
      gaps = left;
    }

    // Runs of new elements with the text around them, so far as they bring it.
    private void add() {
      int[] staying = java.util.Arrays.stream(match).filter(m -> m >= 0).toArray();
      List<String> wanted = gaps(after, b);
      Map<String, String> bindings = XmlTree.bindings(b);
      List<String> result = new ArrayList<>();
      for (int t = staying.length - 1; t >= -1; t--) {
        int from = t < 0 ? 0 : staying[t] + 1;
        int end = t + 1 < staying.length ? staying[t + 1] : now.size();
        String gap = gaps.get(t + 1);
        if (from == end) {
          result.add(gap);
          continue;
        }
        boolean inFront = gap.equals(wanted.get(from)) && !gap.equals(wanted.get(end)); // the text that is there stays in front of them
        int start = now.get(from).start() - (inFront ? 0 : wanted.get(from).length());
        int stop = now.get(end - 1).end() + (inFront ? wanted.get(end).length() : 0);
        String content = after.text(start, stop);
        if (inFront) {
          patches.add(t + 1 < staying.length ? XmlPatch.nodes(child(t + 2), "before", content, bindings) : XmlPatch.nodes(path, "", content, bindings));
        } else {
          patches.add(t >= 0 ? XmlPatch.nodes(child(t + 1), "after", content, bindings) : XmlPatch.nodes(path, "prepend", content, bindings));
        }
        result.add(inFront ? wanted.get(end) : gap);
        for (int i = end - 1; i >= from; i--) {
          result.add(wanted.get(i));
        }
      }
      Collections.reverse(result);
      gaps = result;
    }

    // From behind again. Comments and instructions that differ are not worth the trouble.
    private boolean texts() {
      List<String> wanted = gaps(after, b);
      Map<String, String> bindings = XmlTree.bindings(b);
      for (int i = gaps.size() - 1; i >= 0; i--) {
        String there = gaps.get(i);
        String wish = wanted.get(i);
        if (there.equals(wish)) {
          continue;
        }
        if (!XmlNode.isText(there) || !XmlNode.isText(wish) || patches.size() > MOST) {
          return false;
        }
        if (there.isEmpty()) {
          patches.add(i > 0 ? XmlPatch.nodes(child(i), "after", wish, bindings) : XmlPatch.nodes(path, "prepend", wish, bindings));
          continue;
        }
        int place = gaps.subList(0, i).stream().mapToInt(gap -> XmlNode.count(XmlNode.Kind.TEXT, gap)).sum() + 1;
        String text = path + "/text()[" + place + "]";
        patches.add(wish.isEmpty() ? XmlPatch.remove(text) : XmlPatch.replace(text, wish, Map.of()));
      }
      return true;
    }
  }
}
