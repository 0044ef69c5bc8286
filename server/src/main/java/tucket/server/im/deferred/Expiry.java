// Lets stored messages go when their life ends, and tells their senders.
package tucket.server.im.deferred;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.protocol.cpim.Disposition;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.SipResponse;
import tucket.server.Envelope;
import tucket.server.Trace;
import tucket.server.im.message.Answer;
import tucket.server.im.message.EnvelopeReader;
import tucket.server.im.message.ServerNotifications;
import tucket.server.im.settings.ImSettings;
import tucket.server.reference.Im2ServerCore;
import tucket.transport.Clock;
import tucket.transport.Deadline;
import tucket.transport.World;

/// Keeps in memory when something of each user's ends next, and one alarm for the first of all. The sender of a message that nobody got is
/// told first, with an id that is the same however often it is said; then the message leaves the store. Thread-safe.
final class Expiry {
  private static final Logger LOG = LoggerFactory.getLogger(Expiry.class);
  private static final int BATCH = 256;
  private static final int PARALLEL = 64;
  private static final int MOST_TRIES = 5;
  private static final Duration AGAIN = Duration.ofSeconds(30);
  private static final Duration LONGEST_SLEEP = Duration.ofMinutes(1); // the wall clock may jump
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private record Due(Instant at, AddressOfRecord user) {}

  private final World world;
  private final Im2ServerCore core;
  private final DeferredQueue queue;
  private final Recipients recipients;
  private final EnvelopeReader reader;
  private final ServerNotifications notifications;
  private final ImSettings settings;
  private final Trace trace;
  private final Semaphore parallel = new Semaphore(PARALLEL);
  private final Map<AddressOfRecord, Instant> next = new HashMap<>();
  private final PriorityQueue<Due> order = new PriorityQueue<>(Comparator.comparing(Due::at));
  private final Map<String, Integer> tries = new HashMap<>();
  private Clock.@Nullable Alarm alarm;
  private Instant alarmAt = Instant.MAX;
  private volatile Consumer<AddressOfRecord> changed = user -> {};
  private boolean closed;

  Expiry(World world, Im2ServerCore core, DeferredQueue queue, Recipients recipients, EnvelopeReader reader,
      ServerNotifications notifications, ImSettings settings, Trace trace) {
    this.world = world;
    this.core = core;
    this.queue = queue;
    this.recipients = recipients;
    this.reader = reader;
    this.notifications = notifications;
    this.settings = settings;
    this.trace = trace;
  }

  /// Who is told that what waits for a user has changed.
  void onChange(Consumer<AddressOfRecord> listener) {
    changed = listener;
  }

  /// Something of that user's ends at that time.
  synchronized void ends(AddressOfRecord user, Instant at) {
    Instant known = next.get(user);
    if (closed || known != null && !at.isBefore(known)) {
      return;
    }
    next.put(user, at);
    order.add(new Due(at, user));
    arm();
  }

  private void arm() {
    Due first = order.peek();
    if (closed || first == null || alarm != null && !first.at().isBefore(alarmAt)) {
      return;
    }
    if (alarm != null) {
      alarm.cancel();
    }
    Duration sleep = Duration.between(world.clock().now(), first.at());
    Duration bounded = sleep.compareTo(LONGEST_SLEEP) > 0 ? LONGEST_SLEEP : sleep.isNegative() ? Duration.ZERO : sleep;
    alarmAt = first.at();
    alarm = world.clock().after(bounded.plusMillis(1), this::ring);
  }

  private synchronized void ring() {
    alarm = null;
    alarmAt = Instant.MAX;
    Instant now = world.clock().now();
    while (!closed && !order.isEmpty() && !order.peek().at().isAfter(now)) {
      Due due = order.remove();
      if (due.at().equals(next.get(due.user()))) { // else it was moved
        next.remove(due.user());
        world.threads().start("expire " + due.user(), () -> expire(due.user()));
      }
    }
    arm();
  }

  private void expire(AddressOfRecord user) {
    parallel.acquireUninterruptibly();
    try {
      Recipient recipient = recipients.hold(user);
      try {
        boolean postponed = expire(recipient);
        Optional<Instant> then = queue.nextEnd(user);
        Instant soonest = postponed ? world.clock().now().plus(AGAIN) : Instant.MIN;
        then.ifPresent(at -> ends(user, at.isBefore(soonest) ? soonest : at));
      } finally {
        recipients.release(recipient);
      }
    } catch (RuntimeException e) {
      LOG.warn("what has expired for {} could not be removed and will be tried again: {}", user, e.toString(), e);
      ends(user, world.clock().now().plus(AGAIN));
    } finally {
      parallel.release();
    }
  }

  /// Returns whether something is left for later, because it is being handed over or its sender could not be told.
  private boolean expire(Recipient recipient) {
    List<DeferredQueue.Ended> ended = queue.ended(recipient.user(), BATCH);
    List<DeferredQueue.Ended> now = new ArrayList<>();
    List<Long> begun = new ArrayList<>();
    boolean postponed = false;
    try {
      for (DeferredQueue.Ended e : ended) {
        long sequence = e.end().sequence();
        if (!e.end().afterlife() && !recipient.beginExpiry(sequence)) {
          postponed = true;
          continue;
        }
        if (!e.end().afterlife()) {
          begun.add(sequence);
        }
        // between the reading and the beginning a device may have taken it
        Optional<DeferredQueue.Ready> still = e.still().isEmpty() ? Optional.empty() : queue.find(recipient.user(), sequence);
        if (still.isPresent() && !tell(recipient.user(), still.get())) {
          postponed = true;
          continue;
        }
        now.add(e);
      }
      if (!now.isEmpty()) {
        recipient.left(queue.expire(recipient.user(), now, settings.traceRetention(), settings.chargingRetention()));
        changed.accept(recipient.user());
      }
      return postponed;
    } finally {
      begun.forEach(recipient::endExpiry);
    }
  }

  /// Tells the sender where he asked for it and nobody has the message; returns whether that is done with.
  private boolean tell(AddressOfRecord user, DeferredQueue.Ready ready) {
    Waiting w = ready.waiting();
    boolean owed = w.kind() == Envelope.Kind.MESSAGE && w.wanted().contains(Disposition.NEGATIVE_DELIVERY) && w.state().acknowledged()
        .isEmpty();
    if (!owed) {
      return true;
    }
    ServerNotifications.Subject about = ServerNotifications.Subject.of(reader.open(ready.envelope()));
    SipResponse answer = core.send(notifications.failed(about, world.clock().now()), Deadline.in(PATIENCE, world.clock())).await();
    trace.note(w.messageId(), Trace.What.NOTIFIED, w.from().value(), "failed: " + answer.status());
    return isToldOrGivenUp(user + " " + w.sequence(), Answer.of(answer) != Answer.FAILING);
  }

  private synchronized boolean isToldOrGivenUp(String what, boolean told) {
    boolean done = told || tries.merge(what, 1, Integer::sum) >= MOST_TRIES;
    if (done) {
      tries.remove(what);
    }
    return done;
  }

  synchronized void close() {
    closed = true;
    if (alarm != null) {
      alarm.cancel();
    }
  }
}
