// Tells when requests come faster than they are worked off, before those who wait notice.
package tucket.transport.sip;

import java.util.concurrent.atomic.AtomicInteger;

/// The requests that were admitted and whose handler has not begun yet, and how long one of them takes by now. Where one more would wait longer
/// than is allowed, it is better refused at once: what waits holds memory, answers that come meanwhile wait behind it or are lost, and its sender may
/// have given up when its turn comes (RFC 6357 section 5, RFC 7339 section 3). For the same reason there may then not be more without an answer than
/// can be begun in [#ANSWERS] times that time. A burst is let in: only a queue that has stood for [#STANDING] is pressure. Devices that are slow to
/// answer are none either: without a queue there is no pressure, however many wait for them.
///
/// Thread-safe; what it reckons may lag a little where threads meet.
final class Pressure {
  /// So many are no queue, whatever they take.
  static final int FEW = 64;
  /// So many are let in behind each other under any pressure.
  static final int TRICKLE = 16;
  /// So long, in nanoseconds, there must have been a queue again and again; and so long none, until that is forgotten.
  static final long STANDING = 200_000_000;
  /// So many times as long a request may wait in a burst.
  static final int BURST = 3;
  static final int ANSWERS = 12;
  private static final int MEMORY = 64;

  private final long most;
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile int peak;
  private volatile boolean refused;
  private volatile long since;
  private volatile long pressedAt;
  private volatile long turn;
  private volatile int measured;
  private volatile Begun last = new Begun(0, false);

  /// The latest one that began: when, and whether others waited behind it.
  private record Begun(long at, boolean more) {}

  /// @param most how long a request may have to wait in a queue that stands, in nanoseconds; 0 for any time
  Pressure(long most, long now) {
    this.most = most;
    this.since = now;
    this.pressedAt = now;
  }

  /// Whether one more may come while so many have no answer yet.
  boolean admits(int unanswered, long now) {
    int ahead = waiting.get();
    boolean admitted = most == 0 || (stands(now) ? ahead < TRICKLE || isInTime(ahead, unanswered) : isBurst(ahead));
    if (!admitted) {
      refused = true;
      pressed(now);
    }
    return admitted;
  }

  private boolean stands(long now) {
    return now - since >= STANDING && now - pressedAt < STANDING;
  }

  private boolean isBurst(int ahead) {
    return ahead < FEW || ahead * turn < most * BURST;
  }

  private boolean isInTime(int ahead, int unanswered) {
    return (ahead < FEW || ahead * turn < most) && (unanswered < FEW || unanswered * turn < most * ANSWERS);
  }

  /// One more waits.
  void joined() {
    int many = waiting.incrementAndGet();
    if (many > peak) {
      peak = many;
    }
  }

  /// The turn of one has come. Where it had waited since the one before began, what has passed is what one takes, with all that came between: what
  /// arrived, what was refused and what those that had begun had still to do.
  @SuppressWarnings("NonAtomicVolatileUpdate") // one more or less
  void began(long now) {
    boolean more = waiting.decrementAndGet() > 0;
    if (!more) {
      emptied(now);
    }
    Begun before = last;
    last = new Begun(now, more);
    if (before.more) {
      long known = turn;
      measured = Math.min(measured + 1, MEMORY);
      turn = known + (now - before.at - known) / measured;
    }
  }

  private void emptied(long now) {
    if (peak > FEW || refused) {
      pressed(now);
    }
    peak = 0;
    refused = false;
  }

  private void pressed(long now) {
    since = now - pressedAt > STANDING ? now : since;
    pressedAt = now;
  }
}
