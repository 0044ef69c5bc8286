// What users decide about their service: documents, published settings, presence.
package tucket.app.assembly;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import tucket.app.config.Config;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.server.Metrics;
import tucket.server.core.OwnAddresses;
import tucket.server.core.Subscriber;
import tucket.server.core.Subscribers;
import tucket.server.event.EventPackage;
import tucket.server.event.Notified;
import tucket.server.event.Notifier;
import tucket.server.event.Publications;
import tucket.server.event.Sender;
import tucket.server.im.ImServer;
import tucket.server.im.message.EnvelopeReader;
import tucket.server.im.participating.Circumstances;
import tucket.server.im.participating.PublishedSettings;
import tucket.server.im.participating.ServiceSettings;
import tucket.server.im.settings.ServiceAddresses;
import tucket.server.im.settings.UserSettings;
import tucket.server.presence.ExternalPresence;
import tucket.server.presence.PresenceServer;
import tucket.server.reference.Im2ServerCore;
import tucket.server.reference.Im4SharedXdms;
import tucket.server.reference.Invitation;
import tucket.server.reference.Leg;
import tucket.server.reference.Presence;
import tucket.store.Engine;
import tucket.transport.Deadline;
import tucket.transport.Pending;
import tucket.transport.World;

/// Puts the pieces together that the IM Server asks about users, and takes PUBLISH to those whose packages they are.
final class UserServices implements AutoCloseable {
  private static final String WATCHER = "presence";

  private final Subscribers subscribers;
  private final Publications publications;
  private final PublishedSettings published;
  private final Optional<PresenceServer> presence;
  private final Optional<ExternalPresence> external;
  private final Circumstances.Sources sources;

  UserServices(World world, Config config, Engine engine, Subscribers subscribers, Notifier notifier, Im4SharedXdms shared, Metrics metrics,
      Sender sender, OwnAddresses addresses) {
    this.subscribers = subscribers;
    publications = new Publications(world, config.limits(), engine, this::id);
    published = new PublishedSettings(publications);
    external = config.presence().external().map(at -> new ExternalPresence(world, sender, new ExternalPresence.Settings(at,
        ServiceAddresses.of(config.domain()).system(), () -> addresses.by(XdmParts.protocol(at), WATCHER), config.limits().subscriptionsTotal())));
    presence = config.presence().on() && external.isEmpty()
        ? Optional.of(new PresenceServer(world, notifier, publications, shared, unknown(config.presence().unknownWatchers()), this::id, this::identities))
        : Optional.empty();
    Presence asked = external.<Presence>map(e -> e).or(() -> presence).orElseGet(Presence::none);
    sources = new Circumstances.Sources(ServiceSettings.over(published, this::otherwise), asked, Optional.of(shared), this::id, this::identities);
    metrics.gauge("tucket_publications", "Publications of clients: settings and presence", publications::size);
  }

  private static EventPackage.Standing unknown(Config.Watchers watchers) {
    return switch (watchers) {
      case ALLOW -> EventPackage.Standing.ACTIVE;
      case CONFIRM -> EventPackage.Standing.PENDING;
      case BLOCK -> EventPackage.Standing.REFUSED;
    };
  }

  private AddressOfRecord id(AddressOfRecord identity) {
    return subscribers.resolve(identity).map(Subscriber::id).orElse(identity);
  }

  private Collection<AddressOfRecord> identities(AddressOfRecord user) {
    return subscribers.resolve(user).map(Subscriber::identities).orElseGet(() -> List.of(user));
  }

  /// What the operator has set for a user holds where his clients publish nothing.
  private UserSettings otherwise(AddressOfRecord user) {
    Optional<Subscriber> profile = subscribers.resolve(user).filter(s -> !s.settings().isEmpty());
    if (profile.isEmpty()) {
      return UserSettings.DEFAULT;
    }
    Subscriber s = profile.get();
    return new UserSettings(is(s, "incomingBarring"), s.setting("offlineDelivery").map("true"::equals), is(s, "storePagerMessages"),
        s.setting("visible").map("true"::equals).orElse(true), Set.of());
  }

  private static boolean is(Subscriber subscriber, String setting) {
    return subscriber.setting(setting).filter("true"::equals).isPresent();
  }

  Circumstances.Sources sources() {
    return sources;
  }

  /// The IM Server, with PUBLISH served beside it.
  Im2ServerCore.Application serve(ImServer im) {
    published.onChange(im::settingsChanged);
    subscribers.onChange(user -> {
      im.identitiesChanged();
      presence.ifPresent(PresenceServer::identitiesChanged);
    });
    return new WithPublications(im, publications);
  }

  /// Hears what a presence server elsewhere tells of users.
  void follow(Consumer<Notified> listening) {
    external.ifPresent(listening);
  }

  /// Finds again what was published before.
  void start() {
    publications.start();
  }

  @Override
  public void close() {
    publications.close();
    presence.ifPresent(PresenceServer::close);
    external.ifPresent(ExternalPresence::close);
  }

  /// Functions behind which event state is published.
  private record WithPublications(Im2ServerCore.Application functions, Publications publications) implements Im2ServerCore.Application {
    @Override
    public Pending<SipResponse> handle(SipRequest request, Leg leg, AddressOfRecord served, Deadline by) {
      return request.is("PUBLISH")
          ? Pending.of(publications.publish(request, EnvelopeReader.sender(request).orElse(served)))
          : functions.handle(request, leg, served, by);
    }

    @Override
    public void invited(Invitation invitation, Leg leg, AddressOfRecord served) {
      functions.invited(invitation, leg, served);
    }

    @Override
    public void registered(AddressOfRecord user) {
      functions.registered(user);
    }

    @Override
    public void deregistered(AddressOfRecord user) {
      functions.deregistered(user);
    }
  }
}
