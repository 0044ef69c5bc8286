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
  private Optional<XcapError> broken = Optional.empty();

  private ListConstraints() {}

  /// Checks everything below an element.
  static Optional<XcapError> judge(XmlSpan under) {
    ListConstraints found = new ListConstraints();
    found.walk(under);
    if (!found.doubled.isEmpty()) {
      return Optional.of(XcapError.notUnique("a value that must be unique is there twice", found.doubled));
    }
    return found.broken;
  }

  private void walk(XmlSpan at) { // depth is bounded by the scanner
    Set<String> seen = new HashSet<>();
    for (XmlSpan child : at.children()) {
      if (child.namespace().equals(NAMESPACE)) {
        switch (child.local()) {
          case "list" -> unique(child, "name", seen);
          case "entry" -> unique(child, "uri", seen);
          case "entry-ref" -> {
            unique(child, "ref", seen);
            reference(child);
          }
          case "external" -> {
            unique(child, "anchor", seen);
            anchor(child);
          }
          default -> {}
        }
      }
      walk(child);
    }
  }

  private void unique(XmlSpan element, String attribute, Set<String> seen) {
    Optional<String> value = element.value(attribute);
    if (value.isPresent() && !seen.add(attribute + " " + value.get()) && doubled.size() < MOST_TOLD) {
      doubled.add(new XcapError.Exists(Selectors.of(element, attribute), List.of()));
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
