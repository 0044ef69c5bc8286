// The presence server of somebody else.
package tucket.server.presence;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.protocol.Malformed;
import tucket.protocol.document.PresenceDocument;
import tucket.protocol.document.PresenceDocument.ServiceTuple;
import tucket.protocol.document.XmlElement;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.Status;
import tucket.server.event.Notified;
import tucket.server.event.Sender;
import tucket.server.event.Watcher;
import tucket.server.reference.Presence;
import tucket.transport.Clock;
import tucket.transport.Deadline;
import tucket.transport.World;
import tucket.transport.sip.Outcome;
import tucket.transport.sip.Target;

/// The IM Server as watcher (RFC 3856) of its users, one by one, and as presence source (RFC 3903) towards a presence server that is configured. A user
/// is watched from when a device of his is there until none is; what was said of him last holds until something else is said. What the IM Server itself
/// publishes is known by its tuple ids and does not count as said. Failures are tried again, [#AGAIN] later. Thread-safe.
public final class ExternalPresence implements Presence, Notified, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ExternalPresence.class);
  private static final String EVENT = "presence";
  private static final String OWN = "tucket-";
  private static final String VERSION = "1.0";
  private static final Duration LIFE = Duration.ofHours(1);
  private static final Duration AGAIN = Duration.ofSeconds(30);
  private static final Duration WITHIN = Duration.ofSeconds(32);

  /// @param server the next hop to the presence server
  /// @param self who watches
  /// @param contact where NOTIFYs are to come; asked when there is something to watch
  /// @param mostUsers further ones are neither watched nor published for
  public record Settings(SipUri server, AddressOfRecord self, Supplier<SipUri> contact, int mostUsers) {}

  private final World world;
  private final Sender sender;
  private final Settings settings;
  private final Map<AddressOfRecord, Watcher> watched = new ConcurrentHashMap<>();
  private final Map<AddressOfRecord, Source> sources = new ConcurrentHashMap<>();
  private final Map<AddressOfRecord, Boolean> said = new ConcurrentHashMap<>();
  private final List<Consumer<AddressOfRecord>> listeners = new CopyOnWriteArrayList<>();
  private volatile Predicate<AddressOfRecord> isOpen = user -> false;
  private volatile boolean closed;

  public ExternalPresence(World world, Sender sender, Settings settings) {
    this.world = world;
    this.sender = sender;
    this.settings = settings;
  }

  @Override
  public Optional<Boolean> isOpenForIm(AddressOfRecord user) {
    return Optional.ofNullable(said.get(user));
  }

  @Override
  public void watch(Consumer<AddressOfRecord> changed) {
    listeners.add(changed);
  }

  @Override
  public void source(Predicate<AddressOfRecord> open) {
    isOpen = open;
  }

  @Override
  public void changed(AddressOfRecord user) {
    if (closed) {
      return;
    }
    boolean open = isOpen.test(user);
    if (open && watched.size() < settings.mostUsers) {
      watched.computeIfAbsent(user, this::watcher);
    } else if (!open) {
      Optional.ofNullable(watched.remove(user)).ifPresent(Watcher::close);
    }
    if (open && sources.size() < settings.mostUsers) {
      sources.computeIfAbsent(user, Source::new);
    }
    Optional.ofNullable(sources.get(user)).ifPresent(Source::look);
  }

  private Watcher watcher(AddressOfRecord user) {
    Watcher.Wish wish = new Watcher.Wish(settings.server, user.uri(), settings.self, settings.contact.get(), EVENT, PresenceDocument.TYPE,
        PresenceDocument.TYPE, new byte[0]);
    Watcher watcher = new Watcher(world, sender, wish, AGAIN, new Watcher.Listener() {
      @Override
      public void told(byte[] body, boolean first) {
        tell(user, body);
      }

      @Override
      public void lost() {} // what was said holds until it is there again
    });
    watcher.start();
    return watcher;
  }

  /// A NOTIFY is from whom it is about (RFC 6665 section 4.1.3).
  @Override
  public Optional<SipResponse> notified(SipRequest notify) {
    try {
      return Optional.ofNullable(watched.get(AddressOfRecord.of(notify.from().uri()))).flatMap(w -> w.notified(notify));
    } catch (Malformed other) {
      return Optional.empty();
    }
  }

  private void tell(AddressOfRecord user, byte[] body) {
    Optional<Boolean> now = Optional.empty();
    try {
      now = body.length == 0 ? Optional.empty() : said(PresenceDocument.parse(body));
    } catch (Malformed bad) {
      LOG.warn("event=presence_malformed user={} why=\"{}\"", user, bad.getMessage());
      return;
    }
    Optional<Boolean> before = Optional.ofNullable(now.isPresent() ? said.put(user, now.get()) : said.remove(user));
    if (!before.equals(now)) {
      listeners.forEach(l -> l.accept(user));
    }
  }

  private static Optional<Boolean> said(PresenceDocument all) {
    List<XmlElement> others = all.elements().stream().filter(e -> e.attribute("id").filter(id -> id.startsWith(OWN)).isEmpty()).toList();
    return new PresenceDocument(all.entity(), others).isOpenForIm();
  }

  /// How many users are watched.
  public int size() {
    return watched.size();
  }

  /// The publication of one user: one PUBLISH at a time.
  private final class Source {
    private final AddressOfRecord user;
    private final String callId = world.chance().token(12);
    private Optional<String> tag = Optional.empty();
    private Optional<Clock.Alarm> alarm = Optional.empty();
    private long sequence;
    private boolean busy;
    private boolean dirty;

    Source(AddressOfRecord user) {
      this.user = user;
    }

    synchronized void look() {
      dirty = true;
      alarm.ifPresent(Clock.Alarm::cancel);
      if (!busy && !closed) {
        busy = true;
        world.threads().start("publish presence of " + user, this::run);
      }
    }

    private void run() {
      while (true) {
        SipRequest request;
        synchronized (this) {
          boolean open = isOpen.test(user);
          if (!dirty || closed || !open && tag.isEmpty()) {
            busy = false;
            if (!open && tag.isEmpty()) {
              sources.remove(user, this);
            }
            return;
          }
          dirty = false;
          request = publish(open);
        }
        took(request, sender.send(request, new Target.Resolve(settings.server), Deadline.in(WITHIN, world.clock())));
      }
    }

    private SipRequest publish(boolean open) {
      Edit edit = SipRequest.of("PUBLISH", user.uri()).edit().append(Header.MAX_FORWARDS, "70");
      edit.append(Header.FROM, "<" + user + ">;tag=" + world.chance().token(8)).append(Header.TO, "<" + user + ">");
      edit.append(Header.CALL_ID, callId).append(Header.CSEQ, ++sequence + " PUBLISH").append(Header.EVENT, EVENT);
      edit.append(Header.EXPIRES, open ? Long.toString(LIFE.toSeconds()) : "0").append(Header.P_ASSERTED_IDENTITY, "<" + user + ">");
      tag.ifPresent(t -> edit.append(Header.SIP_IF_MATCH, t));
      return open ? edit.request().withBody(PresenceDocument.TYPE, body()) : edit.request();
    }

    private byte[] body() {
      List<ServiceTuple> tuples = new ArrayList<>();
      for (String service : List.of(PresenceDocument.IM_PAGER, PresenceDocument.IM_SESSION)) {
        String id = OWN + service.substring(service.indexOf(':') + 1).toLowerCase(java.util.Locale.ROOT);
        tuples.add(new ServiceTuple(id, service, VERSION, true, user.value()));
      }
      return PresenceDocument.compose(user.value(), tuples, List.of(), Optional::of);
    }

    private synchronized void took(SipRequest request, Outcome outcome) {
      int status = outcome instanceof Outcome.Answered a ? a.response().status() : 0;
      boolean removal = request.bodyLength() == 0;
      if (status / 100 == 2 && outcome instanceof Outcome.Answered a) {
        tag = removal ? Optional.empty() : a.response().first(Header.SIP_ETAG);
        long seconds = a.response().number(Header.EXPIRES).orElse((int) LIFE.toSeconds());
        later(removal ? Optional.empty() : Optional.of(Duration.ofSeconds(Math.max(1, seconds * 4 / 5))));
        dirty |= removal && isOpen.test(user);
      } else if (status == Status.CONDITIONAL_REQUEST_FAILED && tag.isPresent()) { // RFC 3903 section 4.1: begin anew
        tag = Optional.empty();
        dirty = true;
      } else {
        LOG.warn("event=publish_failed user={} at={} answer={}", user, settings.server, status);
        later(Optional.of(AGAIN));
      }
    }

    private void later(Optional<Duration> in) {
      alarm.ifPresent(Clock.Alarm::cancel);
      alarm = in.map(d -> world.clock().after(d, this::look));
    }

    synchronized void stop() {
      alarm.ifPresent(Clock.Alarm::cancel);
    }
  }

  /// Watches and publishes no more; what was published ends with its life.
  @Override
  public void close() {
    closed = true;
    watched.values().forEach(Watcher::close);
    sources.values().forEach(Source::stop);
  }
}
