// What a user's passwords are checked against.
package tucket.server.core;

import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.digest.Algorithm;
import tucket.protocol.sip.digest.Digest;

/// The hashes H(login:realm:password) of every algorithm (RFC 7616 section 3.4.2, A1), by the login names a client may use: `alice` and
/// `alice@domain`. The password itself is kept nowhere. A hash opens this realm to whoever has it, so it is never printed.
///
/// @param epoch changes with every change of the password: what was trusted before it is trusted no longer
public record Credentials(long epoch, Map<String, Map<Algorithm, String>> hashes) {
  public Credentials {
    hashes = Collections.unmodifiableMap(new LinkedHashMap<>(hashes)); // the order is stored
  }

  /// Hashes the password for all login names of that user.
  static Credentials of(AddressOfRecord user, String realm, String password, long epoch) {
    Map<String, Map<Algorithm, String>> hashes = new LinkedHashMap<>();
    SipUri uri = (SipUri) user.uri();
    for (String login : new String[] {uri.user(), uri.user() + "@" + uri.host()}) {
      Map<Algorithm, String> each = new EnumMap<>(Algorithm.class);
      for (Algorithm algorithm : Algorithm.values()) {
        each.put(algorithm, Digest.a1(algorithm, login, realm, password));
      }
      hashes.put(login, each);
    }
    return new Credentials(epoch, hashes);
  }

  Optional<String> hash(String login, Algorithm algorithm) {
    return Optional.ofNullable(hashes.getOrDefault(login, Map.of()).get(algorithm));
  }

  @Override
  public String toString() {
    return "Credentials[epoch=" + epoch + "]";
  }
}
