// Takes presence, and tells those who may watch.
package tucket.server.presence;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import tucket.protocol.document.PresenceDocument;
import tucket.protocol.document.PresenceDocument.ServiceTuple;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.AddressOfRecord;
import tucket.server.documents.Rules;
import tucket.server.event.EventPackage;
import tucket.server.event.Notifier;
import tucket.server.event.Publication;
import tucket.server.event.Publications;
import tucket.server.event.PublishedState;
import tucket.server.reference.Im4SharedXdms;
import tucket.server.reference.Presence;
import tucket.transport.World;

/// RFC 3856 with PIDF (RFC 3863): the publications of all devices of a user in one document, in front of it what the IM Server says of its own services.
/// Who may watch is told by the user's `pres-rules` (RFC 5025), in the OMA usage or that of the IETF; where he has none, unknown watchers are
/// handled as the operator set it. Thread-safe.
public final class PresenceServer implements EventPackage, PublishedState, Presence, AutoCloseable {
  /// The token of the Event header.
  public static final String EVENT = "presence";
  /// Where rules for watchers are.
  private static final List<Rules.Place> PLACES =
      List.of(new Rules.Place("org.openmobilealliance.pres-rules", "pres-rules"), new Rules.Place("pres-rules", "index"));
  private static final List<MediaType> TYPES = List.of(PresenceDocument.TYPE);
  private static final String VERSION = "1.0";

  private final World world;
  private final Notifier notifier;
  private final Publications publications;
  private final Rules<Handling> rules;
  private final Standing unknown;
  private final Map<AddressOfRecord, List<PresenceDocument>> known = new ConcurrentHashMap<>();
  private final List<Consumer<AddressOfRecord>> watchers = new CopyOnWriteArrayList<>();
  private volatile Predicate<AddressOfRecord> source = user -> false;

  /// @param unknown how a watcher stands to a user who has no rules
  /// @param canonical the identity whose documents a user's documents are
  /// @param identities all identities of a user
  public PresenceServer(World world, Notifier notifier, Publications publications, Im4SharedXdms shared, Standing unknown,
      UnaryOperator<AddressOfRecord> canonical, Function<AddressOfRecord, Collection<AddressOfRecord>> identities) {
    this.world = world;
    this.notifier = notifier;
    this.publications = publications;
    this.unknown = unknown;
    this.rules = new Rules<>(shared, PLACES, Handling::of, canonical, identities);
    rules.onChange(user -> world.threads().start("presence rules " + user, () -> notifier.reconsider(EVENT, user)));
    publications.add(this);
    notifier.add(this);
    notifier.add(new WatcherInfoPackage(notifier));
    notifier.onWatchers((event, what) -> {
      if (event.equals(EVENT)) {
        notifier.changed(WatcherInfoPackage.EVENT, what);
      }
    });
  }

  /// The identities of some user are others: rules may name him otherwise.
  public void identitiesChanged() {
    rules.forgetAll();
  }

  @Override
  public String name() {
    return EVENT;
  }

  @Override
  public String event() {
    return EVENT;
  }

  @Override
  public MediaType type() {
    return PresenceDocument.TYPE;
  }

  @Override
  public List<MediaType> types() {
    return TYPES;
  }

  @Override
  public void check(MediaType type, byte[] body) {
    PresenceDocument.parse(body);
  }

  // ---- watchers

  @Override
  public boolean mayWatch(AddressOfRecord who, AddressOfRecord what) {
    return standing(who, what) != Standing.REFUSED;
  }

  @Override
  public Standing standing(AddressOfRecord who, AddressOfRecord what) {
    Optional<Handling> handling = handling(who, what);
    return handling.isEmpty() ? unknown : switch (handling.get().subscription()) {
      case ALLOW, POLITE_BLOCK -> Standing.ACTIVE; // who is blocked politely does not see that he is
      case CONFIRM -> Standing.PENDING;
      case BLOCK -> Standing.REFUSED;
    };
  }

  /// Empty where the user has no rules at all.
  private Optional<Handling> handling(AddressOfRecord who, AddressOfRecord what) {
    if (who.equals(what)) {
      return Optional.of(Handling.ALL);
    }
    return rules.effects(what, who, false, "", "", world.clock().now()).map(Handling::combined);
  }

  @Override
  public byte[] state(AddressOfRecord what, AddressOfRecord who, long version) {
    Handling handling = handling(who, what).orElse(Handling.ALL);
    boolean politely = handling.subscription() == Handling.Subscription.POLITE_BLOCK;
    boolean open = !politely && source.test(what);
    List<ServiceTuple> own = Stream.of(PresenceDocument.IM_PAGER, PresenceDocument.IM_SESSION).filter(s -> politely || handling.showsService(s))
        .map(s -> new ServiceTuple(s.substring(s.indexOf(':') + 1).toLowerCase(java.util.Locale.ROOT), s, VERSION, open, what.value())).toList();
    List<PresenceDocument> published = politely ? List.of() : published(what);
    return PresenceDocument.compose(what.value(), own, published, handling::shown);
  }

  // ---- what is published

  @Override
  public void changed(AddressOfRecord user, List<Publication> now) {
    if (now.isEmpty()) {
      known.remove(user);
    } else {
      known.put(user, now.stream().map(p -> PresenceDocument.parse(p.body())).toList());
    }
    changed(user);
    watchers.forEach(w -> w.accept(user));
  }

  private List<PresenceDocument> published(AddressOfRecord user) {
    List<PresenceDocument> there = known.get(user);
    if (there == null && !publications.of(EVENT, user).isEmpty()) {
      there = known.get(user); // it was looked up just now
    }
    return there == null ? List.of() : there;
  }

  // ---- the IM Server

  @Override
  public Optional<Boolean> isOpenForIm(AddressOfRecord user) {
    Optional<Boolean> said = Optional.empty();
    for (PresenceDocument document : published(user)) {
      Optional<Boolean> here = document.isOpenForIm();
      if (here.orElse(false)) {
        return here;
      }
      said = here.isPresent() ? here : said;
    }
    return said;
  }

  @Override
  public void watch(Consumer<AddressOfRecord> changed) {
    watchers.add(changed);
  }

  @Override
  public void source(Predicate<AddressOfRecord> isOpen) {
    source = isOpen;
  }

  @Override
  public void changed(AddressOfRecord user) {
    notifier.changed(EVENT, user);
  }

  @Override
  public void close() {
    rules.close();
  }
}
