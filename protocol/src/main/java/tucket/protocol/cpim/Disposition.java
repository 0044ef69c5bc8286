// What notifications the sender of a message asks for.
package tucket.protocol.cpim;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// The values of Disposition-Notification (RFC 5438 sections 6.2 and 10).
public enum Disposition {
  POSITIVE_DELIVERY("positive-delivery"),
  NEGATIVE_DELIVERY("negative-delivery"),
  DISPLAY("display"),
  PROCESSING("processing");

  private final String token;

  Disposition(String token) {
    this.token = token;
  }

  /// The word on the wire.
  public String token() {
    return token;
  }

  /// The requests that a header value lists, each once, in order. Unknown ones are left out (RFC 5438 section 7.2.1), and so are
  /// parameters.
  public static List<Disposition> parseList(String value) {
    List<Disposition> found = new ArrayList<>();
    for (String item : value.split(",")) {
      int semicolon = item.indexOf(';');
      String word = (semicolon < 0 ? item : item.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
      for (Disposition d : values()) {
        if (d.token.equals(word) && !found.contains(d)) {
          found.add(d);
        }
      }
    }
    return List.copyOf(found);
  }

  /// `positive-delivery, display`.
  public static String write(List<Disposition> requests) {
    return requests.stream().map(Disposition::token).collect(Collectors.joining(", "));
  }
}
