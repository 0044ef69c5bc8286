// A telephone number as a URI.
package tucket.protocol.sip;

import tucket.protocol.Malformed;
import tucket.protocol.mime.Params;

/// `tel:+1-201-555-0123;phone-context=...` (RFC 3966 section 3).
///
/// @param number as written, with its visual separators
public record TelUri(String number, Params params) implements Uri {
  private static final String SEPARATORS = "-.()";

  static TelUri parse(String text, int from) {
    int end = text.indexOf(';', from);
    end = end < 0 ? text.length() : end;
    String number = text.substring(from, end);
    if (!isGlobal(number) && !isLocal(number)) {
      throw new Malformed("tel URI has no telephone number");
    }
    return new TelUri(number, UriParams.parse(text, end, text.length()));
  }

  /// Whether `number` is `+` and digits, with or without visual separators (RFC 3966 section 3 global-number).
  static boolean isGlobal(String number) {
    return number.startsWith("+") && marked(number, 1, "");
  }

  private static boolean isLocal(String number) {
    return marked(number, 0, "*#ABCDEFabcdef");
  }

  private static boolean marked(String number, int from, String more) {
    boolean digit = false;
    for (int i = from; i < number.length(); i++) {
      char c = number.charAt(i);
      boolean counts = Grammar.isDigit(c) || more.indexOf(c) >= 0;
      if (!counts && SEPARATORS.indexOf(c) < 0) {
        return false;
      }
      digit |= counts;
    }
    return digit;
  }

  static String withoutSeparators(String number) {
    StringBuilder out = new StringBuilder(number.length());
    for (int i = 0; i < number.length(); i++) {
      if (SEPARATORS.indexOf(number.charAt(i)) < 0) {
        out.append(number.charAt(i));
      }
    }
    return out.toString();
  }

  /// Whether this is a global number (E.164).
  public boolean isGlobal() {
    return isGlobal(number);
  }

  /// The number without visual separators: `+12015550123`, or a local one without `+`.
  public String digits() {
    return withoutSeparators(number);
  }

  @Override
  public String scheme() {
    return "tel";
  }

  @Override
  public String toString() {
    return "tel:" + number + UriParams.text(params);
  }
}
