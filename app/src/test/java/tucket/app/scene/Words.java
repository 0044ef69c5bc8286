// Small words of the scene language.
package tucket.app.scene;

import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tucket.protocol.cpim.Disposition;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipResponse;

/// Pure functions.
final class Words {
  private Words() {}

  static String or(@Nullable String text, String otherwise) {
    return text == null ? otherwise : text;
  }

  static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }

  /// `delivered, displayed` and so on.
  static Disposition[] dispositions(String words) {
    return Stream.of(words.split("[, ]+"))
        .filter(w -> !w.isBlank() && !w.equals("and"))
        .map(
            w ->
                switch (w) {
                  case "delivered" -> Disposition.POSITIVE_DELIVERY;
                  case "failed" -> Disposition.NEGATIVE_DELIVERY;
                  case "displayed" -> Disposition.DISPLAY;
                  case "stored" -> Disposition.PROCESSING;
                  default -> throw new AssertionError("nobody can ask for \"" + w + "\": delivered, failed, displayed, stored");
                })
        .toArray(Disposition[]::new);
  }

  /// `wanted` is a number, or `2xx`; `reason` must stand in the reason phrase.
  static void status(Optional<SipResponse> answer, String wanted, @Nullable String reason) {
    SipResponse response = answer.orElseThrow(() -> new AssertionError("there was no answer"));
    boolean fits = wanted.equals("2xx") ? response.isSuccess() : String.valueOf(response.status()).equals(wanted);
    String warning = response.first(Header.WARNING).map(w -> ", Warning: " + w).orElse("");
    check(fits && (reason == null || response.reason().contains(reason)), "the answer was " + response.status() + " " + response.reason() + warning);
  }
}
