// The hash of a certificate that a peer will show.
package tucket.protocol.sdp;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// `a=fingerprint:sha-256 AA:BB:...` (RFC 8122 section 5). `hash` is in lower case, `value` in upper case with colons.
public record Fingerprint(String hash, String value) {
  /// What RFC 8122 section 5 wants to be used.
  public static final String SHA_256 = "sha-256";
  private static final int MAX = 256;
  /// The functions that count, the best last; MD2 and MD5 are no proof (RFC 8122 section 5). Terminals of the field write SHA-1.
  private static final List<String> KNOWN = List.of("sha-1", "sha-224", SHA_256, "sha-384", "sha-512");
  private static final HexFormat HEX = HexFormat.ofDelimiter(":").withUpperCase();

  /// Of that certificate, as DER.
  public static Fingerprint of(String hash, byte[] certificate) {
    return new Fingerprint(hash, HEX.formatHex(digest(hash, certificate)));
  }

  private static byte[] digest(String hash, byte[] certificate) {
    try {
      return MessageDigest.getInstance(hash.toUpperCase(Locale.ROOT)).digest(certificate);
    } catch (NoSuchAlgorithmException absent) {
      throw new IllegalArgumentException("no hash function " + hash, absent);
    }
  }

  /// Empty where it is none: then there is nothing to check against, which the caller must treat as not trusted.
  public static Optional<Fingerprint> parse(String text) {
    String[] words = text.strip().split("[ \t]+", 3);
    if (words.length != 2 || words[1].length() > MAX || !words[1].matches("[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2})*")) {
      return Optional.empty();
    }
    return Optional.of(new Fingerprint(words[0].toLowerCase(Locale.ROOT), words[1].toUpperCase(Locale.ROOT)));
  }

  /// Of several for one certificate, the one by the best function that is known; the first where none is.
  public static Optional<Fingerprint> best(List<Fingerprint> all) {
    return all.stream().max(Comparator.comparingInt(f -> KNOWN.indexOf(f.hash))).filter(f -> f.isKnown())
        .or(() -> all.stream().findFirst());
  }

  /// Whether it can prove anything.
  public boolean isKnown() {
    return KNOWN.contains(hash);
  }

  /// Whether it is that of the certificate (DER).
  public boolean matches(byte[] certificate) {
    return isKnown() && of(hash, certificate).value.equals(value);
  }

  @Override
  public String toString() {
    return hash + " " + value;
  }
}
