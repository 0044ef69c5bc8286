// Proves who a client is: digest, or a flow that was proved before.
package tucket.server.core;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.protocol.Malformed;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.NameAddr;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.Status;
import tucket.protocol.sip.Uri;
import tucket.protocol.sip.digest.Digest;
import tucket.protocol.sip.digest.DigestChallenge;
import tucket.protocol.sip.digest.DigestCredentials;
import tucket.protocol.sip.digest.Nonces;
import tucket.server.Limits;
import tucket.server.Metrics;
import tucket.transport.Flow;
import tucket.transport.World;

/// Digest authentication (RFC 3261 section 22, RFC 7616, RFC 8760). A user that does not exist is treated to the last step like one whose
/// password is wrong. Thread-safe.
public final class Authentication {
  private static final Logger LOG = LoggerFactory.getLogger(Authentication.class);
  private static final int MAX_LOGIN = 256;

  /// As what we challenge.
  public enum As {
    /// 401: the request is for us.
    SERVER,
    /// 407: the request is to be relayed.
    PROXY
  }

  /// Whether a request may go on.
  public sealed interface Verdict {
    record Admitted(Subscriber user) implements Verdict {}

    record Refused(SipResponse response) implements Verdict {}
  }

  private final World world;
  private final CoreSettings settings;
  private final Subscribers subscribers;
  private final Bindings bindings;
  private final Router router;
  private final OwnAddresses addresses;
  private final Identity identity;
  private final Metrics metrics;
  private final Nonces nonces;
  private final Failures failures;
  private final String decoy;

  Authentication(World world, CoreSettings settings, Limits limits, Subscribers subscribers, Bindings bindings, Router router,
      OwnAddresses addresses, Identity identity, Metrics metrics) {
    this.world = world;
    this.settings = settings;
    this.subscribers = subscribers;
    this.bindings = bindings;
    this.router = router;
    this.addresses = addresses;
    this.identity = identity;
    this.metrics = metrics;
    byte[] key = new byte[32];
    world.chance().fill(key); // a fresh one at every start: nonce counts are not kept over it
    this.nonces = new Nonces(key, settings.nonceLife());
    this.failures = new Failures(world.clock(), limits.failuresRemembered());
    this.decoy = HexFormat.of().formatHex(key);
  }

  /// Finds out who sends the request, or gives the response that says what is missing.
  public Verdict judge(SipRequest request, Flow flow, As as) {
    if (!request.is("REGISTER")) {
      Optional<Subscriber> known = proved(request, flow);
      if (known.isPresent()) {
        return new Verdict.Admitted(known.get());
      }
    }
    Optional<DigestCredentials> given = credentials(request);
    if (given.isEmpty()) {
      return new Verdict.Refused(challenge(request, as, false));
    }
    return judge(request, flow, as, given.get());
  }

  private Verdict judge(SipRequest request, Flow flow, As as, DigestCredentials given) {
    if (given.username().length() > MAX_LOGIN || !settings.algorithms().contains(given.algorithm())) {
      return new Verdict.Refused(challenge(request, as, false));
    }
    InetAddress source = flow.remote().getAddress();
    long wait = failures.wait(given.username(), source);
    if (wait > 0) {
      metrics.authentication("slowed");
      return new Verdict.Refused(slowed(request, wait));
    }
    Optional<Subscriber> user = user(given.username(), request);
    String ha1 = user.flatMap(u -> u.credentials().hash(given.username(), given.algorithm())).orElse(decoy);
    boolean right = Digest.verify(given, request.method(), ha1, request.body()) && user.isPresent() && isFor(given.uri(), request);
    if (!right) {
      return wrong(request, as, given.username(), source);
    }
    if (given.qop().isEmpty()) {
      return new Verdict.Refused(challenge(request, as, false)); // RFC 2069: without a count nothing tells a replay
    }
    Nonces.Check check = nonces.check(given.nonce(), given.count(), world.clock().now());
    if (check != Nonces.Check.OK) {
      // the password is right, so the client may simply try again: RFC 7616 section 3.3, stale
      metrics.authentication("stale");
      return new Verdict.Refused(challenge(request, as, true));
    }
    failures.succeeded(given.username(), source);
    if (!user.get().enabled()) {
      metrics.authentication("disabled");
      return new Verdict.Refused(SipResponse.to(request, Status.FORBIDDEN, "User is disabled"));
    }
    metrics.authentication("proved");
    return new Verdict.Admitted(user.get());
  }

  private Verdict wrong(SipRequest request, As as, String login, InetAddress source) {
    long wait = failures.failed(login, source);
    metrics.authentication("wrong");
    LOG.info("event=login_failed login=\"{}\" source={} wait={}", printable(login), source.getHostAddress(), wait);
    return new Verdict.Refused(wait > 0 ? slowed(request, wait) : challenge(request, as, false));
  }

  private static SipResponse slowed(SipRequest request, long seconds) {
    return SipResponse.to(request, Status.FORBIDDEN, "Too many wrong passwords, wait").with(Header.RETRY_AFTER, Long.toString(seconds));
  }

  // A flow over which the same user has registered with the credentials in force.
  private Optional<Subscriber> proved(SipRequest request, Flow flow) {
    CoreSettings.Trust trust = flow.protocol().reliable() ? settings.streams() : settings.datagrams();
    if (trust == CoreSettings.Trust.EVERY_REQUEST) {
      return Optional.empty();
    }
    for (Uri claimed : identity.claimed(request)) {
      Optional<Subscriber> user = router.subscriber(claimed);
      if (user.isPresent()
          && user.get().enabled()
          && bindings.registeredOver(flow, user.get().id(), user.get().credentials().epoch())) {
        return user;
      }
    }
    return Optional.empty();
  }

  private Optional<DigestCredentials> credentials(SipRequest request) {
    for (Header h : List.of(Header.PROXY_AUTHORIZATION, Header.AUTHORIZATION)) {
      for (String line : request.lines(h)) {
        if (DigestCredentials.isDigest(line)) {
          DigestCredentials given = parse(line);
          if (given.realm().equals(settings.realm())) {
            return Optional.of(given);
          }
        }
      }
    }
    return Optional.empty();
  }

  private static DigestCredentials parse(String line) {
    try {
      return DigestCredentials.parse(line);
    } catch (Malformed bad) {
      throw new Malformed("Authorization: " + bad.getMessage());
    }
  }

  // RFC 3261 section 22.4: the digest is for this Request-URI. Some clients put our address there, which is as good.
  private boolean isFor(String uri, SipRequest request) {
    if (uri.equals(request.uriText())) {
      return true;
    }
    try {
      return Uri.parse(uri) instanceof SipUri sip
          && (addresses.isOurs(sip) || request.uri() instanceof SipUri target && target.sameAs(sip));
    } catch (Malformed bad) {
      return false;
    }
  }

  private Optional<Subscriber> user(String login, SipRequest request) {
    try {
      if (login.indexOf('@') > 0) {
        return router.subscriber(Uri.parse("sip:" + login));
      }
      NameAddr claims = request.is("REGISTER") ? request.to() : request.from();
      String domain = claims.uri() instanceof SipUri sip ? addresses.domain(sip).orElse(settings.domain()) : settings.domain();
      return subscribers.find(AddressOfRecord.of(SipUri.of(login, domain)));
    } catch (Malformed bad) {
      return Optional.empty();
    }
  }

  /// The challenge, with one line an algorithm, the most wanted first (RFC 8760 section 2.4).
  private SipResponse challenge(SipRequest request, As as, boolean stale) {
    metrics.authentication("challenged");
    boolean server = as == As.SERVER;
    Header header = server ? Header.WWW_AUTHENTICATE : Header.PROXY_AUTHENTICATE;
    Edit edit = SipResponse.to(request, server ? Status.UNAUTHORIZED : Status.PROXY_AUTHENTICATION_REQUIRED).edit();
    for (var algorithm : settings.algorithms()) {
      String nonce = nonces.mint(world.clock().now());
      edit.append(header, DigestChallenge.of(settings.realm(), nonce, algorithm, stale).toString());
    }
    return edit.response();
  }

  private static String printable(String text) {
    String shown = text.length() > 64 ? text.substring(0, 64) : text;
    return new String(shown.getBytes(StandardCharsets.US_ASCII), StandardCharsets.US_ASCII).replaceAll("[\\p{Cntrl}\"]", "?");
  }
}
