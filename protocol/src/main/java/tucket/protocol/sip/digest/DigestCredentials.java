// What a client answers to a challenge.
package tucket.protocol.sip.digest;

import java.util.Locale;
import tucket.protocol.Malformed;

/// The value of Authorization or Proxy-Authorization (RFC 3261 section 20.7, RFC 7616 section 3.4).
///
/// @param uri the digest-uri as written: it is hashed byte for byte
/// @param response lower-case hexadecimal digits
/// @param cnonce empty text where there is none
/// @param qop `auth`, `auth-int` or empty text (RFC 2069)
/// @param nc eight hexadecimal digits as written, or empty text; see [#count]
/// @param opaque empty text where there is none
public record DigestCredentials(
    String username,
    String realm,
    String nonce,
    String uri,
    String response,
    Algorithm algorithm,
    String cnonce,
    String qop,
    String nc,
    String opaque) {

  /// @throws Malformed also where the scheme, the algorithm or the qop is one we do not know
  public static DigestCredentials parse(String text) {
    AuthParams params = AuthParams.parse(text, "Authorization");
    String token = params.text("algorithm");
    Algorithm algorithm =
        token.isEmpty() ? Algorithm.MD5 : Algorithm.of(token).orElseThrow(() -> new Malformed("Authorization has an unknown algorithm"));
    String qop = params.text("qop").toLowerCase(Locale.ROOT);
    String nc = params.text("nc");
    if (!qop.isEmpty() && !qop.equals("auth") && !qop.equals("auth-int")) {
      throw new Malformed("Authorization has an unknown qop");
    }
    if (!qop.isEmpty() && params.text("cnonce").isEmpty()) {
      throw new Malformed("Authorization has qop but no cnonce");
    }
    if (!qop.isEmpty() && !isCount(nc)) {
      throw new Malformed("Authorization has qop but no nc of eight hexadecimal digits");
    }
    return new DigestCredentials(
        params.needed("username"),
        params.needed("realm"),
        params.needed("nonce"),
        params.needed("uri"),
        params.needed("response").toLowerCase(Locale.ROOT),
        algorithm,
        params.text("cnonce"),
        qop,
        qop.isEmpty() ? "" : nc,
        params.text("opaque"));
  }

  /// Whether a header value is of the scheme Digest at all.
  public static boolean isDigest(String text) {
    return AuthParams.isDigest(text);
  }

  private static boolean isCount(String nc) {
    if (nc.length() != 8) {
      return false;
    }
    for (int i = 0; i < 8; i++) {
      if (nc.charAt(i) > 127 || Character.digit(nc.charAt(i), 16) < 0) {
        return false;
      }
    }
    return true;
  }

  /// The nonce count as a number; 0 where there is no qop.
  public long count() {
    return nc.isEmpty() ? 0 : Long.parseLong(nc, 16);
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(256);
    out.append("Digest username=").append(AuthParams.quote(username));
    out.append(", realm=").append(AuthParams.quote(realm));
    out.append(", nonce=").append(AuthParams.quote(nonce));
    out.append(", uri=").append(AuthParams.quote(uri));
    out.append(", response=\"").append(response).append('"');
    out.append(", algorithm=").append(algorithm.token());
    if (!qop.isEmpty()) {
      out.append(", cnonce=").append(AuthParams.quote(cnonce)).append(", qop=").append(qop).append(", nc=").append(nc);
    }
    return opaque.isEmpty() ? out.toString() : out.append(", opaque=").append(AuthParams.quote(opaque)).toString();
  }
}
