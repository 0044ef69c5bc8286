// The part of digest authentication that SIP and HTTP share.
package tucket.server.core;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.protocol.sip.digest.Algorithm;
import tucket.protocol.sip.digest.Digest;
import tucket.protocol.sip.digest.DigestChallenge;
import tucket.protocol.sip.digest.DigestCredentials;
import tucket.protocol.sip.digest.Nonces;
import tucket.server.Metrics;
import tucket.transport.World;

/// Nonces, wrong passwords and the comparison itself (RFC 7616, RFC 8760). A user that does not exist is treated to the last step like one whose
/// password is wrong. Thread-safe.
final class DigestCheck {
  private static final Logger LOG = LoggerFactory.getLogger(DigestCheck.class);
  private static final int MAX_LOGIN = 256;

  /// What came of it.
  sealed interface Outcome {
    record Right() implements Outcome {}

    /// To be challenged; `stale` where only the nonce was no good.
    record Again(boolean stale) implements Outcome {}

    /// Too many wrong passwords: to wait so many seconds.
    record Slowed(long seconds) implements Outcome {}

    record Disabled() implements Outcome {}
  }

  private final World world;
  private final CoreSettings settings;
  private final Metrics metrics;
  private final Nonces nonces;
  private final Failures failures;
  private final String decoy;

  DigestCheck(World world, CoreSettings settings, int failuresRemembered, Metrics metrics) {
    this.world = world;
    this.settings = settings;
    this.metrics = metrics;
    byte[] key = new byte[32];
    world.chance().fill(key); // a fresh one at every start: nonce counts are not kept over it
    this.nonces = new Nonces(key, settings.nonceLife());
    this.failures = new Failures(world.clock(), failuresRemembered);
    this.decoy = HexFormat.of().formatHex(key);
  }

  /// The challenges, one an algorithm, the most wanted first (RFC 8760 section 2.4).
  List<String> challenges(boolean stale) {
    metrics.authentication("challenged");
    return settings.algorithms().stream()
        .map(a -> DigestChallenge.of(settings.realm(), nonces.mint(world.clock().now()), a, stale).toString())
        .toList();
  }

  /// The credentials for our realm among those of a request over a protocol of one header, such as HTTP and MSRP; [tucket.protocol.Malformed] where they
  /// break their grammar.
  Optional<DigestCredentials> given(List<String> authorization) {
    return authorization.stream().filter(DigestCredentials::isDigest).map(DigestCredentials::parse)
        .filter(c -> c.realm().equals(settings.realm()) && fits(c)).findFirst();
  }

  /// Whether this login may be looked up at all.
  boolean fits(DigestCredentials given) {
    return given.username().length() <= MAX_LOGIN && settings.algorithms().contains(given.algorithm());
  }

  /// Compares what was given with what `user` has.
  ///
  /// @param forThis whether the digest is for this very request
  Outcome judge(DigestCredentials given, String method, byte[] body, boolean forThis, Optional<Subscriber> user, InetAddress source) {
    long wait = failures.wait(given.username(), source);
    if (wait > 0) {
      metrics.authentication("slowed");
      return new Outcome.Slowed(wait);
    }
    String ha1 = user.flatMap(u -> hash(u, given)).orElse(decoy);
    if (!Digest.verify(given, method, ha1, body) || user.isEmpty() || !forThis) {
      return wrong(given.username(), source);
    }
    if (given.qop().isEmpty()) {
      return new Outcome.Again(false); // RFC 2069: without a count nothing tells a replay
    }
    if (nonces.check(given.nonce(), given.count(), world.clock().now()) != Nonces.Check.OK) {
      // the password is right, so the client may simply try again: RFC 7616 section 3.3, stale
      metrics.authentication("stale");
      return new Outcome.Again(true);
    }
    failures.succeeded(given.username(), source);
    if (!user.get().enabled()) {
      metrics.authentication("disabled");
      return new Outcome.Disabled();
    }
    metrics.authentication("proved");
    return new Outcome.Right();
  }

  private static Optional<String> hash(Subscriber user, DigestCredentials given) {
    Algorithm algorithm = given.algorithm();
    return user.credentials().hash(given.username(), algorithm);
  }

  private Outcome wrong(String login, InetAddress source) {
    long wait = failures.failed(login, source);
    metrics.authentication("wrong");
    LOG.info("event=login_failed login=\"{}\" source={} wait={}", printable(login), source.getHostAddress(), wait);
    return wait > 0 ? new Outcome.Slowed(wait) : new Outcome.Again(false);
  }

  private static String printable(String text) {
    String shown = text.length() > 64 ? text.substring(0, 64) : text;
    return new String(shown.getBytes(StandardCharsets.US_ASCII), StandardCharsets.US_ASCII).replaceAll("[\\p{Cntrl}\"]", "?");
  }
}
