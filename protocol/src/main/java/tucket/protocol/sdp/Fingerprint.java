// The hash of a certificate that a peer will show.
package tucket.protocol.sdp;

import java.util.Locale;
import java.util.Optional;

/// `a=fingerprint:sha-256 AA:BB:...` (RFC 8122 section 5). `hash` is in lower case, `value` in upper case with colons.
public record Fingerprint(String hash, String value) {
  private static final int MAX = 256;

  /// Empty where it is none: then there is nothing to check against, which the caller must treat as not trusted.
  public static Optional<Fingerprint> parse(String text) {
    String[] words = text.strip().split("[ \t]+", 3);
    if (words.length != 2 || words[1].length() > MAX || !words[1].matches("[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2})*")) {
      return Optional.empty();
    }
    return Optional.of(new Fingerprint(words[0].toLowerCase(Locale.ROOT), words[1].toUpperCase(Locale.ROOT)));
  }

  @Override
  public String toString() {
    return hash + " " + value;
  }
}
