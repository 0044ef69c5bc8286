// An HTTP request, read whole.
package tucket.transport.http;

import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// @param method in upper case
/// @param path as written, percent-escapes kept (XCAP's node selectors need them), from the first `/` to before the `?`
/// @param query what follows the `?`, as written; empty text where there is none
/// @param headers names in lower case; a header that came several times has several values
/// @param body never null; empty where there is none
/// @param remote the peer's address
/// @param secure whether it came over TLS
/// @param certificateNames the names that the peer's certificate proves, in lower case; none where it has shown none
public record Request(
    String method, String path, String query, Map<String, List<String>> headers, byte[] body, InetSocketAddress remote, boolean secure,
    List<String> certificateNames) {
  /// The first value of a header.
  public Optional<String> header(String name) {
    List<String> values = headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
    return values.isEmpty() ? Optional.empty() : Optional.of(values.getFirst());
  }

  /// The first value of a query parameter (`name=value&…`), unescaped; a parameter without `=` has the empty text.
  public Optional<String> parameter(String name) {
    for (String pair : query.split("&")) {
      int equals = pair.indexOf('=');
      if (decoded(equals < 0 ? pair : pair.substring(0, equals)).equals(name) && !pair.isEmpty()) {
        return Optional.of(equals < 0 ? "" : decoded(pair.substring(equals + 1)));
      }
    }
    return Optional.empty();
  }

  /// The body as UTF-8.
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  private static String decoded(String escaped) {
    try {
      return URLDecoder.decode(escaped, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException broken) {
      return escaped;
    }
  }
}
