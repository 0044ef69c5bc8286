// Proves who a client is: digest, or a flow that was proved before.
package tucket.server.core;

import java.util.List;
import java.util.Optional;
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
import tucket.protocol.sip.digest.DigestCredentials;
import tucket.server.Limits;
import tucket.server.Metrics;
import tucket.transport.Flow;
import tucket.transport.World;

/// Digest authentication (RFC 3261 section 22, RFC 7616, RFC 8760) of SIP. Thread-safe.
public final class Authentication {
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

  private final CoreSettings settings;
  private final Subscribers subscribers;
  private final Bindings bindings;
  private final Router router;
  private final OwnAddresses addresses;
  private final Identity identity;
  private final DigestCheck check;

  Authentication(World world, CoreSettings settings, Limits limits, Subscribers subscribers, Bindings bindings, Router router,
      OwnAddresses addresses, Identity identity, Metrics metrics) {
    this.settings = settings;
    this.subscribers = subscribers;
    this.bindings = bindings;
    this.router = router;
    this.addresses = addresses;
    this.identity = identity;
    this.check = new DigestCheck(world, settings, limits.failuresRemembered(), metrics);
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
    if (!check.fits(given)) {
      return new Verdict.Refused(challenge(request, as, false));
    }
    Optional<Subscriber> user = user(given.username(), request);
    return switch (check.judge(given, request.method(), request.body(), isFor(given.uri(), request), user, flow.remote().getAddress())) {
      case DigestCheck.Outcome.Right right -> new Verdict.Admitted(user.orElseThrow());
      case DigestCheck.Outcome.Again again -> new Verdict.Refused(challenge(request, as, again.stale()));
      case DigestCheck.Outcome.Slowed slow -> new Verdict.Refused(slowed(request, slow.seconds()));
      case DigestCheck.Outcome.Disabled disabled -> new Verdict.Refused(SipResponse.to(request, Status.FORBIDDEN, "User is disabled"));
    };
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

  private SipResponse challenge(SipRequest request, As as, boolean stale) {
    boolean server = as == As.SERVER;
    Header header = server ? Header.WWW_AUTHENTICATE : Header.PROXY_AUTHENTICATE;
    Edit edit = SipResponse.to(request, server ? Status.UNAUTHORIZED : Status.PROXY_AUTHENTICATION_REQUIRED).edit();
    check.challenges(stale).forEach(c -> edit.append(header, c));
    return edit.response();
  }
}
