// The capabilities that a device declares in its Contact.
package tucket.protocol.sip;

import java.util.List;
import java.util.Map;
import java.util.Set;
import tucket.protocol.mime.Params;

/// Feature parameters (RFC 3840 section 9): tag names in lower case without the leading `+`, each with its alternatives.
public final class FeatureSet {
  public static final FeatureSet NONE = new FeatureSet(Map.of());

  private final Map<String, List<Value>> features;

  private FeatureSet(Map<String, List<Value>> features) {
    this.features = features;
  }

  /// One alternative of a feature: what stands between commas inside the quotes.
  sealed interface Value {
    /// A token, compared without regard to case; `TRUE` and `FALSE` are tokens.
    record Token(String text, boolean negated) implements Value {}

    /// `<text>`, compared with regard to case.
    record Text(String text, boolean negated) implements Value {}

    /// `#=5`, `#>=5`, `#<=5`, `#1:5`: a closed range.
    record Range(double low, double high, boolean negated) implements Value {}

    boolean negated();
  }

  public static FeatureSet of(Params params) {
    return NONE;
  }

  public static FeatureSet of(NameAddr contact) {
    return of(contact.params());
  }

  public Set<String> tags() {
    return features.keySet();
  }

  public boolean has(String tag) {
    return features.containsKey(tag);
  }

  public boolean isEmpty() {
    return features.isEmpty();
  }

  @Override
  public String toString() {
    return features.toString();
  }
}
