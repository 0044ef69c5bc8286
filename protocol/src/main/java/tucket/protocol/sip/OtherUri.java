// A URI of a scheme that SIP elements carry but do not route by: http, im, pres, urn, cid.
package tucket.protocol.sip;

import tucket.protocol.Malformed;

/// Any URI that is neither sip, sips nor tel (RFC 3261 section 25.1 absoluteURI).
///
/// @param scheme in lower case
/// @param rest what follows the colon, as written
public record OtherUri(String scheme, String rest) implements Uri {
  static OtherUri parse(String text, int colon) {
    char first = text.charAt(0);
    if (!(first >= 'a' && first <= 'z' || first >= 'A' && first <= 'Z')) {
      throw new Malformed("URI scheme does not begin with a letter");
    }
    for (int i = 1; i < colon; i++) {
      char c = text.charAt(i);
      if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || Grammar.isDigit(c) || c == '+' || c == '-' || c == '.')) {
        throw new Malformed("URI scheme has a character that is not allowed");
      }
    }
    if (colon == text.length() - 1) {
      throw new Malformed("URI has nothing behind its scheme");
    }
    return new OtherUri(Grammar.lower(text.substring(0, colon)), text.substring(colon + 1));
  }

  @Override
  public String toString() {
    return scheme + ":" + rest;
  }
}
