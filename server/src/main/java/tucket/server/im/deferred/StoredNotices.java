// Tells senders that their messages are stored, over a death of the server too.
package tucket.server.im.deferred;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.SipResponse;
import tucket.server.Trace;
import tucket.server.im.message.Answer;
import tucket.server.im.message.ServerNotifications;
import tucket.server.reference.Im2ServerCore;
import tucket.transport.Deadline;
import tucket.transport.World;

/// RFC 5438 section 7.2.1.3, `processing`. What is owed is committed with the message and taken out once the notification was taken or refused for good;
/// it has the same id however often it is said. Tried [#MOST_TRIES] times, and as often again after a restart. Thread-safe.
final class StoredNotices {
  private static final Logger LOG = LoggerFactory.getLogger(StoredNotices.class);
  static final int MOST_TRIES = 5;
  private static final int PARALLEL = 256;
  private static final int BATCH = 10_000;
  private static final Duration AGAIN = Duration.ofSeconds(30);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final World world;
  private final Im2ServerCore core;
  private final DeferredQueue queue;
  private final ServerNotifications notifications;
  private final Trace trace;
  private final Semaphore parallel = new Semaphore(PARALLEL);
  private final Set<Of> underWay = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /// The message that a notice is about: its recipient, and its place in his queue.
  private record Of(AddressOfRecord user, long sequence) {}

  StoredNotices(World world, Im2ServerCore core, DeferredQueue queue, ServerNotifications notifications, Trace trace) {
    this.world = world;
    this.core = core;
    this.queue = queue;
    this.notifications = notifications;
    this.trace = trace;
  }

  /// Tells what was owed when the server ended. Returns at once but for one read.
  void load(AddressOfRecord user) {
    Map<Long, ServerNotifications.Subject> owed = queue.owed(user, BATCH);
    if (!owed.isEmpty()) {
      world.threads().start("owed by " + user, () -> owed.forEach((sequence, about) -> {
        Of of = new Of(user, sequence);
        // what was stored since the start is told by another thread, or has been meanwhile
        if (underWay.add(of) && isStillOwed(of)) {
          tell(of, about, 1);
        }
      }));
    }
  }

  private boolean isStillOwed(Of of) {
    boolean owed = queue.isOwed(of.user(), of.sequence());
    if (!owed) {
      underWay.remove(of);
    }
    return owed;
  }

  /// The message `sequence` of that user has been stored. Returns at once.
  void stored(AddressOfRecord user, long sequence, ServerNotifications.Subject about) {
    Of of = new Of(user, sequence);
    if (underWay.add(of)) {
      world.threads().start("stored " + about.from(), () -> {
        if (isStillOwed(of)) { // what was owed at the start may have been this one, and told already
          tell(of, about, 1);
        }
      });
    }
  }

  private void start(Of of, ServerNotifications.Subject about, int turn) {
    world.threads().start("stored " + about.from(), () -> tell(of, about, turn));
  }

  private void tell(Of of, ServerNotifications.Subject about, int turn) {
    parallel.acquireUninterruptibly();
    boolean again = false;
    try {
      if (closed) {
        return;
      }
      SipResponse answer = core.send(notifications.stored(about, world.clock().now()), Deadline.in(PATIENCE, world.clock())).await();
      trace.note(about.messageId(), Trace.What.NOTIFIED, about.from().value(), "stored: " + answer.status());
      again = Answer.of(answer) == Answer.FAILING && turn < MOST_TRIES;
      if (again) {
        world.clock().after(AGAIN, () -> start(of, about, turn + 1));
      } else {
        queue.told(of.user(), of.sequence());
      }
    } catch (tucket.store.Unavailable e) {
      LOG.debug("that {} was told of {} is not noted: he will be told again", about.from(), about.messageId());
    } finally {
      if (!again) {
        underWay.remove(of);
      }
      parallel.release();
    }
  }

  /// Starts nothing new.
  void close() {
    closed = true;
  }
}
