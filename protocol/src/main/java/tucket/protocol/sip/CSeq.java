// The CSeq header: the order of requests inside a dialog.
package tucket.protocol.sip;

import tucket.protocol.Malformed;

/// `4711 INVITE` (RFC 3261 section 20.16). The number fits 32 bits; new ones are to be below 2^31 (section 8.1.1.5).
public record CSeq(long number, String method) {
  public static final long MAX = (1L << 32) - 1;

  public static CSeq parse(String text) {
    int digits = 0;
    while (digits < text.length() && Grammar.isDigit(text.charAt(digits))) {
      digits++;
    }
    long number = Grammar.number(text, 0, digits, MAX);
    if (number < 0) {
      throw new Malformed("CSeq needs a number below 2^32");
    }
    int at = Grammar.skipBlanks(text, digits);
    String method = text.substring(at).strip();
    if (at == digits || !Grammar.isToken(method)) {
      throw new Malformed("CSeq needs a method");
    }
    return new CSeq(number, Methods.known(method));
  }

  @Override
  public String toString() {
    return number + " " + method;
  }
}
