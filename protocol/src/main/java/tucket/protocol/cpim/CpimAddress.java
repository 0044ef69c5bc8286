// The value of From, To and cc: a name for people and a URI.
package tucket.protocol.cpim;

/// `[ Formal-name ] "<" URI ">"` (RFC 3862 sections 3.6 and 4.1). Reading is lenient: a bare URI without brackets is taken too. `name` has
/// its quotes and escapes undone and is empty where there is none.
public record CpimAddress(String name, String uri) {
  public CpimAddress {
    if (!isClean(uri)) {
      throw new IllegalArgumentException("not a URI for a CPIM address");
    }
  }

  public static CpimAddress of(String uri) {
    return new CpimAddress("", uri);
  }

  /// Never fails: a value that holds no URI gives an empty one.
  public static CpimAddress parse(String value) {
    int open = value.lastIndexOf('<');
    int close = open < 0 ? -1 : value.indexOf('>', open);
    String uri = open < 0 ? value : value.substring(open + 1, close < 0 ? value.length() : close);
    String name = open < 0 ? "" : value.substring(0, open).strip();
    if (name.length() >= 2 && name.startsWith("\"") && name.endsWith("\"")) {
      name = name.substring(1, name.length() - 1);
    }
    return new CpimAddress(CpimHeader.unescape(name), clean(uri));
  }

  private static String clean(String uri) {
    if (isClean(uri)) {
      return uri;
    }
    StringBuilder out = new StringBuilder(uri.length());
    uri.chars().filter(CpimAddress::isAllowed).forEach(c -> out.append((char) c));
    return out.toString();
  }

  private static boolean isClean(String uri) {
    for (int i = 0; i < uri.length(); i++) {
      if (!isAllowed(uri.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isAllowed(int c) {
    return c > ' ' && c != '<' && c != '>' && c != 127;
  }

  /// The value for a header: the name as a quoted string, where there is one.
  @Override
  public String toString() {
    return name.isEmpty() ? "<" + uri + ">" : "\"" + CpimHeader.escape(name).replace("\"", "\\\"") + "\" <" + uri + ">";
  }
}
