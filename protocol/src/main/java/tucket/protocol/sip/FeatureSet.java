// The capabilities that a device declares in its Contact.
package tucket.protocol.sip;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tucket.protocol.Malformed;
import tucket.protocol.mime.Params;

/// Feature parameters (RFC 3840 section 9) of a Contact, or of one value of Accept-Contact or Reject-Contact. A set is a conjunction of
/// tags, each with alternatives. Tags are held in lower case and without the leading `+`: `has("+g.oma.sip-im")` and `has("g.oma.sip-im")`
/// ask the same.
public final class FeatureSet {
  public static final FeatureSet NONE = new FeatureSet(Map.of());

  /// RFC 3841 section 7.2.1: these stand for feature tags without a plus.
  private static final Set<String> BASE =
      Set.of(
          "audio", "automata", "class", "duplex", "data", "control", "mobility", "description", "events", "priority", "methods",
          "extensions", "schemes", "application", "video", "language", "type", "isfocus", "actor", "text");

  private static final int MOST = 64;

  private final Map<String, List<FeatureValue>> features;

  private FeatureSet(Map<String, List<FeatureValue>> features) {
    this.features = features;
  }

  /// The feature parameters among the parameters of a header; others are passed over.
  public static FeatureSet of(Params params) {
    Map<String, List<FeatureValue>> features = Map.of();
    for (Params.Param p : params.list()) {
      String tag = tag(p.name());
      if (p.name().startsWith("+") ? tag.isEmpty() : !BASE.contains(tag)) {
        continue;
      }
      features = features.isEmpty() ? new LinkedHashMap<>() : features;
      features.putIfAbsent(tag, FeatureValue.parseList(p.value().orElse("")));
      if (features.size() > MOST) {
        throw new Malformed("too many feature tags");
      }
    }
    return features.isEmpty() ? NONE : new FeatureSet(features);
  }

  public static FeatureSet of(NameAddr contact) {
    return of(contact.params());
  }

  private static String tag(String name) {
    return Grammar.lower(name.startsWith("+") ? name.substring(1) : name);
  }

  /// The tags in the order they are written.
  public Set<String> tags() {
    return Collections.unmodifiableSet(features.keySet());
  }

  public boolean has(String tag) {
    return features.containsKey(tag(tag));
  }

  /// Whether the tag is there and may be TRUE: `;audio` or `;audio="TRUE"`, not `;audio="FALSE"`.
  public boolean isTrue(String tag) {
    return FeatureValue.anyMeets(features.getOrDefault(tag(tag), List.of()), List.of(FeatureValue.TRUE));
  }

  /// Whether one of the alternatives of the tag is that token, whatever its case, or that text.
  public boolean has(String tag, String value) {
    for (FeatureValue v : features.getOrDefault(tag(tag), List.of())) {
      if (v instanceof FeatureValue.Token t && !t.negated() && t.text().equalsIgnoreCase(value)
          || v instanceof FeatureValue.Text s && !s.negated() && s.text().equals(value)) {
        return true;
      }
    }
    return false;
  }

  /// The text between angle brackets of a tag such as `+sip.instance="<urn:uuid:...>"` (RFC 5626 section 4.1).
  public Optional<String> text(String tag) {
    for (FeatureValue v : features.getOrDefault(tag(tag), List.of())) {
      if (v instanceof FeatureValue.Text s && !s.negated()) {
        return Optional.of(s.text());
      }
    }
    return Optional.empty();
  }

  public boolean isEmpty() {
    return features.isEmpty();
  }

  int size() {
    return features.size();
  }

  /// How many tags of this set the other one has, too, whatever their values.
  int shared(FeatureSet other) {
    int shared = 0;
    for (String tag : features.keySet()) {
      shared += other.features.containsKey(tag) ? 1 : 0;
    }
    return shared;
  }

  /// Whether something can have both sets of features: a tag that only one side names agrees with anything (RFC 2533 by RFC 3841
  /// section 7.2.4).
  public boolean matches(FeatureSet other) {
    for (Map.Entry<String, List<FeatureValue>> feature : features.entrySet()) {
      List<FeatureValue> theirs = other.features.get(feature.getKey());
      if (theirs != null && !FeatureValue.anyMeets(feature.getValue(), theirs)) {
        return false;
      }
    }
    return true;
  }

  static FeatureSet require(String tag, String token) {
    List<FeatureValue> values = new ArrayList<>(1);
    values.add(new FeatureValue.Token(Grammar.lower(token), false));
    return new FeatureSet(Map.of(tag, values));
  }

  /// This set and the other's tags that it does not have.
  FeatureSet and(FeatureSet other) {
    Map<String, List<FeatureValue>> both = new LinkedHashMap<>(other.features);
    both.putAll(features);
    return new FeatureSet(both);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FeatureSet set && set.features.equals(features);
  }

  @Override
  public int hashCode() {
    return features.hashCode();
  }

  @Override
  public String toString() {
    return features.toString();
  }
}
