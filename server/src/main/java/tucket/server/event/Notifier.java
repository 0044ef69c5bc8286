// Keeps the subscriptions of all event packages and sends their NOTIFYs.
package tucket.server.event;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.protocol.Malformed;
import tucket.protocol.mime.MediaType;
import tucket.protocol.mime.Params;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.Status;
import tucket.protocol.sip.transaction.Dialog;
import tucket.protocol.sip.transaction.Dialog.DialogId;
import tucket.server.Limits;
import tucket.server.Metrics;
import tucket.transport.Clock;
import tucket.transport.Deadline;
import tucket.transport.Flow;
import tucket.transport.World;
import tucket.transport.sip.Outcome;
import tucket.transport.sip.Target;

/// A notifier of RFC 6665 section 4.2 for any number of packages. One NOTIFY is in flight per subscription; what changes meanwhile is told
/// by one more, however often it changed. A NOTIFY that is refused or not answered ends the subscription. Thread-safe.
public final class Notifier {
  private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);
  private static final Duration NOTIFY_WITHIN = Duration.ofSeconds(32);
  private static final Duration AGAIN = Duration.ofSeconds(5);

  /// The reason with which a subscription ends that is not allowed any more.
  public static final String REJECTED = "rejected";

  private record Watched(String event, AddressOfRecord what) {}

  private final World world;
  private final Limits limits;
  private final Sender sender;
  private final Metrics metrics;
  private final Map<String, EventPackage> packages = new ConcurrentHashMap<>();
  private final Map<DialogId, Subscription> subscriptions = new ConcurrentHashMap<>();
  private final Map<Watched, Set<Subscription>> watchers = new ConcurrentHashMap<>();
  private final Map<AddressOfRecord, Integer> perUser = new ConcurrentHashMap<>();
  private volatile BiConsumer<String, AddressOfRecord> onWatchers = (event, what) -> {};

  public Notifier(World world, Limits limits, Sender sender, Metrics metrics) {
    this.world = world;
    this.limits = limits;
    this.sender = sender;
    this.metrics = metrics;
  }

  /// Serves one more package.
  public void add(EventPackage events) {
    packages.put(events.name(), events);
  }

  /// The names of all packages, as Allow-Events has them.
  public String allowEvents() {
    return String.join(", ", new TreeMap<>(packages).keySet());
  }

  public int size() {
    return subscriptions.size();
  }

  /// Answers a SUBSCRIBE of an authenticated user, inside a dialog or outside.
  ///
  /// @param what whose state is asked for; in a dialog it is the one the dialog was begun for
  /// @param contact a URI at which this dialog reaches us
  public SipResponse subscribe(SipRequest request, AddressOfRecord who, AddressOfRecord what, Flow flow, SipUri contact) {
    if (request.to().tag().isPresent()) {
      return refresh(request, who, flow);
    }
    String event = eventName(request);
    EventPackage events = packages.get(event);
    if (events == null) {
      return badEvent(request);
    }
    if (!accepts(request, events.type())) {
      return SipResponse.to(request, Status.NOT_ACCEPTABLE).with(Header.ACCEPT, events.type().name());
    }
    EventPackage.Standing standing = events.standing(who, what);
    if (standing == EventPackage.Standing.REFUSED) {
      return SipResponse.to(request, Status.FORBIDDEN, "You may not watch " + event + " of that user");
    }
    long seconds = seconds(request, events);
    if (tooBrief(seconds)) {
      return intervalTooBrief(request);
    }
    if (subscriptions.size() >= limits.subscriptionsTotal() || perUser.getOrDefault(who, 0) >= limits.subscriptionsPerUser()) {
      return SipResponse.to(request, Status.SERVICE_UNAVAILABLE, "Too many subscriptions").with(Header.RETRY_AFTER, "60");
    }
    Dialog dialog = Dialog.asServer(request, world.chance().token(8));
    Optional<Flow> direct = request.vias().size() == 1 ? Optional.of(flow) : Optional.empty();
    Subscription fresh = new Subscription(events, request.first(Header.EVENT).orElse(event), who, what, contact,
        events.begin(request, who, what), dialog, direct);
    fresh.dirty = true;
    fresh.standing = standing;
    begin(fresh, seconds);
    return accepted(request, fresh, seconds);
  }

  private SipResponse refresh(SipRequest request, AddressOfRecord who, Flow flow) {
    Subscription there = subscriptions.get(DialogId.ofReceived(request));
    if (there == null) {
      return SipResponse.to(request, Status.CALL_DOES_NOT_EXIST, "Subscription Does Not Exist");
    }
    if (!there.who.equals(who)) {
      return SipResponse.to(request, Status.FORBIDDEN, "The subscription is somebody else's");
    }
    if (!eventName(request).equals(there.events.name())) {
      return badEvent(request);
    }
    long seconds = seconds(request, there.events);
    if (tooBrief(seconds)) {
      return intervalTooBrief(request);
    }
    there.lock.lock();
    try {
      Optional<Dialog> dialog = there.dialog.received(request);
      if (dialog.isEmpty()) {
        return SipResponse.to(request, Status.SERVER_INTERNAL_ERROR, "CSeq is out of order"); // RFC 3261 section 12.2.2
      }
      there.dialog = dialog.get();
      there.flow = request.vias().size() == 1 ? Optional.of(flow) : Optional.empty();
      there.narration.asked(request);
      there.notBeforeNanos = world.clock().nanos();
      there.dirty = true; // RFC 6665 section 4.2.1.2: a refresh is answered by a NOTIFY too
    } finally {
      there.lock.unlock();
    }
    arm(there, seconds);
    return accepted(request, there, seconds);
  }

  private SipResponse accepted(SipRequest request, Subscription subscription, long seconds) {
    boolean waits = subscription.standing == EventPackage.Standing.PENDING; // RFC 6665 section 4.2.1.4
    Edit edit = SipResponse.to(request, waits ? Status.ACCEPTED : Status.OK).withToTag(subscription.dialog.id().localTag()).edit();
    edit.copy(Header.RECORD_ROUTE, request);
    return edit.with(Header.EXPIRES, Long.toString(seconds)).with(Header.CONTACT, "<" + subscription.contact + ">").response();
  }

  private void begin(Subscription fresh, long seconds) {
    subscriptions.put(fresh.dialog.id(), fresh);
    watchers.compute(new Watched(fresh.events.name(), fresh.what), (k, all) -> {
      Set<Subscription> now = all == null ? ConcurrentHashMap.newKeySet() : all;
      now.add(fresh);
      return now;
    });
    perUser.merge(fresh.who, 1, Integer::sum);
    arm(fresh, seconds);
    watched(fresh);
    LOG.info("event=subscribed package={} who={} what={} expires={}", fresh.events.name(), fresh.who, fresh.what, seconds);
  }

  // RFC 6665 section 4.4.3: who asks for no time gets one NOTIFY.
  private void arm(Subscription subscription, long seconds) {
    subscription.lock.lock();
    try {
      subscription.alarm.ifPresent(Clock.Alarm::cancel);
      subscription.untilNanos = world.clock().nanos() + Duration.ofSeconds(seconds).toNanos();
      if (seconds == 0) {
        subscription.ending = "timeout";
        return;
      }
      subscription.alarm = Optional.of(world.clock().after(Duration.ofSeconds(seconds), () -> end(subscription, "timeout")));
    } finally {
      subscription.lock.unlock();
    }
  }

  /// The response to a SUBSCRIBE has left: now the NOTIFY may follow it.
  public void answered(SipResponse response) {
    DialogId id = new DialogId(response.callId(), response.to().tag().orElse(""), response.from().tag().orElse(""));
    Subscription subscription = subscriptions.get(id);
    if (subscription != null) {
      pump(subscription);
    }
  }

  /// The state of `what` is another: tell all who watch it.
  public void changed(String event, AddressOfRecord what) {
    for (Subscription subscription : watchers.getOrDefault(new Watched(event, what), Set.of())) {
      if (subscription.narration.concerned()) {
        subscription.lock.lock();
        subscription.dirty = true;
        subscription.lock.unlock();
        pump(subscription);
      }
    }
  }

  /// The rules of `what` are others: asks again for everybody who watches, and tells those who stand otherwise now.
  public void reconsider(String event, AddressOfRecord what) {
    for (Subscription subscription : List.copyOf(watchers.getOrDefault(new Watched(event, what), Set.of()))) {
      EventPackage.Standing now = subscription.events.standing(subscription.who, what);
      if (now == EventPackage.Standing.REFUSED) {
        end(subscription, REJECTED);
        continue;
      }
      subscription.lock.lock();
      subscription.standing = now;
      subscription.dirty = true; // what he may see may be something else too
      subscription.lock.unlock();
      watched(subscription);
      pump(subscription);
    }
  }

  /// Somebody who watches, for watcher information; `id` is the same for as long as he does, `seconds` how long still.
  public record Watching(AddressOfRecord who, String id, EventPackage.Standing standing, long seconds) {}

  /// Who watches `what` in that package.
  public List<Watching> watching(String event, AddressOfRecord what) {
    List<Watching> found = new ArrayList<>();
    for (Subscription s : watchers.getOrDefault(new Watched(event, what), Set.of())) {
      s.lock.lock();
      try {
        if (s.ending.isEmpty()) {
          long left = Math.max(0, (s.untilNanos - world.clock().nanos()) / 1_000_000_000L);
          found.add(new Watching(s.who, s.dialog.id().localTag(), s.standing, left));
        }
      } finally {
        s.lock.unlock();
      }
    }
    return found;
  }

  /// Who is told when somebody begins or ceases to watch, or stands otherwise. Must return at once.
  public void onWatchers(BiConsumer<String, AddressOfRecord> listener) {
    onWatchers = listener;
  }

  private void watched(Subscription subscription) {
    onWatchers.accept(subscription.events.name(), subscription.what);
  }

  /// Ends all subscriptions to `what` with one last NOTIFY (RFC 6665 section 4.1.3: `noresource`, `rejected`, `deactivated` ...).
  public void terminate(String event, AddressOfRecord what, String reason) {
    List.copyOf(watchers.getOrDefault(new Watched(event, what), Set.of())).forEach(s -> end(s, reason));
  }

  private void end(Subscription subscription, String reason) {
    subscription.lock.lock();
    subscription.ending = reason;
    subscription.dirty = true;
    subscription.lock.unlock();
    pump(subscription);
  }

  private void pump(Subscription subscription) {
    subscription.lock.lock();
    try {
      if (subscription.sending || !subscription.dirty || tooSoon(subscription)) {
        return;
      }
      subscription.sending = true;
    } finally {
      subscription.lock.unlock();
    }
    world.threads().start("notify " + subscription.who, () -> tell(subscription));
  }

  /// Whether the last NOTIFY was but a moment ago: then the next one is set for later. Under the subscription's lock.
  private boolean tooSoon(Subscription subscription) {
    long wait = subscription.notBeforeNanos - world.clock().nanos();
    if (subscription.version == 0 || wait <= 0 || !subscription.ending.isEmpty()) {
      return false;
    }
    if (!subscription.delayed) {
      subscription.delayed = true;
      world.clock().after(Duration.ofNanos(wait), () -> {
        subscription.lock.lock();
        subscription.delayed = false;
        subscription.lock.unlock();
        pump(subscription);
      });
    }
    return true;
  }

  private void tell(Subscription subscription) {
    while (true) {
      Optional<Next> next = next(subscription);
      if (next.isEmpty()) {
        return;
      }
      Outcome outcome;
      try {
        boolean told = !next.get().waits && !(next.get().last && subscription.ending.equals(REJECTED));
        byte[] body = told ? subscription.narration.next(next.get().version) : new byte[0];
        SipRequest request = body.length == 0 ? next.get().request : next.get().request.withBody(subscription.events.type(), body);
        outcome = sender.send(request, next.get().target(), Deadline.in(NOTIFY_WITHIN, world.clock()));
      } catch (RuntimeException failed) {
        later(subscription, failed);
        return;
      }
      metrics.notified(subscription.events.name(), outcome instanceof Outcome.Answered a ? a.response().status() / 100 + "xx" : "lost");
      if (next.get().last || !isAlive(outcome)) {
        forget(subscription, outcome);
        return;
      }
      if (outcome instanceof Outcome.Answered answered) {
        subscription.lock.lock();
        subscription.dialog = subscription.dialog.answered(answered.response());
        subscription.lock.unlock();
      }
    }
  }

  // The state can't be read now (the store is full, say): it stays to be told.
  private void later(Subscription subscription, RuntimeException failed) {
    LOG.warn("event=notify_failed package={} who={} what={}", subscription.events.name(), subscription.who, subscription.what, failed);
    subscription.lock.lock();
    subscription.dirty = true;
    subscription.sending = false;
    subscription.lock.unlock();
    world.clock().after(AGAIN, () -> pump(subscription));
  }

  private record Next(SipRequest request, long version, boolean last, boolean waits, Optional<Flow> flow) {
    // Back on the path the SUBSCRIBE came by, unless proxies asked to stay on the way.
    Target target() {
      boolean direct = !request.has(Header.ROUTE) && flow.filter(Flow::isOpen).isPresent();
      return direct ? new Target.Over(flow.orElseThrow()) : Target.nextHop(request);
    }
  }

  private Optional<Next> next(Subscription subscription) {
    subscription.lock.lock();
    try {
      if (!subscription.dirty || tooSoon(subscription)) {
        subscription.sending = false;
        return Optional.empty();
      }
      subscription.dirty = false;
      subscription.notBeforeNanos = world.clock().nanos() + subscription.events.leastInterval(subscription.who).toNanos();
      boolean last = !subscription.ending.isEmpty();
      boolean waits = subscription.standing == EventPackage.Standing.PENDING;
      long left = Math.max(0, (subscription.untilNanos - world.clock().nanos()) / 1_000_000_000L);
      Dialog.Sending sending = subscription.dialog.request("NOTIFY");
      subscription.dialog = sending.dialog();
      Edit edit = sending.request().edit();
      edit.with(Header.EVENT, subscription.eventHeader).with(Header.CONTACT, "<" + subscription.contact + ">");
      edit.with(Header.SUBSCRIPTION_STATE, last
          ? "terminated;reason=" + subscription.ending : (waits ? "pending" : "active") + ";expires=" + left);
      return Optional.of(new Next(edit.request(), subscription.version++, last, waits, subscription.flow));
    } finally {
      subscription.lock.unlock();
    }
  }

  // RFC 6665 section 4.2.2: any failure ends the subscription, unless it says when to try again.
  private static boolean isAlive(Outcome outcome) {
    return outcome instanceof Outcome.Answered a && (a.response().isSuccess() || a.response().has(Header.RETRY_AFTER));
  }

  private void forget(Subscription subscription, Outcome outcome) {
    subscription.lock.lock();
    try {
      subscription.alarm.ifPresent(Clock.Alarm::cancel);
    } finally {
      subscription.lock.unlock();
    }
    if (subscriptions.remove(subscription.dialog.id(), subscription)) {
      subscription.narration.end();
      watchers.computeIfPresent(new Watched(subscription.events.name(), subscription.what),
          (k, all) -> all.remove(subscription) && all.isEmpty() ? null : all);
      watched(subscription);
      perUser.computeIfPresent(subscription.who, (who, n) -> n > 1 ? n - 1 : null);
      String came = outcome instanceof Outcome.Answered a ? Integer.toString(a.response().status()) : outcome.getClass().getSimpleName();
      LOG.info("event=subscription_ended package={} who={} what={} answer={}", subscription.events.name(), subscription.who,
          subscription.what, came);
    }
  }

  private SipResponse badEvent(SipRequest request) {
    return SipResponse.to(request, Status.BAD_EVENT).with(Header.ALLOW_EVENTS, allowEvents());
  }

  private boolean tooBrief(long seconds) {
    return seconds > 0 && seconds < limits.subscriptionMin().toSeconds();
  }

  private SipResponse intervalTooBrief(SipRequest request) {
    return SipResponse.to(request, Status.INTERVAL_TOO_BRIEF).with(Header.MIN_EXPIRES, Long.toString(limits.subscriptionMin().toSeconds()));
  }

  private long seconds(SipRequest request, EventPackage events) {
    long wanted = request.number(Header.EXPIRES).orElse(events.defaultExpires());
    return Math.min(wanted, limits.subscriptionMax().toSeconds());
  }

  private static String eventName(SipRequest request) {
    String event = request.first(Header.EVENT).orElseThrow(() -> new Malformed("Event is missing"));
    int semicolon = event.indexOf(';');
    if (semicolon >= 0) {
      Params.parse(event, semicolon);
    }
    return (semicolon < 0 ? event : event.substring(0, semicolon)).strip();
  }

  // RFC 6665 section 3.1.3: no Accept means the package's own type.
  private static boolean accepts(SipRequest request, MediaType type) {
    if (!request.has(Header.ACCEPT)) {
      return true;
    }
    for (String range : request.values(Header.ACCEPT)) {
      int semicolon = range.indexOf(';');
      String name = (semicolon < 0 ? range : range.substring(0, semicolon)).strip();
      if (name.equals("*/*") || name.equalsIgnoreCase(type.type() + "/*") || name.equalsIgnoreCase(type.name())) {
        return true;
      }
    }
    return false;
  }
}
