// The comma-separated name=value list of the authentication headers.
package tucket.protocol.sip.digest;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import tucket.protocol.Malformed;
import tucket.protocol.mime.Params;

/// `Digest realm="x", nonce="y", qop="auth,auth-int"` (RFC 3261 section 25.1, RFC 7616 section 3). Names are held in lower case, values
/// without quotes; a name that comes twice is refused, because two readers could differ about which one counts.
final class AuthParams {
  private static final int MOST = 64;

  private final Map<String, String> values = new LinkedHashMap<>();
  private final String header;

  private AuthParams(String header) {
    this.header = header;
  }

  /// Whether the value is of the scheme Digest.
  static boolean isDigest(String text) {
    String stripped = text.stripLeading();
    return stripped.regionMatches(true, 0, "Digest", 0, 6) && stripped.length() > 6 && stripped.charAt(6) <= ' ';
  }

  static AuthParams parse(String text, String header) {
    if (!isDigest(text)) {
      throw new Malformed(header + " is not of scheme Digest");
    }
    AuthParams params = new AuthParams(header);
    int at = text.length() - text.stripLeading().length() + 6;
    while (true) {
      at = skip(text, at);
      if (at == text.length()) {
        return params;
      }
      at = params.one(text, at);
    }
  }

  private int one(String text, int from) {
    int equals = from;
    while (equals < text.length() && "=,\"; \t".indexOf(text.charAt(equals)) < 0) {
      equals++;
    }
    String name = text.substring(from, equals).toLowerCase(Locale.ROOT);
    int at = blanks(text, equals);
    if (name.isEmpty() || at >= text.length() || text.charAt(at) != '=') {
      throw new Malformed(header + " has a parameter without value");
    }
    at = blanks(text, at + 1);
    StringBuilder value = new StringBuilder();
    if (at < text.length() && text.charAt(at) == '"') {
      at = Params.unquote(text, at, value);
    } else {
      while (at < text.length() && text.charAt(at) != ',' && text.charAt(at) > ' ') {
        value.append(text.charAt(at++));
      }
    }
    if (values.put(name, value.toString()) != null) {
      throw new Malformed(header + " has a parameter twice");
    }
    if (values.size() > MOST) {
      throw new Malformed(header + " has too many parameters");
    }
    at = blanks(text, at);
    if (at < text.length() && text.charAt(at) != ',') {
      throw new Malformed(header + " has something other than a comma between parameters");
    }
    return at;
  }

  private static int blanks(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) <= ' ') {
      at++;
    }
    return at;
  }

  private static int skip(String text, int from) {
    int at = from;
    while (at < text.length() && (text.charAt(at) <= ' ' || text.charAt(at) == ',')) {
      at++;
    }
    return at;
  }

  String needed(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new Malformed(header + " has no " + name);
    }
    return value;
  }

  String text(String name) {
    return values.getOrDefault(name, "");
  }

  static String quote(String value) {
    return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
