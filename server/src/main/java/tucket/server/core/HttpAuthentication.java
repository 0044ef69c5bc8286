// Digest authentication of XDM clients over HTTP, with the users and passwords of SIP.
package tucket.server.core;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.digest.DigestCredentials;
import tucket.server.Metrics;
import tucket.server.reference.XdmAuthentication;
import tucket.transport.World;

/// RFC 7616 as RFC 4825 section 8 wants it. Its nonces are its own. Thread-safe.
public final class HttpAuthentication implements XdmAuthentication {
  private final Subscribers subscribers;
  private final DigestCheck check;

  public HttpAuthentication(World world, CoreSettings settings, int failuresRemembered, Subscribers subscribers, Metrics metrics) {
    this.subscribers = subscribers;
    this.check = new DigestCheck(world, settings, failuresRemembered, metrics);
  }

  @Override
  public Verdict judge(String method, String target, List<String> authorization, byte[] body, InetAddress source) {
    Optional<DigestCredentials> given = check.given(authorization);
    if (given.isEmpty()) {
      return new Verdict.Challenged(check.challenges(false));
    }
    Optional<Subscriber> user = subscribers.ofLogin(given.get().username());
    boolean forThis = isFor(given.get().uri(), target);
    return switch (check.judge(given.get(), method, body, forThis, user, source)) {
      case DigestCheck.Outcome.Right right -> new Verdict.Admitted(user.orElseThrow().id());
      case DigestCheck.Outcome.Again again -> new Verdict.Challenged(check.challenges(again.stale()));
      case DigestCheck.Outcome.Slowed slow -> new Verdict.Forbidden("Too many wrong passwords, wait", slow.seconds());
      case DigestCheck.Outcome.Disabled disabled -> new Verdict.Forbidden("User is disabled", 0);
    };
  }

  // RFC 7616 section 3.4.6: the digest is for this request; an absolute URI means its path and query.
  private static boolean isFor(String uri, String target) {
    int scheme = uri.indexOf("://");
    int path = scheme < 0 ? 0 : uri.indexOf('/', scheme + 3);
    return path >= 0 && uri.substring(path).equals(target);
  }

  @Override
  public Optional<AddressOfRecord> home(AddressOfRecord identity) {
    return subscribers.resolve(subscribers.canonical(identity)).map(Subscriber::id);
  }
}
