// What the users prove themselves with where the server wants it.
package tucket.app.load;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipReader;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.digest.Digest;
import tucket.protocol.sip.digest.DigestChallenge;
import tucket.protocol.sip.digest.DigestCredentials;

/// Keeps the newest challenge of a proxy for each user, so that only his first message is challenged (RFC 3261 section 22.3). Guarded by the
/// load.
final class Proofs {
  private static final byte[] NO_BODY = new byte[0];

  private final LoadPlan plan;
  private final SipReader reader = new SipReader(tucket.protocol.sip.SipLimits.DEFAULT);
  private final Map<Integer, Held> held = new HashMap<>();

  private static final class Held {
    final DigestChallenge challenge;
    final boolean proxy;
    long uses;

    Held(DigestChallenge challenge, boolean proxy) {
      this.challenge = challenge;
      this.proxy = proxy;
    }
  }

  Proofs(LoadPlan plan) {
    this.plan = plan;
  }

  /// The challenge in a 401 or 407; empty where there is none that we know.
  Optional<DigestChallenge> challenge(byte[] in, int from, int to) {
    if (!(reader.read(in, from, to) instanceof SipResponse response)) {
      return Optional.empty();
    }
    Optional<DigestChallenge> proxy = DigestChallenge.choose(response.lines(Header.PROXY_AUTHENTICATE));
    return proxy.isPresent() ? proxy : DigestChallenge.choose(response.lines(Header.WWW_AUTHENTICATE));
  }

  void hold(int user, DigestChallenge challenge, boolean proxy) {
    held.put(user, new Held(challenge, proxy));
  }

  /// The header line for a MESSAGE of that user; empty text where he was not challenged yet.
  String line(int user, String requestUri) {
    Held known = held.get(user);
    if (known == null) {
      return "";
    }
    known.uses++;
    DigestCredentials proof = answer(known.challenge, user, "MESSAGE", requestUri, known.uses);
    return (known.proxy ? "Proxy-Authorization: " : "Authorization: ") + proof + "\r\n";
  }

  DigestCredentials answer(DigestChallenge challenge, int user, String method, String uri, long count) {
    return Digest.answer(challenge, plan.user(user), plan.password(user), method, uri, "load", count, NO_BODY);
  }
}
