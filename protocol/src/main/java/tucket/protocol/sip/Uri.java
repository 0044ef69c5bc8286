// A URI as SIP headers carry it: sip and sips, tel, or any other.
package tucket.protocol.sip;

import tucket.protocol.Malformed;

/// A URI; `toString` gives its wire text.
public sealed interface Uri permits SipUri, TelUri, OtherUri {
  /// Reads a URI that fills the whole text; blanks, angle brackets and controls are not allowed in it.
  static Uri parse(String text) {
    int colon = text.indexOf(':');
    if (colon <= 0) {
      throw new Malformed("URI has no scheme");
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c == '<' || c == '>' || c == '"' || c == 127) {
        throw new Malformed("URI has a character that is not allowed");
      }
    }
    return switch (colon) {
      case 3 -> {
        if (text.regionMatches(true, 0, "sip", 0, 3)) {
          yield SipUri.parse(text, 4, false);
        }
        yield text.regionMatches(true, 0, "tel", 0, 3) ? TelUri.parse(text, 4) : OtherUri.parse(text, colon);
      }
      case 4 -> text.regionMatches(true, 0, "sips", 0, 4) ? SipUri.parse(text, 5, true) : OtherUri.parse(text, colon);
      default -> OtherUri.parse(text, colon);
    };
  }

  /// The scheme in lower case.
  String scheme();
}
