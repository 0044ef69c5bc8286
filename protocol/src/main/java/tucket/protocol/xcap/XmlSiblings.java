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
  // most elements have none or one in them
  private static final int[] EMPTY = {};
  private static final int[] ZERO = {0};

  private static final int MOST = 64;
  private static final int LEAST = MOST / 4;

  static final XmlSiblings NONE = new XmlSiblings(new Run[0], EMPTY);

  /// @param starts of the elements, from the start of the first
  /// @param keys the hashes of all attributes
  /// @param alike whether all elements have one name
  private record Run(XmlElement[] elements, int[] starts, int[] keys, boolean alike, int count, int depth) {
    static Run of(List<XmlElement> elements, int[] places, int from, int to) {
      int attributes = 0;
      for (int i = from; i < to; i++) {
        attributes += elements.get(i).attributes().size();
      }
      XmlElement[] run = new XmlElement[to - from];
      int[] starts = to - from == 1 ? ZERO : new int[to - from];
      int[] keys = attributes == 0 ? EMPTY : new int[attributes];
      boolean alike = true;
      int count = 0;
      int depth = 0;
      int key = 0;
      for (int i = from; i < to; i++) {
        XmlElement one = elements.get(i);
        run[i - from] = one;
        if (i > from) {
          starts[i - from] = places[i] - places[from];
        }
        alike &= one.isNamedAs(run[0]);
        count += one.count();
        depth = Math.max(depth, one.depth());
        for (XmlSpan.Attribute attribute : one.attributes()) {
          keys[key++] = key(attribute.local(), attribute.value());
        }
      }
      return new Run(run, starts, keys, alike, count, depth);
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

  /// @param places as many as elements, or more
  static XmlSiblings of(List<XmlElement> elements, int[] places) {
    int many = runs(elements.size());
    return many == 0 ? NONE : of(new Run[many], new int[many], 0, elements, places);
  }

  private static int runs(int elements) {
    return (elements + MOST - 1) / MOST;
  }

  /// Puts the elements into as many runs as they need, from `first` on; the others are there already.
  private static XmlSiblings of(Run[] runs, int[] at, int first, List<XmlElement> elements, int[] places) {
    int many = runs(elements.size());
    for (int i = 0; i < many; i++) {
      int from = (int) ((long) elements.size() * i / many);
      int to = (int) ((long) elements.size() * (i + 1) / many);
      runs[first + i] = Run.of(elements, places, from, to);
      at[first + i] = places[from];
    }
    return new XmlSiblings(runs, at);
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
      return come.map(one -> of(List.of(one), new int[] {start})).orElse(this);
    }
    int first = child < size() ? runOf(child) : runs.length - 1;
    int last = first;
    int left = firsts[first + 1] - firsts[first] - gone + (come.isPresent() ? 1 : 0);
    if (left < LEAST && last + 1 < runs.length) {
      last++;
    } else if (left < LEAST && first > 0) {
      first--;
    }
    List<XmlElement> elements = new ArrayList<>(3 * MOST);
    int[] starts = new int[firsts[last + 1] - firsts[first] + 1];
    for (int i = firsts[first]; i <= firsts[last + 1]; i++) {
      if (i == child && come.isPresent()) {
        starts[elements.size()] = start;
        elements.add(come.get());
      }
      if (i < firsts[last + 1] && !(i >= child && i < child + gone)) {
        starts[elements.size()] = start(i) + (i < child ? 0 : delta);
        elements.add(element(i));
      }
    }
    int many = runs(elements.size());
    int behind = runs.length - last - 1;
    Run[] now = new Run[first + many + behind];
    int[] at = new int[now.length];
    System.arraycopy(runs, 0, now, 0, first);
    System.arraycopy(places, 0, at, 0, first);
    System.arraycopy(runs, last + 1, now, first + many, behind);
    for (int i = 0; i < behind; i++) {
      at[first + many + i] = places[last + 1 + i] + delta;
    }
    return now.length == 0 ? NONE : of(now, at, first, elements, starts);
  }

  /// All moved.
  XmlSiblings shifted(int delta) {
    return runs.length == 0 ? this : new XmlSiblings(runs, Arrays.stream(places).map(place -> place + delta).toArray());
  }
}
