// Takes and keeps what clients publish: the event state compositor of RFC 3903.
package tucket.server.event;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.protocol.Malformed;
import tucket.protocol.TooLarge;
import tucket.protocol.mime.ContentEncoding;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.server.Limits;
import tucket.server.Schema;
import tucket.store.Engine;
import tucket.store.Key;
import tucket.store.Partition;
import tucket.transport.Clock;
import tucket.transport.World;

/// RFC 3903 section 6 for any number of packages. What was answered 2xx is on disk and outlives a restart until its time is over. Everybody publishes for
/// himself alone. Thread-safe; [#publish] blocks, look-ups are from memory once [#start] has read the store.
public final class Publications implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Publications.class);
  private static final int USUAL_SECONDS = 3600;
  private static final int LOCKS = 256;
  private static final Duration SOON = Duration.ofSeconds(5);

  private record Place(String event, AddressOfRecord user) {}

  /// What one user has in one package, the oldest first, and the alarm for the next end of a life.
  private record Held(List<Publication> all, Optional<Clock.Alarm> alarm) {}

  private final World world;
  private final Limits limits;
  private final Engine engine;
  private final UnaryOperator<AddressOfRecord> canonical;
  private final Map<String, PublishedState> packages = new ConcurrentHashMap<>();
  private final Map<Place, Held> held = new ConcurrentHashMap<>();
  private final AtomicInteger total = new AtomicInteger();
  private final ReentrantLock[] locks = new ReentrantLock[LOCKS];
  private volatile boolean loaded;
  private volatile boolean closed;

  /// `canonical` gives the identity under which a user is kept, whichever of his identities he is called by.
  public Publications(World world, Limits limits, Engine engine, UnaryOperator<AddressOfRecord> canonical) {
    this.world = world;
    this.limits = limits;
    this.engine = engine;
    this.canonical = canonical;
    Arrays.setAll(locks, i -> new ReentrantLock());
  }

  /// Serves one more package; to be called before [#start].
  public void add(PublishedState state) {
    packages.put(state.event(), state);
  }

  /// Reads what was published before, in the background; until that is done users are looked up one by one.
  public void start() {
    world.threads().start("load publications", this::load);
  }

  private void load() {
    int users = 0;
    try {
      for (Partition partition : engine.partitions(Schema.USER)) {
        if (closed) {
          return;
        }
        for (PublishedState state : packages.values()) {
          users += of(state.event(), new AddressOfRecord(partition.id())).isEmpty() ? 0 : 1;
        }
      }
      loaded = true;
      LOG.info("event=publications_loaded users={}", users);
    } catch (RuntimeException e) {
      if (!closed) {
        LOG.error("the publications could not be listed; until the next start users are looked up one by one", e);
      }
    }
  }

  /// How many publications are alive.
  public int size() {
    return total.get();
  }

  /// What a user has published, the oldest first. `user` is canonical.
  public List<Publication> of(String event, AddressOfRecord user) {
    Place place = new Place(event, user);
    Held there = held.get(place);
    if (there != null) {
      return there.all;
    }
    return loaded ? List.of() : locked(place, () -> current(place));
  }

  /// Answers a PUBLISH of an authenticated user.
  public SipResponse publish(SipRequest request, AddressOfRecord who) {
    try {
      return answer(request, who);
    } catch (TooLarge e) {
      return SipResponse.to(request, Status.REQUEST_ENTITY_TOO_LARGE);
    } catch (Malformed e) {
      return SipResponse.to(request, Status.BAD_REQUEST, String.valueOf(e.getMessage()));
    } catch (tucket.store.Unavailable e) {
      LOG.warn("PUBLISH of {} is refused for now: {}", who, e.getMessage());
      return later(request, "10");
    }
  }

  // RFC 3903 section 6
  private SipResponse answer(SipRequest request, AddressOfRecord who) {
    String event = eventName(request);
    PublishedState state = packages.get(event);
    if (state == null) {
      return SipResponse.to(request, Status.BAD_EVENT).with(Header.ALLOW_EVENTS, String.join(", ", new TreeMap<>(packages).keySet()));
    }
    AddressOfRecord user = canonical.apply(who);
    if (!canonical.apply(AddressOfRecord.of(request.uri())).equals(user)) {
      return SipResponse.to(request, Status.FORBIDDEN, "Everybody publishes for himself alone");
    }
    List<String> match = request.lines(Header.SIP_IF_MATCH);
    if (match.size() > 1) {
      throw new Malformed("SIP-If-Match stands there more than once");
    }
    long seconds = Math.min(request.number(Header.EXPIRES).orElse(USUAL_SECONDS), limits.registrationMax().toSeconds());
    if (seconds > 0 && seconds < limits.subscriptionMin().toSeconds()) {
      return SipResponse.to(request, Status.INTERVAL_TOO_BRIEF).with(Header.MIN_EXPIRES, Long.toString(limits.subscriptionMin().toSeconds()));
    }
    if (request.bodyLength() == 0) {
      return put(request, state, user, match, seconds, Optional.empty());
    }
    Optional<MediaType> type = request.contentType().filter(t -> state.types().stream().anyMatch(t::is));
    if (type.isEmpty()) {
      String accept = String.join(", ", state.types().stream().map(MediaType::name).toList());
      return SipResponse.to(request, Status.UNSUPPORTED_MEDIA_TYPE).with(Header.ACCEPT, accept);
    }
    String encoding = String.join(", ", request.lines(Header.CONTENT_ENCODING));
    if (!ContentEncoding.isAccepted(encoding)) {
      return SipResponse.to(request, Status.UNSUPPORTED_MEDIA_TYPE).with(Header.ACCEPT_ENCODING, ContentEncoding.ACCEPTED);
    }
    if (request.bodyLength() > Limits.PUBLICATION_BYTES) {
      return SipResponse.to(request, Status.REQUEST_ENTITY_TOO_LARGE);
    }
    byte[] body = ContentEncoding.inflate(encoding, request.body(), Limits.PUBLICATION_BYTES);
    state.check(type.get(), body);
    return put(request, state, user, match, seconds, Optional.of(new Publication("", "", type.get(), body, Instant.EPOCH)));
  }

  private SipResponse put(SipRequest request, PublishedState state, AddressOfRecord user, List<String> match, long seconds, Optional<Publication> content) {
    Place place = new Place(state.event(), user);
    return locked(place, () -> {
      List<Publication> before = current(place);
      Optional<Publication> old = Optional.empty();
      if (match.isEmpty()) {
        if (content.isEmpty()) {
          throw new Malformed("A first PUBLISH without a body");
        }
        byte[] body = content.get().body();
        old = before.stream().filter(p -> state.replaces(body, p)).findFirst();
        if (old.isEmpty() && (before.size() >= Limits.PUBLICATIONS_PER_USER || total.get() >= Limits.PUBLICATIONS_TOTAL)) {
          return later(request, "60");
        }
      } else {
        old = before.stream().filter(p -> p.etag().equals(match.getFirst().strip())).findFirst();
        if (old.isEmpty()) {
          return SipResponse.to(request, Status.CONDITIONAL_REQUEST_FAILED);
        }
      }
      String etag = world.chance().token(10);
      Instant until = world.clock().now().plusSeconds(seconds);
      Publication base = content.map(Publication::body).isEmpty() ? old.orElseThrow() : content.get();
      Publication fresh = new Publication(old.map(Publication::id).orElseGet(() -> world.chance().token(8)), etag, base.type(), base.body(), until);
      commit(place, fresh, seconds == 0);
      became(place, without(before, fresh.id()), seconds == 0 ? Optional.empty() : Optional.of(fresh));
      Edit edit = SipResponse.to(request, Status.OK).edit().with(Header.SIP_ETAG, etag).with(Header.EXPIRES, Long.toString(seconds));
      return edit.response();
    });
  }

  private void commit(Place place, Publication fresh, boolean remove) {
    byte[] key = Key.of(Schema.PUBLICATION).text(place.event).text(fresh.id()).bytes();
    engine.write(Partition.of(Schema.USER, place.user.value()), t -> {
      if (remove) {
        t.delete(key);
      } else {
        t.put(key, fresh.write());
      }
      return true;
    });
  }

  private static List<Publication> without(List<Publication> all, String id) {
    return all.stream().filter(p -> !p.id().equals(id)).toList();
  }

  /// Under the lock of the place.
  private List<Publication> current(Place place) {
    Held there = held.get(place);
    if (there != null) {
      return there.all.stream().filter(this::lives).toList();
    }
    if (loaded) {
      return List.of();
    }
    Key prefix = Key.of(Schema.PUBLICATION).text(place.event);
    List<Publication> stored = new ArrayList<>();
    engine.read(Partition.of(Schema.USER, place.user.value()), view -> {
      view.scan(prefix.bytes(), prefix.end(), (key, value) -> {
        Key.Parts parts = Key.parts(key);
        parts.text();
        parts.text();
        stored.add(Publication.read(parts.text(), value));
        return true;
      });
      return true;
    });
    stored.stream().filter(p -> !lives(p)).forEach(p -> commit(place, p, true)); // they have ended meanwhile
    List<Publication> alive = stored.stream().filter(this::lives).sorted(Comparator.comparing(Publication::until)).toList();
    if (!alive.isEmpty()) {
      became(place, alive, Optional.empty());
    }
    return alive;
  }

  private boolean lives(Publication p) {
    return p.until().isAfter(world.clock().now());
  }

  private void became(Place place, List<Publication> rest, Optional<Publication> fresh) {
    List<Publication> now = new ArrayList<>(rest);
    fresh.ifPresent(now::add);
    Held before = held.get(place);
    if (before != null) {
      before.alarm.ifPresent(Clock.Alarm::cancel);
    }
    if (now.isEmpty()) {
      held.remove(place);
    } else {
      held.put(place, new Held(List.copyOf(now), Optional.of(alarm(place, now))));
    }
    total.addAndGet(now.size() - (before == null ? 0 : before.all.size()));
    PublishedState state = packages.get(place.event);
    if (state != null) {
      state.changed(place.user, List.copyOf(now));
    }
  }

  private Clock.Alarm alarm(Place place, List<Publication> all) {
    Instant next = all.stream().map(Publication::until).min(Instant::compareTo).orElseThrow();
    Duration left = Duration.between(world.clock().now(), next);
    return world.clock().after(left.isNegative() ? Duration.ZERO : left.plusMillis(1), () -> world.threads().start("publications end", () -> ended(place)));
  }

  /// Takes away what has ended (RFC 3903 section 6, soft state).
  private void ended(Place place) {
    if (closed) {
      return;
    }
    try {
      locked(place, () -> {
        Held there = held.get(place);
        List<Publication> over = there == null ? List.of() : there.all.stream().filter(p -> !lives(p)).toList();
        over.forEach(p -> commit(place, p, true));
        if (there != null) {
          became(place, there.all.stream().filter(this::lives).toList(), Optional.empty()); // or the alarm was early
        }
        return true;
      });
    } catch (tucket.store.Unavailable e) {
      if (!closed) {
        LOG.warn("publications of {} can't be removed now: {}", place.user, e.getMessage());
        world.clock().after(SOON, () -> world.threads().start("publications end", () -> ended(place)));
      }
    }
  }

  /// Something done while nobody else changes that place.
  private interface Work<T> {
    T run();
  }

  private <T> T locked(Place place, Work<T> work) {
    ReentrantLock lock = locks[Math.floorMod(place.hashCode(), LOCKS)];
    lock.lock();
    try {
      return work.run();
    } finally {
      lock.unlock();
    }
  }

  private static SipResponse later(SipRequest request, String seconds) {
    return SipResponse.to(request, Status.SERVICE_UNAVAILABLE).with(Header.RETRY_AFTER, seconds);
  }

  private static String eventName(SipRequest request) {
    String event = request.first(Header.EVENT).orElseThrow(() -> new Malformed("Event is missing"));
    int semicolon = event.indexOf(';');
    return (semicolon < 0 ? event : event.substring(0, semicolon)).strip();
  }

  /// Ends nothing that was published; the engine stays open.
  @Override
  public void close() {
    closed = true;
  }
}
