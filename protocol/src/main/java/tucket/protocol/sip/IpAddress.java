// Text forms of IP addresses, told apart without asking any resolver.
package tucket.protocol.sip;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Numeric addresses as RFC 3261 section 25.1 and RFC 5954 section 4.1 write them.
public final class IpAddress {
  private IpAddress() {}

  /// Whether `text` is an IPv4 address in dotted decimal form.
  public static boolean isIpv4(String text) {
    return v4(text) != null;
  }

  /// Whether `text` is an IPv6 address without brackets, an embedded IPv4 tail included.
  public static boolean isIpv6(String text) {
    return v6(text) != null;
  }

  /// Whether both host parts (IPv6 in brackets or bare) name the same host: numeric addresses by value, names without regard to case.
  public static boolean sameHost(String a, String b) {
    if (a.equalsIgnoreCase(b)) {
      return true;
    }
    byte[] left = v6(bare(a));
    byte[] right = v6(bare(b));
    return left != null && right != null && Arrays.equals(left, right);
  }

  /// The address without the brackets of an IPv6 reference.
  public static String bare(String host) {
    return host.length() > 1 && host.charAt(0) == '[' && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  private static byte @Nullable [] v4(String text) {
    byte[] address = new byte[4];
    int at = 0;
    for (int part = 0; part < 4; part++) {
      int start = at;
      while (at < text.length() && Grammar.isDigit(text.charAt(at))) {
        at++;
      }
      long value = at - start > 3 ? -1 : Grammar.number(text, start, at, 255);
      boolean last = part == 3;
      if (value < 0 || last != (at == text.length()) || !last && text.charAt(at) != '.') {
        return null;
      }
      address[part] = (byte) value;
      at++;
    }
    return address;
  }

  private static byte @Nullable [] v6(String written) {
    if (written.length() < 2 || written.length() > 46) {
      return null;
    }
    // RFC 5118 section 4.10
    String text = written.indexOf('.') > 0 ? written.replace(":::", "::") : written;
    byte[] address = new byte[16];
    int filled = 0;
    int gap = -1;
    int at = 0;
    if (text.startsWith("::")) {
      gap = 0;
      at = 2;
    }
    while (at < text.length()) {
      int colon = text.indexOf(':', at);
      int end = colon < 0 ? text.length() : colon;
      if (colon < 0 && text.indexOf('.', at) >= 0) {
        byte[] tail = v4(text.substring(at));
        if (tail == null || filled > 12) {
          return null;
        }
        System.arraycopy(tail, 0, address, filled, 4);
        filled += 4;
        break;
      }
      int value = hex(text, at, end);
      if (value < 0 || filled > 14) {
        return null;
      }
      address[filled++] = (byte) (value >> 8);
      address[filled++] = (byte) value;
      at = end;
      if (at == text.length()) {
        break;
      }
      at++;
      if (at < text.length() && text.charAt(at) == ':') {
        if (gap >= 0) {
          return null;
        }
        gap = filled;
        at++;
      } else if (at == text.length()) {
        return null;
      }
    }
    return spread(address, filled, gap);
  }

  private static byte @Nullable [] spread(byte[] address, int filled, int gap) {
    if (gap < 0) {
      return filled == 16 ? address : null;
    }
    if (filled > 14) {
      return null;
    }
    byte[] whole = new byte[16];
    System.arraycopy(address, 0, whole, 0, gap);
    System.arraycopy(address, gap, whole, 16 - (filled - gap), filled - gap);
    return whole;
  }

  private static int hex(String text, int from, int to) {
    if (from >= to || to - from > 4) {
      return -1;
    }
    int value = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      int digit = c < 128 ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        return -1;
      }
      value = value << 4 | digit;
    }
    return value;
  }
}
