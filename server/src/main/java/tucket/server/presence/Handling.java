// What a presence rule grants.
package tucket.server.presence;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tucket.protocol.document.PresenceDocument;
import tucket.protocol.document.Ruleset;
import tucket.protocol.document.XmlElement;

/// The effect of one rule of RFC 5025: how a subscription is handled and what of the presence is shown. Where several rules fit, the most permissive
/// handling counts and whatever one of them shows is shown. A rule without transformations shows everything; one with transformations only what
/// they name (section 3.3); OMA's own permissions for its own attributes have the same form.
record Handling(Subscription subscription, boolean everything, List<XmlElement> transformations) {
  /// RFC 5025 section 3.2.1, in the order of permission.
  enum Subscription {
    BLOCK,
    CONFIRM,
    POLITE_BLOCK,
    ALLOW
  }

  /// Namespaces of attributes for which there are permissions by name; in others they are unknown ones (section 3.3.2.14).
  private static final Set<String> KNOWN = Set.of("urn:ietf:params:xml:ns:pidf", "urn:ietf:params:xml:ns:pidf:rpid",
      "urn:ietf:params:xml:ns:pidf:data-model", "urn:oma:xml:prs:pidf:oma-pres");
  /// Section 3.3.2, and what tells one OMA service from another.
  private static final Map<String, Set<String>> ALWAYS = Map.of("tuple", Set.of("contact", "service-class", "basic", "timestamp", "service-description"),
      "person", Set.of("timestamp"), "device", Set.of("timestamp", "deviceID"));

  /// Nothing withheld.
  static final Handling ALL = new Handling(Subscription.ALLOW, true, List.of());

  static Handling of(Ruleset.Rule rule) {
    Subscription subscription = switch (rule.action("sub-handling").map(XmlElement::text).orElse("block")) {
      case "allow", "30" -> Subscription.ALLOW;
      case "polite-block", "20" -> Subscription.POLITE_BLOCK;
      case "confirm", "10" -> Subscription.CONFIRM;
      default -> Subscription.BLOCK;
    };
    return new Handling(subscription, rule.transformations().isEmpty(), rule.transformations());
  }

  static Handling combined(List<Handling> all) {
    Subscription most = all.stream().map(Handling::subscription).max(Enum::compareTo).orElse(Subscription.BLOCK);
    List<XmlElement> shown = new ArrayList<>();
    all.forEach(h -> shown.addAll(h.transformations));
    return new Handling(most, all.stream().anyMatch(Handling::everything), shown);
  }

  /// What is shown of an element under the root of a presence document; empty for nothing.
  Optional<XmlElement> shown(XmlElement element) {
    if (!shows(element)) {
      return Optional.empty();
    }
    boolean whole = everything || isGranted("provide-all-attributes") || !ALWAYS.containsKey(element.name());
    return Optional.of(whole ? element : filtered(element.name(), element));
  }

  private XmlElement filtered(String component, XmlElement element) {
    return element.with(element.attributes(), element.children().stream().flatMap(child -> attribute(component, child).stream()).toList());
  }

  // Section 3.3.2: presence attributes of a tuple, person or device.
  private Optional<XmlElement> attribute(String component, XmlElement child) {
    if (!KNOWN.contains(child.namespace())) {
      return Optional.of(child).filter(c -> transformations.stream().anyMatch(t -> t.name().equals("provide-unknown-attribute") && isTrue(t)
          && t.attribute("name").filter(c.name()::equals).isPresent() && t.attribute("ns").filter(c.namespace()::equals).isPresent()));
    }
    if (ALWAYS.getOrDefault(component, Set.of()).contains(child.name())) {
      return Optional.of(child);
    }
    return switch (child.name()) {
      case "status" -> Optional.of(filtered(component, child));
      case "user-input" -> userInput(child);
      default -> Optional.of(child).filter(c -> isGranted("provide-" + c.name()));
    };
  }

  // Section 3.3.2.12
  private Optional<XmlElement> userInput(XmlElement input) {
    int most = transformations.stream().filter(t -> t.name().equals("provide-user-input")).mapToInt(t -> switch (t.text()) {
      case "full", "30" -> 30;
      case "thresholds", "20" -> 20;
      case "bare", "10" -> 10;
      default -> 0;
    }).max().orElse(0);
    Set<String> hidden = most == 30 ? Set.of() : most == 20 ? Set.of("since", "last-input") : Set.of("since", "last-input", "idle-threshold");
    return Optional.of(input.with(input.attributes().stream().filter(a -> !hidden.contains(a.name())).toList(), input.children())).filter(i -> most > 0);
  }

  /// Whether one of the rules has that permission; provide-all-attributes is one by being there.
  private boolean isGranted(String permission) {
    return transformations.stream().anyMatch(t -> t.name().equals(permission) && (isTrue(t) || permission.equals("provide-all-attributes")));
  }

  private static boolean isTrue(XmlElement permission) {
    return permission.text().equals("true") || permission.text().equals("1");
  }

  private boolean shows(XmlElement element) {
    if (everything) {
      return true;
    }
    return switch (element.name()) {
      case "tuple" -> provides("provide-services", "all-services", element);
      case "person" -> provides("provide-persons", "all-persons", element);
      case "device" -> provides("provide-devices", "all-devices", element);
      case "note" -> isGranted("provide-note") || isGranted("provide-all-attributes");
      default -> isGranted("provide-all-attributes");
    };
  }

  private boolean provides(String permission, String all, XmlElement element) {
    return transformations.stream().filter(t -> t.name().equals(permission)).flatMap(t -> t.children().stream())
        .anyMatch(what -> what.name().equals(all) || names(what, element));
  }

  private static boolean names(XmlElement what, XmlElement element) {
    String wanted = what.text();
    Optional<String> found = switch (what.name()) {
      case "service-id" -> PresenceDocument.serviceOf(element);
      case "service-uri" -> element.textOf("contact");
      case "service-uri-scheme" -> element.textOf("contact").map(c -> c.substring(0, Math.max(0, c.indexOf(':'))));
      case "deviceID" -> element.textOf("deviceID");
      case "occurrence-id" -> element.attribute("id");
      case "class" -> element.textOf("class");
      default -> Optional.empty();
    };
    return found.filter(wanted::equals).isPresent();
  }

  /// The same for what the IM Server itself says of a service.
  boolean showsService(String service) {
    return everything || transformations.stream().filter(t -> t.name().equals("provide-services")).flatMap(t -> t.children().stream())
        .anyMatch(w -> w.name().equals("all-services") || w.name().equals("service-id") && w.text().equals(service));
  }
}
