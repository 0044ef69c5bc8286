// One alternative of a feature tag, and whether two alternatives can be met by the same thing.
package tucket.protocol.sip;

import java.util.ArrayList;
import java.util.List;
import tucket.protocol.Malformed;

/// A `tag-value` (RFC 3840 section 9): what a device can do, or what a caller asks for.
sealed interface FeatureValue {
  FeatureValue TRUE = new Token("true", false);

  /// A token or boolean in lower case: compared without regard to case (RFC 3841 section 7.2.4).
  record Token(String text, boolean negated) implements FeatureValue {}

  /// What stands between angle brackets: compared with regard to case.
  record Text(String text, boolean negated) implements FeatureValue {}

  /// A closed range of numbers.
  record Range(double low, double high, boolean negated) implements FeatureValue {}

  boolean negated();

  /// Reads the comma-separated alternatives; none at all means TRUE.
  static List<FeatureValue> parseList(String text) {
    List<FeatureValue> values = new ArrayList<>(2);
    int at = 0;
    while (at <= text.length()) {
      int end = at;
      boolean angle = false;
      while (end < text.length() && (angle || text.charAt(end) != ',')) {
        angle = text.charAt(end) == '<' || angle && text.charAt(end) != '>';
        end++;
      }
      String one = text.substring(at, end).strip();
      if (!one.isEmpty()) {
        values.add(parse(one));
      }
      at = end + 1;
    }
    return values.isEmpty() ? List.of(TRUE) : values;
  }

  private static FeatureValue parse(String text) {
    boolean negated = text.charAt(0) == '!';
    String value = negated ? text.substring(1) : text;
    if (value.startsWith("<") && value.endsWith(">") && value.length() > 1) {
      return new Text(value.substring(1, value.length() - 1), negated);
    }
    if (value.startsWith("#")) {
      return range(value.substring(1), negated);
    }
    String token = Grammar.lower(value);
    if (negated && token.equals("true")) {
      return new Token("false", false);
    }
    return negated && token.equals("false") ? TRUE : new Token(token, negated);
  }

  private static Range range(String text, boolean negated) {
    int colon = text.indexOf(':');
    if (colon > 0) {
      return new Range(number(text.substring(0, colon)), number(text.substring(colon + 1)), negated);
    }
    if (text.startsWith(">=")) {
      return new Range(number(text.substring(2)), Double.POSITIVE_INFINITY, negated);
    }
    if (text.startsWith("<=")) {
      return new Range(Double.NEGATIVE_INFINITY, number(text.substring(2)), negated);
    }
    if (text.startsWith("=")) {
      double exact = number(text.substring(1));
      return new Range(exact, exact, negated);
    }
    throw new Malformed("feature tag has a bad number");
  }

  /// `[+-] digits ["." digits]` (RFC 3840 section 9 number); at most 32 characters.
  private static double number(String text) {
    int digits = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      digits += Grammar.isDigit(c) ? 1 : 0;
      if (!Grammar.isDigit(c) && c != '.' && !(i == 0 && (c == '+' || c == '-'))) {
        throw new Malformed("feature tag has a bad number");
      }
    }
    if (digits == 0 || text.length() > 32 || text.indexOf('.') != text.lastIndexOf('.')) {
      throw new Malformed("feature tag has a bad number");
    }
    return Double.parseDouble(text);
  }

  /// Whether some value is named by an alternative of each side: the match of RFC 2533 for one feature.
  static boolean anyMeets(List<FeatureValue> left, List<FeatureValue> right) {
    for (FeatureValue a : left) {
      for (FeatureValue b : right) {
        if (a.meets(b)) {
          return true;
        }
      }
    }
    return false;
  }

  /// Whether some value is named by both.
  default boolean meets(FeatureValue other) {
    if (negated()) {
      // two exclusions always leave something: tokens, texts and numbers are without end
      return other.negated() || !within(other);
    }
    return other.negated() ? !other.within(this) : overlaps(other);
  }

  /// Whether everything that `other` names is named here, negation on either side left out of account.
  private boolean within(FeatureValue other) {
    return switch (this) {
      case Token mine -> other instanceof Token theirs && mine.text.equals(theirs.text);
      case Text mine -> other instanceof Text theirs && mine.text.equals(theirs.text);
      case Range mine -> other instanceof Range theirs && mine.low <= theirs.low && theirs.high <= mine.high;
    };
  }

  private boolean overlaps(FeatureValue other) {
    return switch (this) {
      case Range mine -> other instanceof Range theirs && mine.low <= theirs.high && theirs.low <= mine.high;
      case Token mine -> within(other);
      case Text mine -> within(other);
    };
  }
}
