// Digest authentication of clients that use the MSRP relay, with the users and passwords of SIP.
package tucket.server.core;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import tucket.protocol.sip.digest.Algorithm;
import tucket.protocol.sip.digest.Digest;
import tucket.protocol.sip.digest.DigestChallenge;
import tucket.protocol.sip.digest.DigestCredentials;
import tucket.server.Metrics;
import tucket.transport.World;
import tucket.transport.msrp.RelayUsers;

/// RFC 4976 section 9.1. Its nonces are its own; each challenge has an `opaque`, without which one client fails, and MD5 goes first, which is all that
/// the RFC knows. Thread-safe.
public final class MsrpAuthentication implements RelayUsers {
  private static final String METHOD = "AUTH";
  private static final byte[] NOTHING = new byte[0];

  private final Subscribers subscribers;
  private final DigestCheck check;
  private final String opaque;

  public MsrpAuthentication(World world, CoreSettings settings, int failuresRemembered, Subscribers subscribers, Metrics metrics) {
    this.subscribers = subscribers;
    this.check = new DigestCheck(world, settings, failuresRemembered, metrics);
    this.opaque = world.chance().token(8);
  }

  @Override
  public Verdict judge(String uri, List<String> authorization, InetAddress source) {
    Optional<DigestCredentials> given = check.given(authorization);
    if (given.isEmpty()) {
      return challenged(false);
    }
    DigestCredentials shown = given.get();
    Optional<Subscriber> user = subscribers.ofLogin(shown.username());
    return switch (check.judge(shown, METHOD, NOTHING, shown.uri().equals(uri), user, source)) {
      case DigestCheck.Outcome.Right right -> new Verdict.Admitted(user.orElseThrow().id().value(), info(shown, user.get()));
      case DigestCheck.Outcome.Again again -> challenged(again.stale());
      case DigestCheck.Outcome.Slowed slow -> new Verdict.Forbidden("Too many wrong passwords, wait " + slow.seconds() + " s");
      case DigestCheck.Outcome.Disabled disabled -> new Verdict.Forbidden("User is disabled");
    };
  }

  private Verdict challenged(boolean stale) {
    return new Verdict.Challenged(check.challenges(stale).stream().map(DigestChallenge::parse)
        .sorted((one, other) -> Boolean.compare(other.algorithm() == Algorithm.MD5, one.algorithm() == Algorithm.MD5))
        .map(c -> new DigestChallenge(c.realm(), c.nonce(), opaque, c.algorithm(), c.qop(), c.stale()).toString()).toList());
  }

  /// RFC 4976 section 9.1: the relay proves that it knows the password too (RFC 2617 section 3.2.3).
  private static String info(DigestCredentials shown, Subscriber user) {
    String ha1 = user.credentials().hash(shown.username(), shown.algorithm()).orElseThrow();
    String proof =
        Digest.response(shown.algorithm(), ha1, "", shown.uri(), shown.nonce(), shown.nc(), shown.cnonce(), shown.qop(), NOTHING);
    return "rspauth=\"" + proof + "\", cnonce=\"" + shown.cnonce() + "\", nc=" + shown.nc() + ", qop=" + shown.qop();
  }
}
