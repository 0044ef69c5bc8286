// Rules, ready to be asked about one peer after the other.
package tucket.protocol.document;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import tucket.protocol.Malformed;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.Uri;

/// A [Ruleset] with its lists resolved and its names in hash tables: a question costs the same however long the lists are. `E` is the effect of a rule
/// as its usage reads it. Immutable.
///
/// Of the rules that fit, those of the first of these classes that has any count, and they are combined (RFC 4745 section 10.2): rules that name the
/// peer or his domain, rules that name him in an external list, rules for others and for everybody. An anonymous peer meets the rules for anonymous
/// requests, and where there are none, those for everybody.
public final class CompiledRuleset<E> {
  private final Map<AddressOfRecord, List<Entry<E>>> byName = new HashMap<>();
  private final Map<String, List<Entry<E>>> byDomain = new HashMap<>();
  private final Map<AddressOfRecord, List<Entry<E>>> byList = new HashMap<>();
  private final List<Entry<E>> everybody = new ArrayList<>();
  private final List<Entry<E>> others = new ArrayList<>();
  private final List<Entry<E>> anonymous = new ArrayList<>();

  /// One rule in a table; `many` says for whom of a domain it is not.
  private record Entry<E>(Ruleset.Rule rule, E effect, Set<AddressOfRecord> exceptIds, Set<String> exceptDomains) {}

  /// Somebody who wants something. `media` is the name of an element of a media list, `service` an enabler as [Ruleset#service] writes it; empty text
  /// fits only rules that do not ask for it.
  public record Asker(AddressOfRecord who, boolean anonymous, String media, String service, Instant now) {}

  /// What compiling needs to know. `list` gives the URIs of an external list, empty where there is none or it can't be followed; `identities` all
  /// identities of a user, his own among them.
  public record Knowledge(Function<String, List<String>> list, Function<AddressOfRecord, Collection<AddressOfRecord>> identities) {}

  private CompiledRuleset() {}

  /// Without rules: nothing ever fits.
  public static <E> CompiledRuleset<E> none() {
    return new CompiledRuleset<>();
  }

  public static <E> CompiledRuleset<E> of(Ruleset ruleset, Function<Ruleset.Rule, E> effect, Knowledge knowledge) {
    CompiledRuleset<E> compiled = new CompiledRuleset<>();
    Map<String, Set<AddressOfRecord>> lists = new HashMap<>(); // one list is often named by several rules
    for (Ruleset.Rule rule : ruleset.rules()) {
      if (rule.usable()) {
        compiled.add(rule, effect.apply(rule), knowledge, lists);
      }
    }
    return compiled;
  }

  private void add(Ruleset.Rule rule, E effect, Knowledge knowledge, Map<String, Set<AddressOfRecord>> lists) {
    Ruleset.Whom whom = rule.whom();
    Entry<E> plain = new Entry<>(rule, effect, Set.of(), Set.of());
    users(whom.one(), knowledge).forEach(u -> byName.computeIfAbsent(u, k -> new ArrayList<>(1)).add(plain));
    for (Ruleset.Many many : whom.many()) {
      Entry<E> entry = new Entry<>(rule, effect, users(many.exceptIds(), knowledge), many.exceptDomains());
      if (many.domain().isPresent()) {
        byDomain.computeIfAbsent(many.domain().get(), k -> new ArrayList<>(1)).add(entry);
      } else {
        everybody.add(entry);
      }
    }
    for (String anchor : whom.lists()) {
      lists.computeIfAbsent(anchor, a -> users(knowledge.list.apply(a), knowledge))
          .forEach(u -> byList.computeIfAbsent(u, k -> new ArrayList<>(1)).add(plain));
    }
    if (whom.others()) {
      others.add(plain);
    }
    if (whom.anonymous()) {
      anonymous.add(plain);
    }
    if (whom.everybody()) {
      everybody.add(plain);
    }
  }

  private static Set<AddressOfRecord> users(Collection<String> uris, Knowledge knowledge) {
    Set<AddressOfRecord> users = new HashSet<>();
    for (String uri : uris) {
      try {
        AddressOfRecord user = AddressOfRecord.of(uri);
        users.add(user);
        users.addAll(knowledge.identities.apply(user));
      } catch (Malformed e) {
        continue; // a name that is no URI names nobody
      }
    }
    return users;
  }

  /// The effects of the rules that count for him; empty where none fits.
  public List<E> effects(Asker asker) {
    if (asker.anonymous) {
      List<E> found = fitting(anonymous, asker);
      return found.isEmpty() ? fitting(everybody.stream().filter(e -> e.rule.whom().everybody()).toList(), asker) : found;
    }
    List<E> named = fitting(byName.getOrDefault(asker.who, List.of()), asker);
    List<E> found = byDomain.isEmpty() ? named : joined(named, fitting(byDomain.getOrDefault(domain(asker.who), List.of()), asker));
    if (found.isEmpty()) {
      found = fitting(byList.getOrDefault(asker.who, List.of()), asker);
    }
    return found.isEmpty() ? joined(fitting(others, asker), fitting(everybody, asker)) : found;
  }

  private static String domain(AddressOfRecord user) {
    Uri uri = user.uri();
    return uri instanceof SipUri sip ? sip.host() : "";
  }

  private static <E> List<E> joined(List<E> one, List<E> other) {
    if (one.isEmpty() || other.isEmpty()) {
      return one.isEmpty() ? other : one;
    }
    List<E> both = new ArrayList<>(one);
    both.addAll(other);
    return both;
  }

  private static <E> List<E> fitting(List<Entry<E>> entries, Asker asker) {
    List<E> found = List.of();
    for (Entry<E> entry : entries) {
      if (fits(entry, asker)) {
        found = joined(found, List.of(entry.effect));
      }
    }
    return found;
  }

  private static boolean fits(Entry<?> entry, Asker asker) {
    Ruleset.Rule rule = entry.rule;
    if (entry.exceptIds.contains(asker.who) || !entry.exceptDomains.isEmpty() && entry.exceptDomains.contains(domain(asker.who))) {
      return false;
    }
    if (!rule.media().map(m -> m.has(asker.media)).orElse(true) || !rule.services().map(s -> s.has(asker.service)).orElse(true)) {
      return false;
    }
    return rule.validity().isEmpty()
        || rule.validity().stream().anyMatch(v -> !asker.now.isBefore(v.from()) && asker.now.isBefore(v.until()));
  }
}
