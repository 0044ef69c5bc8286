// Looks at the characters of a text.
package tucket.protocol.msrp;

import java.util.function.IntPredicate;

/// A plain loop: what is asked of every line of a stream is worth no stream of characters.
final class Text {
  private Text() {}

  /// Whether all characters are such; true for no character at all.
  static boolean consistsOf(String text, IntPredicate allowed) {
    for (int i = 0; i < text.length(); i++) {
      if (!allowed.test(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }
}
