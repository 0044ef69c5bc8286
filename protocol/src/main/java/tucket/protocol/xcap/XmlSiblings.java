// The children of an element, in runs that versions of a document share.
package tucket.protocol.xcap;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;

/// A list with places in which one child comes, goes or changes without the others being touched: only one run of them is made anew, and the list of runs.
/// A run knows a hash of each attribute in it, so that one of ten thousand is found by an attribute without looking at the others. No run but a lone one
/// is short, whatever goes. Places are counted from the start of the parent. Immutable.
final class XmlSiblings {
  static final XmlSiblings NONE = new XmlSiblings(new Run[0], new int[0]);

  private static final int MOST = 64;
  private static final int LEAST = MOST / 4;

  /// @param starts of the elements, from the start of the first
  /// @param keys the hashes of all attributes
  /// @param alike whether all elements have one name
  private record Run(XmlElement[] elements, int[] starts, int[] keys, boolean alike, int count, int depth) {
    static Run of(List<XmlElement> elements, List<Integer> places) {
      int[] starts = new int[elements.size()];
      int[] keys = new int[elements.stream().mapToInt(e -> e.attributes().size()).sum()];
      boolean alike = true;
      int count = 0;
      int depth = 0;
      int key = 0;
      for (int i = 0; i < starts.length; i++) {
        XmlElement one = elements.get(i);
        starts[i] = places.get(i) - places.getFirst();
        alike &= one.isNamedAs(elements.getFirst());
        count += one.count();
        depth = Math.max(depth, one.depth());
        for (XmlSpan.Attribute attribute : one.attributes()) {
          keys[key++] = key(attribute.local(), attribute.value());
        }
      }
      return new Run(elements.toArray(XmlElement[]::new), starts, keys, alike, count, depth);
    }

    boolean mayHave(int key) {
      for (int one : keys) {
        if (one == key) {
          return true;
        }
      }
      return false;
    }

    /// False where no element has that name.
    boolean mayHave(String namespace, String local) {
      return !alike || elements[0].is(namespace, local);
    }
  }

  private final Run[] runs;
  private final int[] places;
  /// How many children are in front of each run; at last how many there are.
  private final int[] firsts;
  private final int count;
  private final int depth;

  private XmlSiblings(Run[] runs, int[] places) {
    this.runs = runs;
    this.places = places;
    this.firsts = new int[runs.length + 1];
    int elements = 0;
    int levels = 0;
    for (int i = 0; i < runs.length; i++) {
      firsts[i + 1] = firsts[i] + runs[i].elements.length;
      elements += runs[i].count;
      levels = Math.max(levels, runs[i].depth);
    }
    this.count = elements;
    this.depth = levels;
  }

  static XmlSiblings of(List<XmlElement> elements, List<Integer> places) {
    if (elements.isEmpty()) {
      return NONE;
    }
    List<Run> runs = new ArrayList<>(elements.size() / MOST + 1);
    List<Integer> at = new ArrayList<>();
    split(elements, places, runs, at);
    return new XmlSiblings(runs.toArray(Run[]::new), at.stream().mapToInt(Integer::intValue).toArray());
  }

  private static void split(List<XmlElement> elements, List<Integer> places, List<Run> runs, List<Integer> at) {
    int many = (elements.size() + MOST - 1) / MOST;
    for (int i = 0; i < many; i++) {
      int from = (int) ((long) elements.size() * i / many);
      int to = (int) ((long) elements.size() * (i + 1) / many);
      runs.add(Run.of(elements.subList(from, to), places.subList(from, to)));
      at.add(places.get(from));
    }
  }

  private static int key(String local, String value) {
    return 31 * local.hashCode() + value.hashCode();
  }

  int size() {
    return firsts[runs.length];
  }

  /// How many elements there are with all that are in them.
  int count() {
    return count;
  }

  /// How many levels the deepest has.
  int depth() {
    return depth;
  }

  private int runOf(int child) {
    int found = Arrays.binarySearch(firsts, child);
    return found < 0 ? -found - 2 : found;
  }

  XmlElement element(int child) {
    int run = runOf(child);
    return runs[run].elements[child - firsts[run]];
  }

  int start(int child) {
    int run = runOf(child);
    return places[run] + runs[run].starts[child - firsts[run]];
  }

  /// How many children begin in front of that place.
  int before(int place) {
    int found = Arrays.binarySearch(places, place);
    if (found >= 0) {
      return firsts[found];
    }
    int run = -found - 2;
    if (run < 0) {
      return 0;
    }
    int inside = Arrays.binarySearch(runs[run].starts, place - places[run]);
    return firsts[run] + (inside < 0 ? -inside - 1 : inside);
  }

  // ---- looking for some

  /// The next child of that name, at `from` or behind; -1 for none.
  int next(int from, String namespace, String local) {
    for (int run = from < size() ? runOf(from) : runs.length; run < runs.length; run++) {
      if (runs[run].mayHave(namespace, local)) {
        for (int i = Math.max(0, from - firsts[run]); i < runs[run].elements.length; i++) {
          if (runs[run].elements[i].is(namespace, local)) {
            return firsts[run] + i;
          }
        }
      }
    }
    return -1;
  }

  /// The last child of that name; -1 for none.
  int last(String namespace, String local) {
    for (int run = runs.length - 1; run >= 0; run--) {
      if (runs[run].mayHave(namespace, local)) {
        for (int i = runs[run].elements.length - 1; i >= 0; i--) {
          if (runs[run].elements[i].is(namespace, local)) {
            return firsts[run] + i;
          }
        }
      }
    }
    return -1;
  }

  /// The `n`th child of that name, counted from 1; -1 where there are fewer.
  int nth(int n, String namespace, String local) {
    int left = n;
    for (int run = 0; run < runs.length; run++) {
      if (!runs[run].mayHave(namespace, local)) {
        continue;
      }
      if (runs[run].alike) {
        if (left <= runs[run].elements.length) {
          return firsts[run] + left - 1;
        }
        left -= runs[run].elements.length;
        continue;
      }
      for (int i = 0; i < runs[run].elements.length; i++) {
        if (runs[run].elements[i].is(namespace, local) && --left == 0) {
          return firsts[run] + i;
        }
      }
    }
    return -1;
  }

  /// The children with an attribute of that value, in order.
  List<Integer> having(String namespace, String attribute, String value) {
    List<Integer> found = new ArrayList<>(2);
    int key = key(attribute, value);
    for (int run = 0; run < runs.length; run++) {
      if (!runs[run].mayHave(key)) {
        continue;
      }
      for (int i = 0; i < runs[run].elements.length; i++) {
        if (runs[run].elements[i].attribute(namespace, attribute).filter(a -> a.value().equals(value)).isPresent()) {
          found.add(firsts[run] + i);
        }
      }
    }
    return found;
  }

  /// The children that touch the stretch from `from` to `to`, the next ones on both sides, and of the others those whose name is not to be spared.
  List<Integer> near(int from, int to, BiPredicate<String, String> spare) {
    List<Integer> found = new ArrayList<>();
    int first = Math.max(0, before(from) - 2); // the one that ends at `from`, and the one in front of it
    int last = Math.min(size() - 1, before(to + 1));
    for (int run = 0; run < runs.length; run++) {
      boolean far = firsts[run + 1] <= first || firsts[run] > last;
      if (far && runs[run].alike && spare.test(runs[run].elements[0].namespace(), runs[run].elements[0].local())) {
        continue;
      }
      for (int i = firsts[run]; i < firsts[run + 1]; i++) {
        XmlElement one = runs[run].elements[i - firsts[run]];
        if (i >= first && i <= last || !spare.test(one.namespace(), one.local())) {
          found.add(i);
        }
      }
    }
    return found;
  }

  // ---- editing

  /// `gone` children (none or one) at `child` make room for another, which begins at `start`; all behind move by `delta`.
  XmlSiblings edited(int child, int gone, Optional<XmlElement> come, int start, int delta) {
    if (runs.length == 0) {
      return come.map(one -> of(List.of(one), List.of(start))).orElse(this);
    }
    int first = child < size() ? runOf(child) : runs.length - 1;
    int last = first;
    List<XmlElement> elements = new ArrayList<>(2 * MOST);
    List<Integer> starts = new ArrayList<>(2 * MOST);
    append(first, firsts[first], Math.min(child, firsts[first + 1]), 0, elements, starts);
    come.ifPresent(one -> {
      elements.add(one);
      starts.add(start);
    });
    append(first, Math.min(child + gone, firsts[first + 1]), firsts[first + 1], delta, elements, starts);
    if (elements.size() < LEAST && last + 1 < runs.length) {
      last++;
      append(last, firsts[last], firsts[last + 1], delta, elements, starts);
    } else if (elements.size() < LEAST && first > 0) {
      first--;
      List<XmlElement> more = new ArrayList<>(MOST);
      List<Integer> theirs = new ArrayList<>(MOST);
      append(first, firsts[first], firsts[first + 1], 0, more, theirs);
      elements.addAll(0, more);
      starts.addAll(0, theirs);
    }
    List<Run> now = new ArrayList<>(runs.length + 1);
    List<Integer> at = new ArrayList<>(runs.length + 1);
    for (int i = 0; i < first; i++) {
      now.add(runs[i]);
      at.add(places[i]);
    }
    split(elements, starts, now, at);
    for (int i = last + 1; i < runs.length; i++) {
      now.add(runs[i]);
      at.add(places[i] + delta);
    }
    return now.isEmpty() ? NONE : new XmlSiblings(now.toArray(Run[]::new), at.stream().mapToInt(Integer::intValue).toArray());
  }

  private void append(int run, int from, int to, int delta, List<XmlElement> elements, List<Integer> starts) {
    for (int i = from - firsts[run]; i < to - firsts[run]; i++) {
      elements.add(runs[run].elements[i]);
      starts.add(places[run] + runs[run].starts[i] + delta);
    }
  }

  /// All moved.
  XmlSiblings shifted(int delta) {
    return runs.length == 0 ? this : new XmlSiblings(runs, Arrays.stream(places).map(place -> place + delta).toArray());
  }
}
