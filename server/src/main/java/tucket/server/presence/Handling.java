// What a presence rule grants.
package tucket.server.presence;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tucket.protocol.document.PresenceDocument;
import tucket.protocol.document.Ruleset;
import tucket.protocol.document.XmlElement;

/// The effect of one rule of RFC 5025: how a subscription is handled and what of the presence is shown. Where several rules fit, the most permissive
/// handling counts and whatever one of them shows is shown. A rule without transformations shows everything; one with transformations only what
/// they name (section 3.3).
record Handling(Subscription subscription, boolean everything, List<XmlElement> transformations) {
  /// RFC 5025 section 3.2.1, in the order of permission.
  enum Subscription {
    BLOCK,
    CONFIRM,
    POLITE_BLOCK,
    ALLOW
  }

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

  /// Whether an element under the root of a presence document is shown.
  boolean shows(XmlElement element) {
    if (everything) {
      return true;
    }
    return switch (element.name()) {
      case "tuple" -> provides("provide-services", "all-services", element);
      case "person" -> provides("provide-persons", "all-persons", element);
      case "device" -> provides("provide-devices", "all-devices", element);
      case "note" -> transformations.stream()
          .anyMatch(t -> t.name().equals("provide-note") && t.text().equals("true") || t.name().equals("provide-all-attributes"));
      default -> transformations.stream().anyMatch(t -> t.name().equals("provide-all-attributes"));
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
