// The rules of users, ready to be asked.
package tucket.server.documents;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.protocol.Malformed;
import tucket.protocol.document.CompiledRuleset;
import tucket.protocol.document.ResourceLists;
import tucket.protocol.document.Ruleset;
import tucket.protocol.sip.AddressOfRecord;
import tucket.server.Limits;
import tucket.server.reference.Im4SharedXdms;
import tucket.server.reference.XdmAddress;
import tucket.server.reference.XdmDocument;
import tucket.server.reference.Xdms;

/// Common-policy documents of each user, compiled once and kept until a document of his changes: what the XDMS tells before the PUT is answered, so the next
/// message meets the new rules. `E` is the effect of a rule. Thread-safe; the first question about a user blocks, further ones cost some look-ups.
public final class Rules<E> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Rules.class);
  private static final int COUNTERS = 4096;

  private final Im4SharedXdms shared;
  private final List<Place> places;
  private final Function<Ruleset.Rule, E> effect;
  private final UnaryOperator<AddressOfRecord> canonical;
  private final Function<AddressOfRecord, Collection<AddressOfRecord>> identities;
  private final Lists lists;
  private final ConcurrentHashMap<AddressOfRecord, Compiled<E>> known = new ConcurrentHashMap<>();
  private final AtomicLongArray changes = new AtomicLongArray(COUNTERS);
  private final AtomicLong names = new AtomicLong();
  private final Xdms.Watch watch;
  private volatile Consumer<AddressOfRecord> onChange = user -> {};

  /// A document that every user may have: its application usage and its name.
  public record Place(String auid, String document) {}

  private record Compiled<E>(CompiledRuleset<E> rules, boolean any, long weight) {}

  /// @param places where rules are; those of all documents count together
  /// @param effect what a rule does; it may throw [Malformed], which makes the document count for nothing
  /// @param canonical the identity whose documents a user's documents are
  /// @param identities all identities of a user, by each of which he may send
  public Rules(Im4SharedXdms shared, List<Place> places, Function<Ruleset.Rule, E> effect, UnaryOperator<AddressOfRecord> canonical,
      Function<AddressOfRecord, Collection<AddressOfRecord>> identities) {
    this.shared = shared;
    this.places = List.copyOf(places);
    this.effect = effect;
    this.canonical = canonical;
    this.identities = identities;
    this.lists = new Lists(shared, canonical);
    this.watch = shared.watch(this::concerns, this::changed);
  }

  private boolean concerns(XdmAddress address) {
    return !address.isGlobal()
        && (address.auid().equals(Lists.USAGE) || places.stream().anyMatch(p -> p.auid().equals(address.auid()) && p.document().equals(address.document())));
  }

  /// Who is told that the rules of a user, or lists in them, have changed. Must return at once.
  public void onChange(Consumer<AddressOfRecord> listener) {
    onChange = listener;
  }

  private void changed(XdmAddress address) {
    AddressOfRecord user = new AddressOfRecord(address.xui());
    changes.incrementAndGet(slot(user)); // first: a compilation under way sees it, or is removed
    forget(user);
    onChange.accept(user);
  }

  private static int slot(AddressOfRecord user) {
    return Math.floorMod(user.hashCode(), COUNTERS);
  }

  private void forget(AddressOfRecord user) {
    Compiled<E> old = known.remove(user);
    if (old != null) {
      names.addAndGet(-old.weight);
    }
  }

  /// Forgets everything: the identities of some user are others.
  public void forgetAll() {
    for (int i = 0; i < COUNTERS; i++) {
      changes.incrementAndGet(i);
    }
    known.keySet().forEach(this::forget);
  }

  /// The rules of a user by his canonical identity; empty where he has none. Throws [tucket.transport.Unavailable] where the XDMS can't be asked.
  public Optional<CompiledRuleset<E>> of(AddressOfRecord user) {
    Compiled<E> there = known.get(user);
    if (there == null) {
      there = compile(user);
    }
    return there.any ? Optional.of(there.rules) : Optional.empty();
  }

  /// The effects of the rules of `user` that count for who asks; empty where the user has no rules, an empty list where none of them fits.
  public Optional<List<E>> effects(AddressOfRecord user, AddressOfRecord who, boolean anonymous, String media, String service, Instant now) {
    return of(user).map(rules -> rules.effects(new CompiledRuleset.Asker(who, anonymous, media, service, now)));
  }

  private Compiled<E> compile(AddressOfRecord user) {
    int slot = slot(user);
    long before = changes.get(slot);
    AtomicLong weight = new AtomicLong(1);
    List<Ruleset.Rule> rules = new ArrayList<>();
    boolean any = false;
    for (Place place : places) {
      Optional<XdmDocument> document = shared.document(XdmAddress.of(place.auid, user, place.document));
      any |= document.isPresent();
      document.ifPresent(d -> rules.addAll(read(d)));
    }
    rules.forEach(r -> weight.addAndGet(1 + r.whom().one().size()));
    CompiledRuleset<E> compiled = rules.isEmpty() ? CompiledRuleset.none() : CompiledRuleset.of(new Ruleset(rules), effect,
        new CompiledRuleset.Knowledge(anchor -> uris(user, anchor, weight), identities));
    Compiled<E> fresh = new Compiled<>(compiled, any, weight.get());
    if (names.get() > Limits.RULE_NAMES_IN_MEMORY) {
      known.keySet().forEach(this::forget);
    }
    known.compute(user, (u, there) -> {
      if (there != null || changes.get(slot) != before) {
        return there;
      }
      names.addAndGet(fresh.weight);
      return fresh;
    });
    return fresh;
  }

  private List<Ruleset.Rule> read(XdmDocument document) {
    try {
      List<Ruleset.Rule> rules = Ruleset.parse(document.content()).rules();
      List<E> effects = rules.stream().map(effect).toList(); // so that a bad one is found here, and not in the middle of a message
      return effects.isEmpty() ? List.of() : rules;
    } catch (Malformed e) {
      LOG.warn("event=bad_rules document={} why=\"{}\"", document.address(), e.getMessage());
      return List.of();
    }
  }

  private List<String> uris(AddressOfRecord user, String anchor, AtomicLong weight) {
    List<String> uris = lists.entries(user, anchor).orElse(List.of()).stream().map(ResourceLists.Entry::uri).toList();
    weight.addAndGet(uris.size());
    return uris;
  }

  /// How many users' rules are in memory.
  public int size() {
    return known.size();
  }

  @Override
  public void close() {
    watch.close();
  }
}
