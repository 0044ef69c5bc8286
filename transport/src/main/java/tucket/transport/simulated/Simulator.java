// The time of a simulated world, what is to happen in it, and the one thread that lets it happen.
package tucket.transport.simulated;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tucket.transport.Clock;
import tucket.transport.Unavailable;
import tucket.transport.net.OwnScheduler;

/// A step is one stretch of one virtual thread (from one parking to the next), or one event of the time line (an alarm, a packet). Threads
/// that could run are drawn by the seed, so that every seed tries another interleaving; time moves on when none can run. Everything is for
/// the thread that made the simulator.
///
/// What would not be the same in the next run is noticed: a virtual thread that is woken by another thread of the JVM (a monitor, a timed
/// wait of the JDK, an executor) makes [#foreignWakeups] more than zero.
public final class Simulator {
  private static final byte[] NO_DATA = {};

  private final OwnScheduler scheduler;
  private final Thread home = Thread.currentThread();
  private final Random random;
  private final Random order;
  private final EventLog log = new EventLog();
  private final PriorityQueue<Event> events = new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::number));
  private final List<Ready> ready = new ArrayList<>();
  private final Queue<Ready> foreign = new ConcurrentLinkedQueue<>();
  private final List<String> faults = new ArrayList<>();
  private long now;
  private long numbers;
  private long steps;
  private int foreignWakeups;
  private volatile String foreignThread = "";
  private @Nullable SimulatedProcess running;

  private record Event(long at, long number, Runnable task) {}

  private record Ready(SimulatedProcess process, Runnable stretch) {}

  /// Throws [Unavailable] where this JVM does not let anybody choose the scheduler of virtual threads.
  public Simulator(long seed) {
    scheduler = OwnScheduler.open().orElseThrow(() -> new Unavailable(
        "virtual threads can't be scheduled from here: start Java with --add-opens=java.base/java.lang=ALL-UNNAMED"));
    random = new Random(seed);
    order = new Random(seed ^ 0x5DEECE66DL);
  }

  /// What everything random in the world is drawn from.
  public Random random() {
    return random;
  }

  public EventLog log() {
    return log;
  }

  /// Nanoseconds since the beginning of the simulation.
  public long now() {
    return now;
  }

  /// How many steps have been made.
  public long steps() {
    return steps;
  }

  /// Whether the caller is this simulation itself or a thread in it.
  public boolean isInside() {
    return Thread.currentThread() == home || running != null;
  }

  /// Notes an event in the log.
  public void note(String text) {
    log.note(now, text, NO_DATA);
  }

  void note(String text, byte[] data) {
    log.note(now, text, data);
  }

  /// Something threw that must not throw: a thread, an alarm, a network event.
  void fault(String where, Throwable failure) {
    StackTraceElement[] trace = failure.getStackTrace();
    faults.add(where + ": " + failure + (trace.length == 0 ? "" : " at " + trace[0]));
    note("fault " + where + ": " + failure);
  }

  /// What has been thrown into the void so far.
  public List<String> faults() {
    return List.copyOf(faults);
  }

  /// How often a thread was woken by something outside the simulation: more than none means that the next run may differ.
  public int foreignWakeups() {
    return foreignWakeups;
  }

  /// The name of the last thread that woke one of ours.
  public String foreignThread() {
    return foreignThread;
  }

  /// Has `task` run on the simulating thread after `delay`.
  public Clock.Alarm after(Duration delay, Runnable task) {
    Event event = new Event(now + Math.max(0, delay.toNanos()), numbers++, task);
    events.add(event);
    return () -> events.remove(event);
  }

  void start(SimulatedProcess process, String name, Runnable body) {
    scheduler.start(process, name, () -> {
      try {
        body.run();
      } catch (Throwable failure) {
        if (process.isAlive()) {
          fault(process + " " + name, failure);
        }
      }
    });
  }

  void ready(SimulatedProcess process, Runnable stretch) {
    if (carrier() == home) {
      ready.add(new Ready(process, stretch));
    } else {
      foreignThread = Thread.currentThread().getName();
      foreign.add(new Ready(process, stretch));
    }
  }

  // A virtual thread of the simulation runs on the home thread: while it does, `running` is set, and no other thread of ours can be here.
  private Thread carrier() {
    Thread here = Thread.currentThread();
    return here.isVirtual() && running != null ? home : here;
  }

  /// Makes one step; false where nothing is left to happen.
  public boolean step() {
    takeForeign();
    steps++;
    if (!ready.isEmpty()) {
      int last = ready.size() - 1;
      int chosen = last == 0 ? 0 : order.nextInt(last + 1);
      Ready next = ready.get(chosen);
      ready.set(chosen, ready.get(last));
      ready.remove(last);
      run(next);
      return true;
    }
    Event event = events.poll();
    if (event == null) {
      return false;
    }
    now = Math.max(now, event.at);
    log.mix(now);
    event.task.run();
    return true;
  }

  private void run(Ready next) {
    if (!next.process.isAlive()) {
      return; // what was parked in a killed process stays where it is
    }
    running = next.process;
    try {
      log.mix(next.process.number());
      next.stretch.run();
    } finally {
      running = null;
    }
  }

  private void takeForeign() {
    for (Ready r = foreign.poll(); r != null; r = foreign.poll()) {
      foreignWakeups++;
      ready.add(r);
    }
  }

  /// Steps until `enough`, or until `span` has passed or nothing is left to happen; returns whether it is enough.
  public boolean run(Duration span, BooleanSupplier enough) {
    long until = now + span.toNanos();
    while (!enough.getAsBoolean()) {
      Event next = events.peek();
      if (ready.isEmpty() && foreign.isEmpty() && (next == null || next.at > until)) {
        now = Math.max(now, until);
        return enough.getAsBoolean();
      }
      step();
    }
    return true;
  }

  /// Steps through `span`.
  public void run(Duration span) {
    boolean unused = run(span, () -> false);
  }

  /// The process whose thread is running.
  Optional<SimulatedProcess> running() {
    return Optional.ofNullable(running);
  }
}
