// The hash algorithms of digest authentication.
package tucket.protocol.sip.digest;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/// RFC 8760 section 2.1. The `-sess` variants are not offered and not accepted.
public enum Algorithm {
  MD5("MD5", "MD5"),
  SHA_256("SHA-256", "SHA-256"),
  SHA_512_256("SHA-512-256", "SHA-512/256");

  private final String token;
  private final String javaName;

  Algorithm(String token, String javaName) {
    this.token = token;
    this.javaName = javaName;
  }

  /// The name on the wire.
  public String token() {
    return token;
  }

  /// The algorithm of that token, whatever its case.
  public static Optional<Algorithm> of(String token) {
    for (Algorithm algorithm : values()) {
      if (algorithm.token.equalsIgnoreCase(token)) {
        return Optional.of(algorithm);
      }
    }
    return Optional.empty();
  }

  /// The hash as lower-case hexadecimal digits.
  String hex(byte[] data) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance(javaName).digest(data));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no " + javaName, e); // every JDK has all three
    }
  }
}
