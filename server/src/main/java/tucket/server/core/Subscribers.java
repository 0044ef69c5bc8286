// The users of this core, kept in the storage engine.
package tucket.server.core;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.protocol.Malformed;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.Uri;
import tucket.server.Limits;
import tucket.server.Schema;
import tucket.store.Engine;
import tucket.store.Key;
import tucket.store.Partition;
import tucket.store.Transaction;

/// The service profiles. What was read is kept until it changes, and every change goes through here: it is in force for the very next request.
/// A change that would break a rule is [Change.Refused] with a sentence for the operator. Thread-safe; all calls may block and throw
/// [tucket.store.Unavailable].
///
/// A further identity has a partition of its own which names its user. It counts only while that user's profile names it too: the two are
/// written one after the other, and whatever a crash leaves between them gives nobody a wrong identity.
public final class Subscribers {
  private static final Logger LOG = LoggerFactory.getLogger(Subscribers.class);
  private static final byte[] PROFILE = Key.of(Schema.PROFILE).bytes();
  private static final byte[] OWNER = Key.of(Schema.OWNER).bytes();
  private static final int MAX_TEXT = 1024;
  private static final int MAX_SETTINGS = 100;
  private static final int MAX_KEPT = 50_000;

  private final Engine engine;
  private final CoreSettings settings;
  private final Limits limits;
  private final Numbers numbers;
  private final List<Consumer<AddressOfRecord>> watchers = new CopyOnWriteArrayList<>();
  private final ReadOnce<Subscriber> profiles = new ReadOnce<>(MAX_KEPT, this::read);
  private final ReadOnce<AddressOfRecord> owners = new ReadOnce<>(MAX_KEPT, this::readOwner);

  public Subscribers(Engine engine, CoreSettings settings, Limits limits) {
    this.engine = engine;
    this.settings = settings;
    this.limits = limits;
    this.numbers = new Numbers(settings.region());
  }

  /// Calls `watcher` after every change of a user, on the thread that made it.
  public void onChange(Consumer<AddressOfRecord> watcher) {
    watchers.add(watcher);
  }

  /// The user whose default identity this is.
  public Optional<Subscriber> find(AddressOfRecord id) {
    return profiles.find(id);
  }

  private Optional<Subscriber> read(AddressOfRecord id) {
    if (!storable(id)) {
      return Optional.empty();
    }
    return engine.read(Partition.of(Schema.USER, id.value()), view -> view.get(PROFILE)).map(SubscriberFormat::read);
  }

  /// The user one of whose identities this is.
  public Optional<Subscriber> resolve(AddressOfRecord identity) {
    Optional<Subscriber> user = find(identity);
    return user.isPresent() ? user : owners.find(identity).flatMap(this::find).filter(owner -> owner.owns(identity));
  }

  /// The user who logs in so where no request tells his domain: as `anna` or `anna@im.example`.
  Optional<Subscriber> ofLogin(String login) {
    try {
      return resolve(AddressOfRecord.of(login.indexOf('@') > 0 ? Uri.parse("sip:" + login) : SipUri.of(login, settings.domain())));
    } catch (Malformed bad) {
      return Optional.empty();
    }
  }

  private Optional<AddressOfRecord> readOwner(AddressOfRecord alias) {
    if (!storable(alias)) {
      return Optional.empty();
    }
    return engine
        .read(Partition.of(Schema.ALIAS, alias.value()), view -> view.get(OWNER))
        .map(owner -> new AddressOfRecord(new String(owner, StandardCharsets.UTF_8)));
  }

  /// All users, in no promised order; weakly consistent.
  public Iterable<Subscriber> list() {
    return () -> {
      Iterator<Partition> partitions = engine.partitions(Schema.USER).iterator();
      return new Profiles(partitions);
    };
  }

  private final class Profiles implements Iterator<Subscriber> {
    private final Iterator<Partition> partitions;
    private Optional<Subscriber> next = Optional.empty();

    Profiles(Iterator<Partition> partitions) {
      this.partitions = partitions;
    }

    @Override
    public boolean hasNext() {
      while (next.isEmpty() && partitions.hasNext()) {
        next = read(new AddressOfRecord(partitions.next().id())); // all of them are not kept
      }
      return next.isPresent();
    }

    @Override
    public Subscriber next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Subscriber found = next.orElseThrow();
      next = Optional.empty();
      return found;
    }
  }

  /// Adds a user who is enabled and may use IM.
  public Change add(AddressOfRecord id, String password, String displayName, List<AddressOfRecord> aliases) {
    Optional<String> wrong = wrongUser(id).or(() -> wrongPassword(password)).or(() -> wrongText("display name", displayName));
    if (wrong.isPresent()) {
      return new Change.Refused(wrong.get());
    }
    if (resolve(id).isPresent()) {
      return new Change.Refused(id + " is there already");
    }
    Credentials credentials = Credentials.of(id, settings.realm(), password, 1);
    Subscriber fresh = new Subscriber(id, displayName, List.of(), credentials, true, true, Map.of(), 1);
    boolean added = write(id, transaction -> {
      if (transaction.get(PROFILE).isPresent()) {
        return false;
      }
      transaction.put(PROFILE, SubscriberFormat.write(fresh));
      return true;
    });
    if (!added) {
      return new Change.Refused(id + " is there already");
    }
    if (!aliases.isEmpty()) {
      Change named = aliases(id, aliases);
      if (named instanceof Change.Refused) {
        remove(id);
        return named;
      }
      return named;
    }
    return done(fresh, "added");
  }

  /// Removes a user and everything stored for him.
  public Change remove(AddressOfRecord id) {
    Optional<Subscriber> before = find(id);
    if (before.isEmpty()) {
      return new Change.Refused("there is no user " + id);
    }
    write(id, transaction -> {
      transaction.deleteRange(Key.empty().bytes(), Key.empty().end());
      return true;
    });
    before.get().aliases().forEach(alias -> release(alias, id));
    return done(before.get(), "removed");
  }

  /// Changes the password. It is in force at once, and registered flows must prove it again.
  public Change password(AddressOfRecord id, String password) {
    Optional<String> wrong = wrongPassword(password);
    return wrong.isPresent()
        ? new Change.Refused(wrong.get())
        : change(id, "password", s -> s.withCredentials(Credentials.of(id, settings.realm(), password, s.credentials().epoch() + 1)));
  }

  public Change displayName(AddressOfRecord id, String displayName) {
    Optional<String> wrong = wrongText("display name", displayName);
    return wrong.isPresent() ? new Change.Refused(wrong.get()) : change(id, "name", s -> s.withDisplayName(displayName));
  }

  public Change enable(AddressOfRecord id, boolean enabled) {
    return change(id, enabled ? "enabled" : "disabled", s -> s.withEnabled(enabled));
  }

  public Change allowIm(AddressOfRecord id, boolean mayUseIm) {
    return change(id, mayUseIm ? "im_allowed" : "im_barred", s -> s.withIm(mayUseIm));
  }

  /// Sets one service setting; an empty value takes it away.
  public Change setting(AddressOfRecord id, String name, String value) {
    Optional<String> wrong = name.isEmpty() ? Optional.of("a setting needs a name") : wrongText("setting", name + value);
    if (wrong.isPresent()) {
      return new Change.Refused(wrong.get());
    }
    return change(id, "setting_" + name, s -> {
      Map<String, String> all = new HashMap<>(s.settings());
      if (value.isEmpty()) {
        all.remove(name);
      } else if (all.size() < MAX_SETTINGS || all.containsKey(name)) {
        all.put(name, value);
      }
      return s.withSettings(all);
    });
  }

  /// Replaces the further identities.
  public Change aliases(AddressOfRecord id, List<AddressOfRecord> wanted) {
    Optional<Subscriber> before = find(id);
    if (before.isEmpty()) {
      return new Change.Refused("there is no user " + id);
    }
    if (wanted.size() > limits.aliasesPerUser()) {
      return new Change.Refused("a user has at most " + limits.aliasesPerUser() + " further identities");
    }
    List<AddressOfRecord> canonical = wanted.stream().map(this::canonical).distinct().toList();
    for (AddressOfRecord alias : canonical) {
      Optional<String> wrong = wrongAlias(alias, id);
      if (wrong.isPresent()) {
        return new Change.Refused(wrong.get());
      }
    }
    for (AddressOfRecord alias : canonical) {
      if (!claim(alias, id)) {
        return new Change.Refused(alias + " is an identity of somebody else");
      }
    }
    Change change = change(id, "aliases", s -> s.withAliases(canonical));
    Set<AddressOfRecord> gone = new HashSet<>(before.get().aliases());
    canonical.forEach(gone::remove);
    gone.forEach(alias -> release(alias, id));
    return change;
  }

  /// The form in which an identity is kept: a telephone number by the numbering plan, the rest as [AddressOfRecord] has it.
  public AddressOfRecord canonical(AddressOfRecord identity) {
    return numbers.canonical(identity.uri()).filter(n -> identity.value().startsWith("tel:")).orElse(identity);
  }

  private Change change(AddressOfRecord id, String what, UnaryOperator<Subscriber> how) {
    if (!storable(id)) {
      return new Change.Refused("there is no user " + id);
    }
    Optional<Subscriber> after = write(id, transaction -> rewrite(transaction, how));
    return after.<Change>map(s -> done(s, what)).orElseGet(() -> new Change.Refused("there is no user " + id));
  }

  // Also after a failure: it may have been written all the same.
  private <T> T write(AddressOfRecord id, Function<Transaction, T> body) {
    try {
      return engine.write(partition(id), body);
    } finally {
      profiles.changed(id);
    }
  }

  private <T> T writeOwner(AddressOfRecord alias, Function<Transaction, T> body) {
    try {
      return engine.write(Partition.of(Schema.ALIAS, alias.value()), body);
    } finally {
      owners.changed(alias);
    }
  }

  private static Optional<Subscriber> rewrite(Transaction transaction, UnaryOperator<Subscriber> how) {
    return transaction.get(PROFILE).map(SubscriberFormat::read).map(before -> {
      Subscriber after = how.apply(before).withVersion(before.version() + 1);
      transaction.put(PROFILE, SubscriberFormat.write(after));
      return after;
    });
  }

  private Change done(Subscriber after, String what) {
    LOG.info("event=user_changed user={} change={} version={}", after.id(), what, after.version());
    watchers.forEach(w -> w.accept(after.id()));
    return new Change.Done(after);
  }

  // Compare and set: of two claims at once only one sees the owner that it has judged.
  private boolean claim(AddressOfRecord alias, AddressOfRecord id) {
    byte[] mine = id.value().getBytes(StandardCharsets.UTF_8);
    Partition partition = Partition.of(Schema.ALIAS, alias.value());
    Optional<byte[]> seen = engine.read(partition, view -> view.get(OWNER));
    if (resolve(alias).filter(s -> !s.id().equals(id)).isPresent()) {
      return false;
    }
    return writeOwner(alias, transaction -> {
      Optional<byte[]> now = transaction.get(OWNER);
      boolean same = now.isPresent() == seen.isPresent() && (now.isEmpty() || Arrays.equals(now.get(), seen.orElseThrow()));
      if (same) {
        transaction.put(OWNER, mine);
      }
      return same;
    });
  }

  private void release(AddressOfRecord alias, AddressOfRecord id) {
    writeOwner(alias, transaction -> {
      transaction.get(OWNER)
          .filter(owner -> id.value().equals(new String(owner, StandardCharsets.UTF_8)))
          .ifPresent(mine -> transaction.delete(OWNER));
      return true;
    });
  }

  private Optional<String> wrongUser(AddressOfRecord id) {
    try {
      if (!(id.uri() instanceof SipUri uri) || uri.user().isEmpty()) {
        return Optional.of("a user is named sip:name@domain, not " + id);
      }
      if (!settings.domains().contains(uri.host())) {
        return Optional.of(id + " is not in a domain of ours: " + String.join(", ", settings.domains()));
      }
      return settings.services().contains(id) ? Optional.of(id + " is the identity of a service") : wrongText("user", id.value());
    } catch (Malformed bad) {
      return Optional.of("a user is named sip:name@domain: " + bad.getMessage());
    }
  }

  private Optional<String> wrongAlias(AddressOfRecord alias, AddressOfRecord id) {
    Uri uri;
    try {
      uri = alias.uri();
    } catch (Malformed bad) {
      return Optional.of("an identity is a tel: or sip: URI: " + bad.getMessage());
    }
    boolean tel = alias.value().startsWith("tel:+");
    if (!tel && !(uri instanceof SipUri sip && settings.domains().contains(sip.host()) && !sip.user().isEmpty())) {
      return Optional.of("an identity is tel:+number or sip:name@domain in a domain of ours, not " + alias);
    }
    if (alias.equals(id)) {
      return Optional.of(alias + " is the user's default identity already");
    }
    Optional<Subscriber> other = resolve(alias).filter(s -> !s.id().equals(id));
    return other.isPresent() ? Optional.of(alias + " is an identity of somebody else") : wrongText("identity", alias.value());
  }

  private static Optional<String> wrongPassword(String password) {
    return password.isEmpty() ? Optional.of("a password must not be empty") : wrongText("password", password);
  }

  private static Optional<String> wrongText(String what, String text) {
    if (text.length() > MAX_TEXT) {
      return Optional.of("a " + what + " has at most " + MAX_TEXT + " characters");
    }
    boolean control = text.chars().anyMatch(Character::isISOControl);
    return control ? Optional.of("a " + what + " must not have control characters") : Optional.empty();
  }

  private static boolean storable(AddressOfRecord id) {
    return !id.value().isEmpty()
        && id.value().length() <= Partition.MAX_ID_BYTES
        && id.value().getBytes(StandardCharsets.UTF_8).length <= Partition.MAX_ID_BYTES;
  }

  private static Partition partition(AddressOfRecord id) {
    return Partition.of(Schema.USER, id.value());
  }
}
