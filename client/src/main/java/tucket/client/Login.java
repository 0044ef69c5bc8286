// Proves to the server who the user is: digest credentials for the challenges it has sent.
package tucket.client;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.protocol.sip.digest.Digest;
import tucket.protocol.sip.digest.DigestChallenge;
import tucket.transport.Chance;

/// Remembers the newest challenge of the registrar (401) and of the proxy (407) and puts credentials into every later request at once, so
/// that only the first
/// one is challenged (RFC 3261 section 22.3). Thread-safe.
final class Login {
  private final Account account;
  private final Chance chance;
  private volatile Optional<Held> registrar = Optional.empty();
  private volatile Optional<Held> proxy = Optional.empty();

  private record Held(DigestChallenge challenge, AtomicLong uses) {}

  Login(Account account, Chance chance) {
    this.account = account;
    this.chance = chance;
  }

  /// The request with credentials for what has been asked so far.
  SipRequest prove(SipRequest request) {
    Edit edit = request.edit().without(Header.AUTHORIZATION).without(Header.PROXY_AUTHORIZATION);
    registrar.ifPresent(held -> edit.with(Header.AUTHORIZATION, credentials(held, request)));
    proxy.ifPresent(held -> edit.with(Header.PROXY_AUTHORIZATION, credentials(held, request)));
    return edit.request();
  }

  /// Whether the response is a challenge that another try may answer; takes note of it. A second challenge for credentials that were fresh
  /// means that the
  /// password is wrong, unless it says `stale`.
  boolean answers(SipResponse response) {
    if (response.status() == Status.UNAUTHORIZED) {
      Optional<Held> before = registrar;
      registrar = held(response, Header.WWW_AUTHENTICATE);
      return worthwhile(before, registrar);
    }
    if (response.status() == Status.PROXY_AUTHENTICATION_REQUIRED) {
      Optional<Held> before = proxy;
      proxy = held(response, Header.PROXY_AUTHENTICATE);
      return worthwhile(before, proxy);
    }
    return false;
  }

  private static boolean worthwhile(Optional<Held> before, Optional<Held> now) {
    return now.isPresent() && (before.isEmpty() || now.get().challenge.stale() || !before.get().challenge.nonce().equals(now.get().challenge.nonce()));
  }

  private static Optional<Held> held(SipResponse response, Header header) {
    List<String> lines = response.lines(header);
    return DigestChallenge.choose(lines).map(challenge -> new Held(challenge, new AtomicLong()));
  }

  private String credentials(Held held, SipRequest request) {
    return Digest.answer(
            held.challenge, account.name(), account.password(), request.method(), request.uriText(), chance.token(8), held.uses.incrementAndGet(),
            request.body())
        .toString();
  }
}
