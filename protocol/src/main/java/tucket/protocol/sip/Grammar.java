// Character classes and small scanners of the SIP grammar (RFC 3261 section 25.1).
package tucket.protocol.sip;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tucket.protocol.Malformed;

/// Scanners over text that has been unfolded. Positions are indices into that text.
final class Grammar {
  private static final boolean[] TOKEN = set("-.!%*_+`'~");
  private static final boolean[] URI_PARAM = set("-_.!~*'()[]/:&+$%");
  private static final boolean[] URI_HEADERS = set("-_.!~*'()[]/?:+$%&=;,@");

  private Grammar() {}

  /// Letters, digits and `marks`.
  static boolean[] set(String marks) {
    boolean[] set = new boolean[128];
    for (char c = 0; c < 128; c++) {
      set[c] = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || isDigit(c) || marks.indexOf(c) >= 0;
    }
    return set;
  }

  static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  static boolean isTokenByte(int c) {
    return c >= 0 && c < 128 && TOKEN[c];
  }

  static boolean isUriParam(char c) {
    return c < 128 && URI_PARAM[c];
  }

  static boolean isUriHeader(char c) {
    return c < 128 && URI_HEADERS[c];
  }

  static boolean isIn(boolean[] set, char c) {
    return c < 128 && set[c];
  }

  static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isTokenByte(text.charAt(i))) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  static boolean isBlank(int c) {
    return c == ' ' || c == '\t';
  }

  static int skipBlanks(String text, int at) {
    while (at < text.length() && isBlank(text.charAt(at))) {
      at++;
    }
    return at;
  }

  /// Replaces each line end with the blanks around it by one space (RFC 3261 section 7.3.1).
  static String unfold(String text) {
    StringBuilder out = new StringBuilder(text.length());
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c != '\r' && c != '\n') {
        out.append(c);
        at++;
        continue;
      }
      while (at < text.length() && (isBlank(text.charAt(at)) || text.charAt(at) == '\r' || text.charAt(at) == '\n')) {
        at++;
      }
      int length = out.length();
      while (length > 0 && isBlank(out.charAt(length - 1))) {
        length--;
      }
      out.setLength(length);
      out.append(' ');
    }
    return out.toString().strip();
  }

  /// The position of the first comma from `from` that is neither inside a quoted string nor between angle brackets; the length where none.
  static int comma(String text, int from) {
    if (text.indexOf(',', from) < 0) {
      return text.length(); // as nearly always
    }
    boolean quoted = false;
    boolean angle = false;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted) {
        if (c == '\\') {
          i++;
        } else if (c == '"') {
          quoted = false;
        }
      } else if (c == '"') {
        quoted = true;
      } else if (c == '<') {
        angle = true;
      } else if (c == '>') {
        angle = false;
      } else if (c == ',' && !angle) {
        return i;
      }
    }
    return text.length();
  }

  /// The comma-separated values of one line, each stripped; empty ones are left out.
  static void split(String text, List<String> into) {
    int at = 0;
    while (at < text.length()) {
      int comma = comma(text, at);
      String value = text.substring(at, comma).strip();
      if (!value.isEmpty()) {
        into.add(value);
      }
      at = comma + 1;
    }
  }

  static List<String> split(String text) {
    List<String> values = new ArrayList<>();
    split(text, values);
    return values;
  }

  /// A decimal number of `text[from, to)` not above `max`; -1 where it is not one.
  static long number(String text, int from, int to, long max) {
    if (from >= to) {
      return -1;
    }
    long value = 0;
    for (int i = from; i < to; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
      if (value > max) {
        return -1;
      }
    }
    return value;
  }

  /// A `host [":" port]` that starts at `from` (RFC 3261 section 25.1 hostport); blanks around the colon are accepted where `blanks`.
  record HostPort(String host, int port, int end) {
    static HostPort read(String text, int from, boolean blanks, String what) {
      int end = hostEnd(text, from, what);
      String written = text.substring(from, end);
      // RFC 5118 section 4.10: the grammar of RFC 3261 allows a third colon before an IPv4 tail; it is not passed on
      String host = written.charAt(0) == '[' ? written.replace(":::", "::") : written;
      int at = blanks ? skipBlanks(text, end) : end;
      if (at >= text.length() || text.charAt(at) != ':') {
        return new HostPort(host, -1, at);
      }
      at = blanks ? skipBlanks(text, at + 1) : at + 1;
      int digits = at;
      while (at < text.length() && isDigit(text.charAt(at))) {
        at++;
      }
      long port = number(text, digits, at, 65_535);
      if (port < 0) {
        throw new Malformed(what + " has a bad port");
      }
      return new HostPort(host, (int) port, blanks ? skipBlanks(text, at) : at);
    }

    private static int hostEnd(String text, int from, String what) {
      if (from < text.length() && text.charAt(from) == '[') {
        int close = text.indexOf(']', from);
        if (close < 0 || !IpAddress.isIpv6(text.substring(from + 1, close))) {
          throw new Malformed(what + " has a bad IPv6 reference");
        }
        return close + 1;
      }
      int at = from;
      while (at < text.length() && isHost(text.charAt(at))) {
        at++;
      }
      if (at == from) {
        throw new Malformed(what + " has no host");
      }
      return at;
    }

    private static boolean isHost(char c) {
      return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || isDigit(c) || c == '.' || c == '-' || c == '_';
    }
  }

  static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
