// What notifications the sender of a message asks for.
package tucket.protocol.cpim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/// The values of Disposition-Notification (RFC 5438 sections 6.2 and 10).
public enum Disposition {
  POSITIVE_DELIVERY("positive-delivery"),
  NEGATIVE_DELIVERY("negative-delivery"),
  DISPLAY("display"),
  PROCESSING("processing");

  private static final List<Disposition> ALL = List.of(values());

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
    List<Disposition> found = new ArrayList<>(ALL.size());
    int from = 0;
    while (from <= value.length()) {
      int comma = value.indexOf(',', from);
      int end = comma < 0 ? value.length() : comma;
      int semicolon = value.indexOf(';', from, end);
      String word = value.substring(from, semicolon < 0 ? end : semicolon).strip();
      for (Disposition d : ALL) {
        if (d.token.equalsIgnoreCase(word) && !found.contains(d)) {
          found.add(d);
        }
      }
      from = end + 1;
    }
    return Collections.unmodifiableList(found);
  }

  /// `positive-delivery, display`.
  public static String write(List<Disposition> requests) {
    return requests.stream().map(Disposition::token).collect(Collectors.joining(", "));
  }
}
