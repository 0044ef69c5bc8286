// Many cheap timers on one alarm of the clock.
package tucket.transport.sip;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.transport.Clock;

/// A hashed timer wheel: a node costs two references and a number, placing it is constant work under a short lock, and one [Clock.Alarm]
/// drives them all, armed only while there is a node. A node rings up to 8 ms late, never early by its own reckoning: [Node#ring] is told
/// the time, looks at what is really due and places itself again. So a timer that moves to a later time need not touch the wheel.
/// Thread-safe.
final class TimerWheel implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TimerWheel.class);
  private static final int TICK_SHIFT = 23; // 2^23 ns = 8.4 ms
  private static final int BUCKETS = 4096; // a turn is 34 s: longer than 64*T1
  private static final long UNARMED = Long.MAX_VALUE;

  /// Something that wants to be called at a time. It stands in at most one place of one wheel.
  abstract static class Node {
    private @Nullable Node previous;
    private @Nullable Node next;
    private long tick = -1; // -1: not on the wheel

    /// Called outside the wheel's lock on a thread of the clock.
    abstract void ring(long now);
  }

  private final Clock clock;
  private final long origin;
  private final @Nullable Node[] heads = new Node[BUCKETS];
  private final long[] filled = new long[BUCKETS / Long.SIZE];
  private long current; // the first tick that has not rung
  private int count;
  private long armedTick = UNARMED;
  private Clock.@Nullable Alarm alarm;
  private boolean closed;

  TimerWheel(Clock clock) {
    this.clock = clock;
    this.origin = clock.nanos();
  }

  /// Has `node` rung at `at` or, where it is to ring sooner already, then.
  synchronized void place(Node node, long at) {
    if (closed) {
      return;
    }
    if (count == 0) {
      current = Math.max(current, (clock.nanos() - origin) >> TICK_SHIFT);
    }
    long tick = Math.clamp((at - origin) >> TICK_SHIFT, current, current + BUCKETS - 1);
    if (node.tick >= 0) {
      if (node.tick <= tick) {
        return;
      }
      unlink(node);
    }
    link(node, tick);
    if (tick < armedTick) {
      arm(tick);
    }
  }

  synchronized void remove(Node node) {
    if (node.tick >= 0) {
      unlink(node);
    }
  }

  private void link(Node node, long tick) {
    int bucket = (int) (tick & (BUCKETS - 1));
    Node head = heads[bucket];
    node.next = head;
    if (head != null) {
      head.previous = node;
    }
    heads[bucket] = node;
    filled[bucket >> 6] |= 1L << bucket;
    node.tick = tick;
    count++;
  }

  private void unlink(Node node) {
    int bucket = (int) (node.tick & (BUCKETS - 1));
    Node before = node.previous;
    Node after = node.next;
    if (after != null) {
      after.previous = before;
    }
    if (before != null) {
      before.next = after;
    } else {
      heads[bucket] = after;
      if (after == null) {
        filled[bucket >> 6] &= ~(1L << bucket);
      }
    }
    node.previous = null;
    node.next = null;
    node.tick = -1;
    count--;
  }

  // The end of a tick is when it rings: nothing rings before its time.
  private void arm(long tick) {
    disarm();
    armedTick = tick;
    long at = origin + ((tick + 1) << TICK_SHIFT);
    alarm = clock.after(Duration.ofNanos(Math.max(0, at - clock.nanos())), this::turn);
  }

  private void disarm() {
    if (alarm != null) {
      alarm.cancel();
      alarm = null;
    }
    armedTick = UNARMED;
  }

  private void turn() {
    List<Node> due = new ArrayList<>();
    long now;
    synchronized (this) {
      if (closed) {
        return;
      }
      now = clock.nanos();
      disarm(); // it may not be the alarm that called: two that cross must not both live on
      collect((now - origin) >> TICK_SHIFT, due);
      long next = nextFilled();
      if (next != UNARMED) {
        arm(next);
      }
    }
    for (Node node : due) {
      try {
        node.ring(now);
      } catch (RuntimeException failure) {
        LOG.error("A SIP timer failed", failure); // the other timers must ring all the same
      }
    }
  }

  private void collect(long end, List<Node> due) {
    for (long tick = nextFilled(); tick < end; tick = nextFilled()) {
      int bucket = (int) (tick & (BUCKETS - 1));
      for (Node node = heads[bucket]; node != null; node = heads[bucket]) {
        unlink(node);
        due.add(node);
      }
    }
    current = Math.max(current, end);
  }

  private long nextFilled() {
    if (count == 0) {
      return UNARMED;
    }
    long tick = current;
    while (tick < current + BUCKETS) {
      int bucket = (int) (tick & (BUCKETS - 1));
      long rest = filled[bucket >> 6] >>> bucket;
      if (rest != 0) {
        return tick + Long.numberOfTrailingZeros(rest);
      }
      tick += Long.SIZE - (bucket & 63);
    }
    return UNARMED;
  }

  @Override
  public synchronized void close() {
    closed = true;
    disarm();
  }
}
