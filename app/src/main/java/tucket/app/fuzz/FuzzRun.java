// A fuzzing run: the targets in turn, on a thread of its own that is watched.
package tucket.app.fuzz;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import tucket.protocol.fuzz.Finding;
import tucket.protocol.fuzz.Fuzzer;
import tucket.protocol.fuzz.Target;
import tucket.transport.Clock;

/// Slowness is measured by the CPU time of the thread, since a machine may stand still. An input that does not come to an end is found from outside,
/// by [#hanging]. The counts may be read by other threads while it runs.
final class FuzzRun {
  /// CPU time after which an input is said to hang.
  static final long HANGS = 60_000_000_000L;

  private static final long SLICE = 1_000_000_000L; // by the clock: who plays with a server mostly waits for it
  private static final int PLAYED_AT_ONCE = 50;

  private final List<Part> parts;
  private final long seed;
  private final OptionalLong inputs;
  private final long hangs;
  private final Clock clock;
  private final Listener listener;
  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private volatile Optional<Thread> worker = Optional.empty();
  private volatile boolean stop;
  private volatile Optional<Playing> playing = Optional.empty();

  private record Playing(Played played, long began) {}

  /// What is told of, by the thread that plays.
  interface Listener {
    void found(Played played, Finding finding);
  }

  /// One input by its number.
  record Played(String target, long seed, long index, byte[] input) {
    String where() {
      return target + " seed " + seed + " index " + index;
    }
  }

  /// A target and how it got on.
  static final class Part {
    private final Target target;
    private final Fuzzer fuzzer;
    final AtomicLong inputs = new AtomicLong();
    final AtomicLong accepted = new AtomicLong();
    final AtomicLong slow = new AtomicLong();
    final AtomicLong findings = new AtomicLong();

    private Part(Target target, Fuzzer fuzzer) {
      this.target = target;
      this.fuzzer = fuzzer;
    }

    String name() {
      return target.name();
    }

    /// Those that are neither accepted nor wrong.
    long refused() {
      return inputs.get() - accepted.get() - slow.get() - findings.get();
    }
  }

  /// So many inputs of each target, or without a number until [#stop]. What takes `hangs` nanoseconds of CPU has no end.
  FuzzRun(List<Target> targets, long seed, OptionalLong inputs, long hangs, Clock clock, Listener listener) {
    this.clock = clock;
    this.hangs = hangs;
    this.parts = targets.stream().map(t -> new Part(t, new Fuzzer(t, threads::getCurrentThreadCpuTime))).toList();
    this.seed = seed;
    this.inputs = inputs;
    this.listener = listener;
  }

  /// Begins, on a thread that does not keep the process alive.
  void start() {
    worker = Optional.of(Thread.ofPlatform().daemon().name("fuzz").start(this::work));
  }

  boolean isOver() {
    return worker.filter(t -> !t.isAlive()).isPresent();
  }

  /// Ends it after the input that is being played; waits at most so long for that.
  void stop(long millis) {
    stop = true;
    worker.ifPresent(t -> {
      try {
        t.join(millis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
  }

  List<Part> parts() {
    return parts;
  }

  /// The input that has been played for too long and is not at its end.
  Optional<Played> hanging() {
    Optional<Playing> now = playing;
    long used = worker.map(t -> threads.getThreadCpuTime(t.threadId())).orElse(0L);
    return now.filter(p -> used - p.began() > hangs).map(Playing::played);
  }

  private void work() {
    boolean more = true;
    while (more && !stop) {
      more = false;
      for (Part part : parts) {
        more |= slice(part);
      }
    }
  }

  /// Plays one target for a while; false where it has had all its inputs.
  private boolean slice(Part part) {
    long end = clock.nanos() + SLICE;
    do {
      for (int i = 0; i < PLAYED_AT_ONCE; i++) {
        if (stop || part.inputs.get() == inputs.orElse(-1)) {
          return false;
        }
        play(part, part.inputs.get());
      }
    } while (clock.nanos() - end < 0);
    return true;
  }

  private void play(Part part, long index) {
    Played played = new Played(part.name(), seed, index, part.fuzzer.input(seed, index));
    playing = Optional.of(new Playing(played, threads.getCurrentThreadCpuTime()));
    try {
      if (part.fuzzer.play(played.where(), played.input())) {
        part.accepted.incrementAndGet();
      }
    } catch (Finding finding) {
      (finding.slow() ? part.slow : part.findings).incrementAndGet();
      listener.found(played, finding);
    } finally {
      playing = Optional.empty();
      part.inputs.incrementAndGet();
    }
  }
}
