// One a= line.
package tucket.protocol.sdp;

import java.util.List;
import java.util.Optional;

/// `a=name` or `a=name:value` (RFC 4566 section 5.13). Names are compared without regard to case when read.
public record Attribute(String name, Optional<String> value) {
  public Attribute {
    Line.check(name);
    value.ifPresent(Line::check);
  }

  public static Attribute of(String name, String value) {
    return new Attribute(name, Optional.of(value));
  }

  public static Attribute flag(String name) {
    return new Attribute(name, Optional.empty());
  }

  static Attribute parse(String text) {
    int colon = text.indexOf(':');
    return colon < 0 ? flag(text.strip()) : of(text.substring(0, colon).strip(), text.substring(colon + 1).strip());
  }

  /// The value of the first attribute of that name in the list; empty text for a flag.
  static Optional<String> find(List<Attribute> list, String name) {
    for (Attribute a : list) {
      if (a.name.equalsIgnoreCase(name)) {
        return Optional.of(a.value.orElse(""));
      }
    }
    return Optional.empty();
  }

  @Override
  public String toString() {
    return name + value.map(v -> ":" + v).orElse("");
  }
}
