// Who a request comes from: what is believed, what is asserted, and what is told to whom.
package tucket.server.core;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tucket.protocol.Malformed;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.NameAddr;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.Uri;
import tucket.protocol.sip.digest.DigestCredentials;

/// Asserted identity (RFC 3325) and privacy (RFC 3323). Nothing that a client says about itself is believed unless it is one of the
/// identities of the user it has proved to be.
public final class Identity {
  private static final List<Header> TRUSTED_ONLY = List.of(Header.P_SERVED_USER, Header.P_ASSERTED_SERVICE, Header.P_CHARGING_VECTOR,
      Header.P_CHARGING_FUNCTION_ADDRESSES, Header.P_ASSOCIATED_URI, Header.P_CALLED_PARTY_ID);

  private final Router router;
  private final String realm;

  Identity(Router router, String realm) {
    this.router = router;
    this.realm = realm;
  }

  /// Whether From names that user, or nobody (RFC 3323 section 4.1.1.3).
  public boolean mayBeFrom(SipRequest request, Subscriber sender) {
    Uri from = request.from().uri();
    return isAnonymous(from) || owns(sender, from);
  }

  private boolean owns(Subscriber user, Uri uri) {
    return user.owns(router.identity(uri)) || router.subscriber(uri).filter(s -> s.id().equals(user.id())).isPresent();
  }

  static boolean isAnonymous(Uri uri) {
    return uri instanceof SipUri sip && sip.host().equalsIgnoreCase("anonymous.invalid");
  }

  /// The request with P-Asserted-Identity of its authenticated sender: the identity he prefers where it is one of his own, else the default
  /// one (RFC 3325 section 5). What only a trusted element may say is taken off, and his credentials for our realm with it.
  public SipRequest asserted(SipRequest request, Subscriber sender) {
    AddressOfRecord identity = preferred(request).map(router::identity).filter(sender::owns).orElse(sender.id());
    Edit edit = withoutCredentials(request, request.edit());
    edit.without(Header.P_PREFERRED_IDENTITY).without(Header.ROUTE);
    TRUSTED_ONLY.forEach(edit::without);
    return edit.with(Header.P_ASSERTED_IDENTITY, "<" + identity + ">").request();
  }

  private static Optional<Uri> preferred(SipRequest request) {
    if (!request.has(Header.P_PREFERRED_IDENTITY)) {
      return Optional.empty();
    }
    try {
      return request.addresses(Header.P_PREFERRED_IDENTITY).stream().map(NameAddr::uri).findFirst();
    } catch (Malformed bad) {
      return Optional.empty(); // RFC 3325 section 6: a preference that makes no sense is none
    }
  }

  /// Whom a request that needs no challenge claims to be from: the preferred identity, else From.
  List<Uri> claimed(SipRequest request) {
    Uri from = request.from().uri();
    return preferred(request).map(p -> isAnonymous(from) ? List.of(p) : List.of(from, p)).orElseGet(() -> List.of(from));
  }

  /// The sender of a request that has been asserted; empty where there is none.
  public static Optional<Uri> sender(SipRequest request) {
    List<NameAddr> asserted = request.addresses(Header.P_ASSERTED_IDENTITY);
    return asserted.isEmpty() ? Optional.empty() : Optional.of(asserted.getFirst().uri());
  }

  /// The request of a trusted peer with those of its asserted identities that the peer may speak for: SIP URIs of its domains, and numbers
  /// that are not of our users. Empty where no SIP URI is among them.
  Optional<SipRequest> believed(SipRequest request, Set<String> domains) {
    List<NameAddr> good = request.has(Header.P_ASSERTED_IDENTITY)
        ? request.addresses(Header.P_ASSERTED_IDENTITY).stream().filter(a -> mayBe(a.uri(), domains)).toList()
        : List.of();
    if (good.stream().noneMatch(a -> a.uri() instanceof SipUri)) {
      return Optional.empty();
    }
    Edit edit = request.edit().without(Header.P_ASSERTED_IDENTITY);
    good.forEach(a -> edit.append(Header.P_ASSERTED_IDENTITY, a.toString()));
    return Optional.of(edit.request());
  }

  private boolean mayBe(Uri uri, Set<String> domains) {
    return uri instanceof SipUri sip ? domains.contains(sip.host().toLowerCase(Locale.ROOT)) : router.subscriber(uri).isEmpty();
  }

  /// What the recipient of a request may see: without the identity where its sender asked for that (RFC 3325 section 7).
  static Edit towardsUser(SipRequest request, Edit edit) {
    return wantsPrivacy(request) ? edit.without(Header.P_ASSERTED_IDENTITY) : edit;
  }

  private static boolean wantsPrivacy(SipRequest request) {
    return request.has(Header.PRIVACY) && request.lines(Header.PRIVACY).stream()
        .flatMap(line -> List.of(line.split("[;,]")).stream())
        .map(String::strip)
        .anyMatch(p -> p.equalsIgnoreCase("id") || p.equalsIgnoreCase("user") || p.equalsIgnoreCase("header"));
  }

  // RFC 3261 section 22.3: credentials for other realms are left alone.
  private Edit withoutCredentials(SipRequest request, Edit edit) {
    for (Header h : List.of(Header.AUTHORIZATION, Header.PROXY_AUTHORIZATION)) {
      if (request.has(h)) {
        edit.without(h);
        request.lines(h).stream().filter(line -> !isOurs(line)).forEach(line -> edit.append(h, line));
      }
    }
    return edit;
  }

  private boolean isOurs(String credentials) {
    try {
      return DigestCredentials.isDigest(credentials) && DigestCredentials.parse(credentials).realm().equals(realm);
    } catch (Malformed bad) {
      return true; // nobody can use it
    }
  }
}
