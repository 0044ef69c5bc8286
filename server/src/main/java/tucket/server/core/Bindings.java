// The location service: which devices of which user are registered.
package tucket.server.core;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.protocol.sip.AddressOfRecord;
import tucket.server.Limits;
import tucket.server.Schema;
import tucket.server.reference.Device;
import tucket.server.reference.DeviceId;
import tucket.store.Engine;
import tucket.store.Key;
import tucket.store.Partition;
import tucket.store.Unavailable;
import tucket.transport.Clock;
import tucket.transport.Flow;
import tucket.transport.World;

/// Bindings are durable before a change returns. Users with a live binding are kept in memory too, with the flows of their devices; after
/// a restart they are read when somebody first asks for them. Lasting devices whose registration is over are remembered in the store; what was
/// read of users who are away is kept until it changes.
/// Changes of one user are made one after the other. Thread-safe; calls may block.
public final class Bindings {
  private static final Logger LOG = LoggerFactory.getLogger(Bindings.class);
  private static final int LOCKS = 1024;
  private static final int MOST_AWAY = 20_000;
  private static final int LAST_CHANGES = 20_000;
  private static final Duration AGAIN = Duration.ofSeconds(5);
  private static final Duration LAST_CHANGE = Duration.ofMinutes(5);
  private static final Comparator<Binding> MOST_PREFERRED =
      Comparator.comparingInt(Binding::q).reversed().thenComparing(Binding::since, Comparator.reverseOrder());
  private static final Key ALL = Key.of(Schema.BINDING);

  /// Why a binding is no longer what it was (the events of RFC 3680 section 4.7.1).
  public enum Event {
    CREATED,
    REFRESHED,
    EXPIRED,
    UNREGISTERED,
    DEACTIVATED
  }

  /// One binding and what happened to it.
  public record Happened(Event event, Binding binding) {}

  /// What a change makes of the bindings of a user.
  public record Step<R>(R result, List<Binding> bindings, Map<Binding, Event> reasons) {
    /// Leaves everything as it is.
    static <R> Step<R> nothing(R result, List<Binding> bindings) {
      return new Step<>(result, bindings, Map.of());
    }
  }

  /// Hears of changes after they are durable, on the thread that made them; must not block for long.
  public interface Watcher {
    /// @param live how many live bindings are left
    void changed(AddressOfRecord user, List<Happened> what, int live);
  }

  private static final class Registration {
    private final List<Binding> bindings;
    private final Optional<Clock.Alarm> alarm;
    private @Nullable Device only; // two threads may both make it, which costs time and nothing else

    Registration(List<Binding> bindings, Optional<Clock.Alarm> alarm) {
      this.bindings = List.copyOf(bindings);
      this.alarm = alarm;
    }

    List<Binding> bindings() {
      return bindings;
    }

    Optional<Clock.Alarm> alarm() {
      return alarm;
    }

    /// The device of the first binding, where that is in force.
    Optional<Device> only(long now) {
      Binding b = bindings.getFirst();
      if (!b.isLive(now)) {
        return Optional.empty();
      }
      Device device = only;
      if (device == null) {
        device = new Device(b.device(), true, b.lasting(), b.features(), b.isSecure());
        only = device;
      }
      return Optional.of(device);
    }
  }

  private final World world;
  private final Engine engine;
  private final Limits limits;
  private final Map<AddressOfRecord, Registration> registrations = new ConcurrentHashMap<>();
  private final ReadOnce<List<Binding>> stored;
  private final Map<Flow, Set<AddressOfRecord>> byFlow = new ConcurrentHashMap<>();
  private final Cache<AddressOfRecord, List<Happened>> last;
  private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
  private final ReentrantLock[] locks = new ReentrantLock[LOCKS];

  public Bindings(World world, Engine engine, Limits limits) {
    this.world = world;
    this.engine = engine;
    this.limits = limits;
    this.stored = new ReadOnce<>(MOST_AWAY, user -> Optional.of(load(user)));
    this.last = Caffeine.newBuilder().maximumSize(LAST_CHANGES).expireAfterWrite(LAST_CHANGE).ticker(world.clock()::nanos)
        .executor(Runnable::run).build();
    for (int i = 0; i < LOCKS; i++) {
      locks[i] = new ReentrantLock();
    }
  }

  public void watch(Watcher watcher) {
    watchers.add(watcher);
  }

  /// The bindings in force, the most preferred first, among equals the youngest first.
  public List<Binding> live(AddressOfRecord user) {
    long now = world.clock().nanos();
    List<Binding> live = new ArrayList<>(2);
    for (Binding b : all(user)) {
      if (b.isLive(now)) {
        live.add(b);
      }
    }
    if (live.size() > 1) {
      live.sort(MOST_PREFERRED);
    }
    return Collections.unmodifiableList(live);
  }

  /// Whether that binding is still what it was: neither refreshed nor replaced nor over.
  boolean isCurrent(AddressOfRecord user, Binding binding) {
    Registration registration = registrations.get(user);
    return registration != null && registration.bindings().contains(binding);
  }

  /// The registered devices, and the lasting ones that are remembered.
  public List<Device> devices(AddressOfRecord user) {
    long now = world.clock().nanos();
    Registration registration = registrations.get(user);
    if (registration != null && registration.bindings().size() == 1) { // the usual case: one device, and it is there
      Optional<Device> only = registration.only(now);
      if (only.isPresent()) {
        return List.of(only.get());
      }
    }
    Map<DeviceId, Device> devices = new LinkedHashMap<>();
    for (Binding b : remembered(all(user), now)) {
      Device device = new Device(b.device(), b.isLive(now), b.lasting(), b.features(), b.isSecure());
      devices.merge(b.device(), device, (one, other) -> one.registered() ? one : other);
    }
    return List.copyOf(devices.values());
  }

  /// What the last change of the user was; empty where that is long ago, and after a restart.
  List<Happened> last(AddressOfRecord user) {
    List<Happened> happened = last.getIfPresent(user);
    return happened == null ? List.of() : happened;
  }

  /// How many users have a live binding in memory.
  public int size() {
    return registrations.size();
  }

  /// Whether that flow is one over which a device of the user is registered with the credentials that are now in force.
  boolean registeredOver(Flow flow, AddressOfRecord user, long credentials) {
    return over(flow, user).filter(b -> b.link().credentials() == credentials).isPresent();
  }

  /// The live binding of the user that was made over that flow.
  Optional<Binding> over(Flow flow, AddressOfRecord user) {
    Registration registration = registrations.get(user);
    if (registration == null) {
      return Optional.empty();
    }
    long now = world.clock().nanos();
    for (Binding b : registration.bindings()) {
      Optional<Flow> its = b.link().flow();
      if (its.isPresent() && its.get().equals(flow) && b.isLive(now)) {
        return Optional.of(b);
      }
    }
    return Optional.empty();
  }

  /// The user with a live binding over that flow; for flows that serve one user only the answer is his.
  Set<AddressOfRecord> usersOver(Flow flow) {
    return byFlow.getOrDefault(flow, Set.of());
  }

  private List<Binding> all(AddressOfRecord user) {
    Registration registration = registrations.get(user);
    if (registration != null) {
      return registration.bindings();
    }
    List<Binding> known = stored.find(user).orElse(List.of());
    long now = world.clock().nanos();
    return known.stream().anyMatch(b -> b.isLive(now)) ? restore(user) : known;
  }

  // A user who registered before the restart: from now on in memory, with an alarm for the end of his bindings.
  private List<Binding> restore(AddressOfRecord user) {
    ReentrantLock lock = lock(user);
    lock.lock();
    try {
      Registration there = registrations.get(user);
      if (there == null) {
        there = keep(user, load(user));
      }
      return there.bindings();
    } finally {
      lock.unlock();
    }
  }

  private List<Binding> load(AddressOfRecord user) {
    int most = (limits.devicesPerUser() + limits.devicesRememberedPerUser()) * 4;
    return engine.read(Partition.of(Schema.USER, user.value()), view -> view.scan(ALL.bytes(), ALL.end(), most)).stream()
        .map(e -> BindingFormat.read(e.value(), world.clock()))
        .toList();
  }

  /// Changes the bindings of a user. `how` gets all of them, also remembered ones, and says what they are to be; what differs is durable
  /// when this returns. Throws [tucket.store.Unavailable] with nothing changed.
  public <R> R change(AddressOfRecord user, Function<List<Binding>, Step<R>> how) {
    ReentrantLock lock = lock(user);
    R result;
    List<Happened> happened;
    int live;
    lock.lock();
    try {
      Registration there = registrations.get(user);
      List<Binding> before = there == null ? load(user) : there.bindings();
      Step<R> step = how.apply(before);
      long now = world.clock().nanos();
      List<Binding> after = remembered(step.bindings(), now);
      store(user, before, after);
      happened = step.reasons().entrySet().stream().map(e -> new Happened(e.getValue(), e.getKey())).toList();
      keep(user, after);
      if (!happened.isEmpty()) {
        last.put(user, happened);
      }
      live = (int) after.stream().filter(b -> b.isLive(now)).count();
      result = step.result();
    } finally {
      lock.unlock();
    }
    if (!happened.isEmpty()) {
      happened.forEach(h -> LOG.info("event=binding_{} user={} device={} contact={} live={}",
          h.event().name().toLowerCase(Locale.ROOT), user, h.binding().device(), h.binding().contact().uri(), live));
      watchers.forEach(w -> w.changed(user, happened, live));
    }
    return result;
  }

  private void store(AddressOfRecord user, List<Binding> before, List<Binding> after) {
    Map<String, Binding> gone = new HashMap<>();
    before.forEach(b -> gone.put(name(b), b));
    List<Binding> put = new ArrayList<>();
    for (Binding b : after) {
      Binding old = gone.remove(name(b));
      if (old == null || !old.linked(b.link()).equals(b)) {
        put.add(b);
      }
    }
    try {
      if (put.isEmpty() && gone.isEmpty()) {
        return; // but the whole user may have been removed
      }
      engine.write(Partition.of(Schema.USER, user.value()), transaction -> {
        gone.values().forEach(b -> transaction.delete(BindingFormat.key(b)));
        put.forEach(b -> transaction.put(BindingFormat.key(b), BindingFormat.write(b)));
        return true;
      });
    } finally {
      stored.changed(user); // also after a failure: it may have been written all the same
    }
  }

  private static String name(Binding b) {
    return b.regId() + " " + b.device();
  }

  // Under the user's lock.
  private Registration keep(AddressOfRecord user, List<Binding> bindings) {
    Registration old = registrations.get(user);
    if (old != null) {
      old.alarm().ifPresent(Clock.Alarm::cancel);
      old.bindings().forEach(b -> b.link().flow().ifPresent(f -> unlink(f, user, bindings)));
    }
    long now = world.clock().nanos();
    bindings.forEach(b -> b.link().flow().filter(f -> f.protocol().reliable()).ifPresent(f -> link(f, user)));
    OptionalLong next = bindings.stream().filter(b -> b.isLive(now)).mapToLong(b -> b.link().untilNanos() - now).min();
    if (next.isEmpty()) {
      registrations.remove(user);
      return new Registration(bindings, Optional.empty());
    }
    Clock.Alarm alarm = world.clock().after(Duration.ofNanos(next.getAsLong()),
        () -> world.threads().start("expire " + user, () -> expire(user)));
    Registration kept = new Registration(bindings, Optional.of(alarm));
    registrations.put(user, kept);
    return kept;
  }

  private void link(Flow flow, AddressOfRecord user) {
    byFlow.compute(flow, (f, users) -> {
      Set<AddressOfRecord> now = users == null ? ConcurrentHashMap.newKeySet() : users;
      now.add(user);
      return now;
    });
    if (!flow.isOpen()) { // it ended while the REGISTER was handled, and nobody will tell again
      world.threads().start("closed " + flow.remote(), () -> closed(flow));
    }
  }

  private void unlink(Flow flow, AddressOfRecord user, List<Binding> after) {
    if (after.stream().noneMatch(b -> b.link().flow().filter(flow::equals).isPresent())) {
      byFlow.computeIfPresent(flow, (f, users) -> users.remove(user) && users.isEmpty() ? null : users);
    }
  }

  private void expire(AddressOfRecord user) {
    stubbornly("expire " + user, () -> {
      long now = world.clock().nanos();
      change(user, before -> end(before, b -> b.link().untilNanos() - now <= 0, Event.EXPIRED));
    });
  }

  // Nobody asks a second time for what time or the network brings: it is done again until the store can take it.
  private void stubbornly(String what, Runnable change) {
    try {
      change.run();
    } catch (Unavailable notNow) {
      LOG.warn("event=bindings_unsaved what=\"{}\" why=\"{}\"", what, notNow.getMessage());
      world.clock().after(AGAIN, () -> world.threads().start(what, () -> stubbornly(what, change)));
    }
  }

  /// A connection has ended: what hung on it alone is no longer registered (RFC 5626 section 5.3), the rest loses its trust.
  public void closed(Flow flow) {
    for (AddressOfRecord user : usersOver(flow)) {
      stubbornly("closed " + flow.remote(), () -> change(user, before -> {
        Step<Boolean> step = end(before, b -> b.outbound() && b.link().flow().filter(flow::equals).isPresent(), Event.DEACTIVATED);
        List<Binding> after = step.bindings().stream()
            .map(b -> b.link().flow().filter(flow::equals).isPresent() ? b.linked(b.link().withoutFlow()) : b)
            .toList();
        return new Step<>(true, after, step.reasons());
      }));
    }
  }

  /// Ends one binding whose flow has failed (RFC 5626 section 5.3, 430).
  void failed(AddressOfRecord user, Binding gone) {
    stubbornly("failed " + user, () -> change(user, before -> end(before, b -> b.equals(gone), Event.DEACTIVATED)));
  }

  /// Ends all bindings of a user: he was removed or disabled.
  void deactivate(AddressOfRecord user) {
    change(user, before -> end(before, b -> true, Event.DEACTIVATED));
  }

  // Only what is not over yet makes an event.
  Step<Boolean> end(List<Binding> before, Predicate<Binding> which, Event why) {
    Instant now = world.clock().now();
    long nanos = world.clock().nanos();
    List<Binding> after = new ArrayList<>();
    Map<Binding, Event> reasons = new LinkedHashMap<>();
    for (Binding b : before) {
      if (b.link().over() || !which.test(b)) {
        after.add(b);
        continue;
      }
      Binding ended = b.endedAt(b.expires().isBefore(now) ? b.expires() : now, nanos);
      reasons.put(ended, why);
      if (b.lasting()) {
        after.add(ended);
      }
    }
    return new Step<>(true, after, reasons);
  }

  // Live ones, and lasting ones for as long and as many as the limits say; of one device at most the youngest of those that are over.
  private List<Binding> remembered(List<Binding> bindings, long nowNanos) {
    Instant oldest = world.clock().now().minus(limits.deviceRemembered());
    List<Binding> kept = new ArrayList<>();
    Set<DeviceId> known = new HashSet<>();
    for (Binding b : bindings) {
      if (b.isLive(nowNanos)) {
        kept.add(b);
        known.add(b.device());
      }
    }
    bindings.stream()
        .filter(b -> !b.isLive(nowNanos) && b.lasting() && b.expires().isAfter(oldest))
        .sorted(Comparator.comparing(Binding::expires).reversed())
        .forEach(b -> {
          if (known.size() < limits.devicesRememberedPerUser() && known.add(b.device())) {
            kept.add(b);
          }
        });
    return kept;
  }

  private ReentrantLock lock(AddressOfRecord user) {
    int hash = user.hashCode();
    return locks[(hash ^ hash >>> 16) & LOCKS - 1];
  }
}
