// Finds whom a URI names.
package tucket.server.core;

import java.util.Optional;
import java.util.Set;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.NameAddr;
import tucket.protocol.sip.OtherUri;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.TelUri;
import tucket.protocol.sip.Uri;
import tucket.server.reference.DeviceId;

/// RFC 3261 section 16.5 for one domain or several: users by their default identity, by further ones, by telephone number, by GRUU, and at
/// any address of this machine. Thread-safe; look-ups read the store.
public final class Router {
  /// The users in the URIs that we give out as our own: Contact of subscriptions, Service-Route.
  static final String EVENTS = "tucket-events";
  static final String ORIGINATING = "orig";
  static final String CALLS = "tucket-calls";

  private static final Set<String> OWN = Set.of("", EVENTS, ORIGINATING, CALLS);

  private final CoreSettings settings;
  private final OwnAddresses addresses;
  private final Subscribers subscribers;
  private final Bindings bindings;
  private final Gruus gruus;
  private final Numbers numbers;

  Router(CoreSettings settings, OwnAddresses addresses, Subscribers subscribers, Bindings bindings, Gruus gruus) {
    this.settings = settings;
    this.addresses = addresses;
    this.subscribers = subscribers;
    this.bindings = bindings;
    this.gruus = gruus;
    this.numbers = new Numbers(settings.region());
  }

  /// Where a request with that Request-URI is to go.
  public Destination destination(Uri uri) {
    return switch (uri) {
      case SipUri sip -> addresses.domain(sip).map(domain -> local(sip, domain)).orElseGet(() -> new Destination.Elsewhere(sip));
      case TelUri tel -> subscriber(tel)
          .<Destination>map(s -> new Destination.User(s, Optional.empty()))
          .orElseGet(() -> new Destination.Nobody(AddressOfRecord.of(tel)));
      case OtherUri other -> new Destination.Nobody(AddressOfRecord.of(other));
    };
  }

  private Destination local(SipUri uri, String domain) {
    if (OWN.contains(uri.user())) {
      return new Destination.Ourselves();
    }
    Optional<Gruus.Temporary> temporary = gruus.resolve(uri);
    if (temporary.isPresent()) {
      return temporary(temporary.get());
    }
    AddressOfRecord identity = inDomain(uri, domain);
    if (settings.services().contains(identity)) {
      return new Destination.Service(identity);
    }
    return subscriber(uri)
        .<Destination>map(s -> new Destination.User(s, Gruus.publicDevice(uri)))
        .orElseGet(() -> new Destination.Nobody(identity));
  }

  // RFC 5627 section 5.1: good as long as the instance is registered under the Call-ID that it was made under.
  private Destination temporary(Gruus.Temporary gruu) {
    boolean good = bindings.live(gruu.user()).stream().anyMatch(b -> b.device().equals(gruu.device()) && b.epoch().equals(gruu.epoch()));
    return (good ? subscribers.find(gruu.user()) : Optional.<Subscriber>empty())
        .<Destination>map(s -> new Destination.User(s, Optional.of(gruu.device())))
        .orElseGet(() -> new Destination.Nobody(gruu.user()));
  }

  /// The user of ours whose identity the URI is, in whatever form it is written.
  public Optional<Subscriber> subscriber(Uri uri) {
    if (uri instanceof SipUri sip) {
      Optional<String> domain = addresses.domain(sip);
      if (domain.isEmpty()) {
        return Optional.empty();
      }
      AddressOfRecord identity = inDomain(sip, domain.get());
      Optional<Subscriber> found = subscribers.resolve(identity);
      return found.isPresent() ? found : numbers.canonical(sip).filter(n -> !n.equals(identity)).flatMap(subscribers::resolve);
    }
    return numbers.canonical(uri).flatMap(subscribers::resolve);
  }

  /// The identity a URI stands for: with our domain where it only names this machine, a telephone number as E.164.
  public AddressOfRecord identity(Uri uri) {
    if (uri instanceof SipUri sip) {
      return addresses.domain(sip).map(domain -> inDomain(sip, domain)).orElseGet(() -> AddressOfRecord.of(sip));
    }
    return numbers.canonical(uri).orElseGet(() -> AddressOfRecord.of(uri));
  }

  private static AddressOfRecord inDomain(SipUri uri, String domain) {
    return AddressOfRecord.of(uri.withHostPort(domain, -1));
  }

  /// The device that a Contact names by its instance (RFC 5626 section 4.1); the URN is in angle brackets there.
  static Optional<DeviceId> instance(NameAddr contact) {
    return contact.params().value("+sip.instance").map(v -> v.startsWith("<") && v.endsWith(">") ? v.substring(1, v.length() - 1) : v)
        .filter(v -> !v.isEmpty()).map(DeviceId::new);
  }
}
