// The words for disposition notifications that people type and read.
package tucket.app.command;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import tucket.protocol.cpim.Disposition;

/// delivered, failed, displayed, stored.
final class Dispositions {
  static final String WORDS = "delivered, failed, displayed, stored";

  private Dispositions() {}

  /// `delivered,displayed` or `none`; throws [Failure] on another word.
  static List<Disposition> parse(String text) {
    return text.equals("none") || text.isBlank() ? List.of() : Arrays.stream(text.split("[, ]+")).map(Dispositions::one).distinct().toList();
  }

  private static Disposition one(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "delivered", "positive-delivery" -> Disposition.POSITIVE_DELIVERY;
      case "failed", "negative-delivery" -> Disposition.NEGATIVE_DELIVERY;
      case "displayed", "display" -> Disposition.DISPLAY;
      case "stored", "processing" -> Disposition.PROCESSING;
      default -> throw new Failure(Exit.USAGE, "\"" + word + "\" is no notification: " + WORDS + " or none");
    };
  }
}
