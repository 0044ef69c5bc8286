// The selector of an element or attribute that a conflict report names.
package tucket.server.xdms.usage;

import java.util.ArrayDeque;
import java.util.Deque;
import tucket.protocol.xcap.XcapUri;
import tucket.protocol.xcap.XmlSpan;

/// By position, with the wildcard for every name that is not in the namespace of the root: so no prefix has to be bound.
final class Selectors {
  private Selectors() {}

  static String of(XmlSpan element) {
    Deque<String> steps = new ArrayDeque<>();
    XmlSpan at = element;
    while (at.parent().isPresent()) {
      steps.push(step(at, at.parent().get()));
      at = at.parent().get();
    }
    steps.push(at.local());
    return String.join("/", steps.stream().map(XcapUri::escape).toList());
  }

  static String of(XmlSpan element, String attribute) {
    return of(element) + "/@" + attribute;
  }

  private static String step(XmlSpan element, XmlSpan parent) {
    boolean plain = root(element).namespace().equals(element.namespace());
    int position = 0;
    for (XmlSpan sibling : parent.children()) {
      position += !plain || sibling.is(element.namespace(), element.local()) ? 1 : 0;
      if (sibling.start() == element.start()) {
        break;
      }
    }
    return (plain ? element.local() : "*") + "[" + position + "]";
  }

  private static XmlSpan root(XmlSpan element) {
    XmlSpan at = element;
    while (at.parent().isPresent()) {
      at = at.parent().get();
    }
    return at;
  }
}
