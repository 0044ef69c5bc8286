// The arithmetic of digest authentication.
package tucket.protocol.sip.digest;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/// RFC 7616 section 3.4, RFC 3261 section 22.4. HA1 is what is stored for a user; it is as secret as the password.
public final class Digest {
  private static final byte[] NOTHING = new byte[0];

  private Digest() {}

  /// HA1 in lower-case hexadecimal digits: the hash of `user:realm:password`.
  public static String a1(Algorithm algorithm, String user, String realm, String password) {
    return hash(algorithm, user + ":" + realm + ":" + password);
  }

  /// The request-digest (RFC 7616 section 3.4.1; without qop RFC 2069).
  ///
  /// @param ha1 as [#a1] gives it
  /// @param nc eight hexadecimal digits; not used where `qop` is empty, like `cnonce`
  /// @param body only hashed where `qop` is auth-int
  public static String response(
      Algorithm algorithm, String ha1, String method, String uri, String nonce, String nc, String cnonce, String qop, byte[] body) {
    String a2 = qop.equals("auth-int") ? method + ":" + uri + ":" + algorithm.hex(body) : method + ":" + uri;
    String ha2 = hash(algorithm, a2);
    String middle = qop.isEmpty() ? nonce : nonce + ":" + nc + ":" + cnonce + ":" + qop;
    return hash(algorithm, ha1 + ":" + middle + ":" + ha2);
  }

  /// Whether the response is right. Takes the same time wherever it differs. For qop auth and none; auth-int with an empty body.
  public static boolean verify(DigestCredentials credentials, String method, String ha1) {
    return verify(credentials, method, ha1, NOTHING);
  }

  /// The same for any qop. What `credentials.uri()` says has to be compared with the Request-URI by the caller (RFC 3261 section 22.4).
  public static boolean verify(DigestCredentials credentials, String method, String ha1, byte[] body) {
    String right =
        response(
            credentials.algorithm(),
            ha1,
            method,
            credentials.uri(),
            credentials.nonce(),
            credentials.nc(),
            credentials.cnonce(),
            credentials.qop(),
            body);
    return MessageDigest.isEqual(right.getBytes(StandardCharsets.UTF_8), credentials.response().getBytes(StandardCharsets.UTF_8));
  }

  /// The client's answer: qop auth where it is offered, auth-int where only that is, else none.
  ///
  /// @param count how often this nonce has been used, this time included: 1 first
  /// @param cnonce fresh randomness of the client
  public static DigestCredentials answer(
      DigestChallenge challenge, String user, String password, String method, String uri, String cnonce, long count, byte[] body) {
    String ha1 = a1(challenge.algorithm(), user, challenge.realm(), password);
    String qop = challenge.qop().contains("auth") ? "auth" : challenge.qop().contains("auth-int") ? "auth-int" : "";
    String nc = qop.isEmpty() ? "" : String.format("%08x", count);
    String response = response(challenge.algorithm(), ha1, method, uri, challenge.nonce(), nc, cnonce, qop, body);
    return new DigestCredentials(
        user,
        challenge.realm(),
        challenge.nonce(),
        uri,
        response,
        challenge.algorithm(),
        qop.isEmpty() ? "" : cnonce,
        qop,
        nc,
        challenge.opaque());
  }

  private static String hash(Algorithm algorithm, String text) {
    return algorithm.hex(text.getBytes(StandardCharsets.UTF_8));
  }
}
