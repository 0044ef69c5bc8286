// Rules about who may do what: common policy.
package tucket.protocol.document;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tucket.protocol.Malformed;
import tucket.protocol.mime.MediaType;

/// An application/auth-policy+xml document (RFC 4745) with the conditions that OMA adds: external lists, other identities, anonymous requests, media
/// and services. A condition that is not known makes its rule unfit for everything (RFC 4745 section 10.3). Actions and transformations are left
/// as elements: their meaning is that of the usage.
public record Ruleset(List<Rule> rules) {
  public static final MediaType TYPE = MediaType.of("application", "auth-policy+xml");
  /// A larger document is [Malformed].
  public static final int MAX_BYTES = 1 << 20;

  /// One rule. `usable` is false where it has a condition that can't be judged here: then it fits nothing.
  public record Rule(String id, boolean usable, Whom whom, List<Span> validity, Optional<Choice> media, Optional<Choice> services, List<XmlElement> actions,
      List<XmlElement> transformations) {
    public Rule {
      validity = List.copyOf(validity);
      actions = List.copyOf(actions);
      transformations = List.copyOf(transformations);
    }

    /// The action of that local name.
    public Optional<XmlElement> action(String name) {
      return actions.stream().filter(a -> a.name().equals(name)).findFirst();
    }
  }

  /// Whom a rule is about. `everybody` where it names nobody.
  ///
  /// @param one URIs of single users
  /// @param many groups of users
  /// @param lists anchors of external lists
  /// @param others everybody whom no other rule names
  /// @param anonymous who does not say who he is
  public record Whom(boolean everybody, Set<String> one, List<Many> many, List<String> lists, boolean others, boolean anonymous) {
    public Whom {
      one = Set.copyOf(one);
      many = List.copyOf(many);
      lists = List.copyOf(lists);
    }
  }

  /// Users of a domain, or of all where it is empty, but for some.
  public record Many(Optional<String> domain, Set<String> exceptDomains, Set<String> exceptIds) {
    public Many {
      exceptDomains = Set.copyOf(exceptDomains);
      exceptIds = Set.copyOf(exceptIds);
    }
  }

  /// A time in which a rule is in force.
  public record Span(Instant from, Instant until) {}

  /// Some names, or all but these.
  public record Choice(boolean allBut, Set<String> names) {
    public Choice {
      names = Set.copyOf(names);
    }

    public boolean has(String name) {
      return names.contains(name) != allBut;
    }
  }

  public Ruleset {
    rules = List.copyOf(rules);
  }

  public static Ruleset parse(byte[] xml) {
    XmlElement root = XmlElement.parse(xml, "ruleset", MAX_BYTES);
    return of(root);
  }

  /// A ruleset within another document, such as a group.
  public static Ruleset of(XmlElement root) {
    return new Ruleset(root.children("rule").stream().map(Ruleset::rule).toList());
  }

  private static Rule rule(XmlElement e) {
    Reading read = new Reading();
    e.child("conditions").ifPresent(c -> c.children().forEach(read::condition));
    boolean named = !read.one.isEmpty() || !read.many.isEmpty() || !read.lists.isEmpty() || read.others || read.anonymous || read.identity;
    Whom whom = new Whom(!named, read.one, read.many, read.lists, read.others, read.anonymous);
    return new Rule(e.attribute("id").orElse(""), read.usable, whom, read.validity, read.media, read.services,
        e.child("actions").map(XmlElement::children).orElse(List.of()), e.child("transformations").map(XmlElement::children).orElse(List.of()));
  }

  /// What the conditions of a rule have said so far.
  private static final class Reading {
    final Set<String> one = new HashSet<>();
    final List<Many> many = new ArrayList<>();
    final List<String> lists = new ArrayList<>();
    final List<Span> validity = new ArrayList<>();
    Optional<Choice> media = Optional.empty();
    Optional<Choice> services = Optional.empty();
    boolean identity;
    boolean others;
    boolean anonymous;
    boolean usable = true;

    void condition(XmlElement c) {
      switch (c.name()) {
        case "identity" -> identity(c);
        case "external-list" -> {
          identity = true;
          c.children("entry").forEach(e -> lists.add(e.attribute("anc").or(() -> e.attribute("anchor")).orElse("")));
        }
        case "other-identity" -> others = true;
        case "anonymous-request" -> anonymous = true;
        case "validity" -> validity(c);
        case "media-list" -> media = Optional.of(choice(c, "all-media-except", false));
        case "service-list" -> services = Optional.of(choice(c, "all-services-except", true));
        default -> usable = false; // the sphere too: nobody tells us which one the user is in
      }
    }

    private void identity(XmlElement c) {
      identity = true;
      for (XmlElement who : c.children()) {
        switch (who.name()) {
          case "one" -> one.add(who.attribute("id").or(() -> who.textOf("id")).orElse("").strip());
          case "many" -> many.add(many(who));
          default -> usable = false;
        }
      }
    }

    private static Many many(XmlElement e) {
      Set<String> domains = new HashSet<>();
      Set<String> ids = new HashSet<>();
      for (XmlElement except : e.children("except")) {
        except.attribute("domain").ifPresent(d -> domains.add(d.toLowerCase(Locale.ROOT)));
        except.attribute("id").ifPresent(i -> ids.add(i.strip()));
      }
      return new Many(e.attribute("domain").map(d -> d.toLowerCase(Locale.ROOT)), domains, ids);
    }

    private void validity(XmlElement c) {
      List<XmlElement> from = c.children("from");
      List<XmlElement> until = c.children("until");
      if (from.size() != until.size() || from.isEmpty()) {
        throw new Malformed("validity without pairs of from and until");
      }
      for (int i = 0; i < from.size(); i++) {
        validity.add(new Span(time(from.get(i).text()), time(until.get(i).text())));
      }
    }

    private static Instant time(String text) {
      try {
        return OffsetDateTime.parse(text).toInstant();
      } catch (DateTimeException e) {
        throw new Malformed("validity has no date and time");
      }
    }

    private static Choice choice(XmlElement list, String allBut, boolean services) {
      Optional<XmlElement> except = list.child(allBut);
      Set<String> names = new HashSet<>();
      for (XmlElement e : except.orElse(list).children()) {
        names.add(services ? service(e.attribute("enabler").orElse("")) : e.name());
      }
      return new Choice(except.isPresent(), names);
    }
  }

  /// A service as rules are compared by: some write its name with a colon, some with a dot.
  public static String service(String enabler) {
    return enabler.strip().replace(':', '.').toLowerCase(Locale.ROOT);
  }
}
