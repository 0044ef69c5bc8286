// Which characters XML allows where.
package tucket.protocol.xcap;

/// XML 1.0 (fifth edition) productions 2, 4 and 4a, the latter without the colon.
final class XmlChars {
  private XmlChars() {}

  static boolean isChar(int c) {
    return c >= 0x20 && c <= 0xD7FF || c == '\n' || c == '\r' || c == '\t' || c >= 0xE000 && c <= 0xFFFD || c >= 0x10000 && c <= 0x10FFFF;
  }

  /// Whether the character at that place is one, or the second half of one.
  static boolean isChar(String in, int at) {
    char c = in.charAt(at);
    if (c < 0xD800) {
      return c >= ' ' || c == '\n' || c == '\r' || c == '\t';
    }
    if (Character.isHighSurrogate(c)) {
      return at + 1 < in.length() && Character.isLowSurrogate(in.charAt(at + 1));
    }
    return Character.isLowSurrogate(c) ? at > 0 && Character.isHighSurrogate(in.charAt(at - 1)) : c <= 0xFFFD;
  }

  static boolean isNameStart(int c) {
    if (c < 0x80) {
      return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
    }
    return c >= 0xC0 && c <= 0x2FF && c != 0xD7 && c != 0xF7
        || c >= 0x370 && c <= 0x1FFF && c != 0x37E
        || c == 0x200C
        || c == 0x200D
        || c >= 0x2070 && c <= 0x218F
        || c >= 0x2C00 && c <= 0x2FEF
        || c >= 0x3001 && c <= 0xD7FF
        || c >= 0xF900 && c <= 0xFDCF
        || c >= 0xFDF0 && c <= 0xFFFD
        || c >= 0x10000 && c <= 0xEFFFF;
  }

  static boolean isName(int c) {
    return isNameStart(c)
        || c >= '0' && c <= '9'
        || c == '-'
        || c == '.'
        || c == 0xB7
        || c >= 0x300 && c <= 0x36F
        || c == 0x203F
        || c == 0x2040;
  }
}
