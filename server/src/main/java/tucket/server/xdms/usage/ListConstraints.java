// What RFC 4826 demands of lists beyond their schema.
package tucket.server.xdms.usage;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tucket.protocol.xcap.XcapError;
import tucket.protocol.xcap.XcapError.Kind;
import tucket.protocol.xcap.XmlSpan;

/// RFC 4826 section 3.4.5: names, URIs, references and anchors are unique among their siblings; a reference is relative, an anchor absolute.
final class ListConstraints {
  static final String NAMESPACE = "urn:ietf:params:xml:ns:resource-lists";
  private static final int MOST_TOLD = 20;

  private final List<XcapError.Exists> doubled = new ArrayList<>();
  /// Where those begin, that none is told twice.
  private final Set<Integer> told = new HashSet<>();
  private Optional<XcapError> broken = Optional.empty();

  private ListConstraints() {}

  /// Checks everything below an element.
  static Optional<XcapError> judge(XmlSpan under) {
    ListConstraints found = new ListConstraints();
    found.walk(under);
    return found.outcome();
  }

  /// The same of lists that were right before they were edited between `from` and `to`.
  static Optional<XcapError> judgeEdited(XmlSpan under, int from, int to) {
    ListConstraints found = new ListConstraints();
    found.walkEdited(under, from, to);
    return found.outcome();
  }

  private Optional<XcapError> outcome() {
    return doubled.isEmpty() ? broken : Optional.of(XcapError.notUnique("a value that must be unique is there twice", doubled));
  }

  private void walk(XmlSpan at) { // depth is bounded by the scanner
    Set<String> seen = new HashSet<>();
    for (XmlSpan child : at.children()) {
      check(child, (attribute, value) -> seen.add(attribute + " " + value) ? List.of() : List.of(child));
      walk(child);
    }
  }

  private void walkEdited(XmlSpan at, int from, int to) {
    if (from <= at.start() && at.end() <= to) {
      walk(at);
      return;
    }
    for (XmlSpan child : at.childrenNear(from, to, (namespace, name) -> true)) {
      check(child, (attribute, value) -> at.childrenWith(attribute, value).stream()
          .filter(c -> c.is(child.namespace(), child.local())).skip(1).filter(c -> told.add(c.start())).toList());
      walkEdited(child, from, to);
    }
  }

  /// Who is not the first with a value among the children of one element.
  private interface Doubles {
    List<XmlSpan> of(String attribute, String value);
  }

  private void check(XmlSpan child, Doubles doubles) {
    if (!child.namespace().equals(NAMESPACE)) {
      return;
    }
    switch (child.local()) {
      case "list" -> unique(child, "name", doubles);
      case "entry" -> unique(child, "uri", doubles);
      case "entry-ref" -> {
        unique(child, "ref", doubles);
        reference(child);
      }
      case "external" -> {
        unique(child, "anchor", doubles);
        anchor(child);
      }
      default -> {}
    }
  }

  private void unique(XmlSpan element, String attribute, Doubles doubles) {
    for (XmlSpan one : element.value(attribute).map(value -> doubles.of(attribute, value)).orElse(List.of())) {
      if (doubled.size() < MOST_TOLD) {
        doubled.add(new XcapError.Exists(Selectors.of(one, attribute), List.of()));
      }
    }
  }

  private void reference(XmlSpan element) {
    String ref = element.value("ref").orElse("");
    if (ref.startsWith("/") || isAbsolute(ref)) {
      broken = Optional.of(XcapError.of(Kind.CONSTRAINT_FAILURE, "ref of entry-ref must be a relative path"));
    }
  }

  private void anchor(XmlSpan element) {
    Optional<String> anchor = element.value("anchor");
    if (anchor.isPresent() && !isHttp(anchor.get())) {
      broken = Optional.of(XcapError.of(Kind.CONSTRAINT_FAILURE, "anchor of external must be an absolute HTTP URI"));
    }
  }

  static boolean isHttp(String uri) {
    String lower = uri.strip().toLowerCase(java.util.Locale.ROOT);
    return lower.startsWith("http://") && lower.length() > 7 || lower.startsWith("https://") && lower.length() > 8;
  }

  private static boolean isAbsolute(String uri) {
    try {
      return new URI(uri.replace('[', '_').replace(']', '_').replace('"', '_')).isAbsolute();
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
