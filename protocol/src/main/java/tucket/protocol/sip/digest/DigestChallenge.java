// What a server asks a client to prove.
package tucket.protocol.sip.digest;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tucket.protocol.Malformed;

/// The value of WWW-Authenticate or Proxy-Authenticate (RFC 3261 section 20.44, RFC 7616 section 3.3, RFC 8760).
///
/// @param opaque empty text where there is none
/// @param qop lower-case tokens in the server's order of preference; empty for a server of RFC 2069
/// @param stale whether only the nonce was too old, so that the client tries again without asking its user
public record DigestChallenge(String realm, String nonce, String opaque, Algorithm algorithm, List<String> qop, boolean stale) {
  public DigestChallenge {
    qop = List.copyOf(qop);
  }

  /// A challenge with qop auth and without opaque.
  public static DigestChallenge of(String realm, String nonce, Algorithm algorithm, boolean stale) {
    return new DigestChallenge(realm, nonce, "", algorithm, List.of("auth"), stale);
  }

  /// @throws Malformed also where the scheme or the algorithm is one we do not know
  public static DigestChallenge parse(String text) {
    AuthParams params = AuthParams.parse(text, "WWW-Authenticate");
    String token = params.text("algorithm");
    Algorithm algorithm =
        token.isEmpty()
            ? Algorithm.MD5
            : Algorithm.of(token).orElseThrow(() -> new Malformed("WWW-Authenticate has an unknown algorithm"));
    List<String> qop = new ArrayList<>(2);
    for (String option : params.text("qop").split(",", -1)) {
      if (!option.isBlank()) {
        qop.add(option.strip().toLowerCase(Locale.ROOT));
      }
    }
    boolean stale = params.text("stale").equalsIgnoreCase("true");
    return new DigestChallenge(
        params.needed("realm"), params.needed("nonce"), params.text("opaque"), algorithm, Collections.unmodifiableList(qop), stale);
  }

  /// The first challenge of a scheme and an algorithm that we know: servers list them in their order of preference (RFC 8760 section 2.4).
  public static Optional<DigestChallenge> choose(List<String> headerLines) {
    for (String line : headerLines) {
      try {
        return Optional.of(parse(line));
      } catch (Malformed notOurs) {
        // the next one may be
      }
    }
    return Optional.empty();
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(160);
    out.append("Digest realm=").append(AuthParams.quote(realm)).append(", nonce=").append(AuthParams.quote(nonce));
    if (!opaque.isEmpty()) {
      out.append(", opaque=").append(AuthParams.quote(opaque));
    }
    out.append(", algorithm=").append(algorithm.token());
    if (!qop.isEmpty()) {
      out.append(", qop=\"").append(String.join(",", qop)).append('"');
    }
    return stale ? out.append(", stale=TRUE").toString() : out.toString();
  }
}
