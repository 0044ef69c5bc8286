// Whether the clock of this machine can be believed.
package tucket.app.doctor;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import tucket.app.config.Config;
import tucket.transport.Clock;

/// Dates in messages, expiry and nonces go by the wall clock, timers by the monotonic one. The time zone plays no role: all that is stored
/// and sent is UTC or carries its offset.
final class ClockCheck implements Check {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final long JUMP_MILLIS = 50;
  /// When this was written: a clock that shows less is wrong.
  private static final Instant BUILT = Instant.parse("2026-11-01T00:00:00Z");
  private static final int ERROR = 5; // TIME_ERROR of <sys/timex.h>
  private static final int UNSYNCHRONISED = 0x40; // STA_UNSYNC
  private static final String SYNCHRONISE = "let a service set the clock: `timedatectl set-ntp true`, or install chrony (in a container: on the host)";

  private final Clock clock;
  private final Kernel kernel;

  /// What the kernel thinks of its clock; empty where it can't be asked.
  interface Kernel {
    Optional<Synchronisation> ask();
  }

  /// @param maximumError in microseconds
  record Synchronisation(boolean synchronised, long maximumError) {}

  ClockCheck(Clock clock, Kernel kernel) {
    this.clock = clock;
    this.kernel = kernel;
  }

  @Override
  public String area() {
    return "clock";
  }

  @Override
  public void look(Config config, Findings to) {
    Instant wall = clock.now();
    if (wall.isBefore(BUILT)) {
      to.problem("it shows " + wall + ", which is before this program was written", "set it: `date -u -s ...`, and then " + SYNCHRONISE);
    }
    kernel
        .ask()
        .ifPresentOrElse(
            s ->
                to.warningIf(
                    !s.synchronised,
                    "it is synchronised, within " + (s.maximumError + 999) / 1000 + " ms",
                    "nothing synchronises it",
                    SYNCHRONISE),
            () -> to.ok("whether it is synchronised can't be told here"));
    jumps(to);
  }

  private void jumps(Findings to) {
    long monotonic = clock.nanos();
    Instant wall = clock.now();
    clock.sleep(SECOND);
    long went = Duration.between(wall, clock.now()).toMillis();
    long passed = (clock.nanos() - monotonic) / 1_000_000;
    long apart = Math.abs(went - passed);
    if (apart > JUMP_MILLIS) {
      to.warning(
          "it jumped by " + (went - passed) + " ms within a second",
          "let the clock be slewed, not set: chrony without `makestep` after its start; one time service alone");
    } else {
      to.ok("wall clock and monotonic clock went " + apart + " ms apart in a second");
    }
  }

  /// adjtimex(2) with no mode set changes nothing and needs no right.
  @SuppressWarnings("restricted")
  static Optional<Synchronisation> linux() {
    Linker linker = Linker.nativeLinker();
    Optional<MemorySegment> function = linker.defaultLookup().find("adjtimex");
    if (function.isEmpty() || ValueLayout.ADDRESS.byteSize() != 8) {
      return Optional.empty();
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment timex = arena.allocate(512, 8); // struct timex has 208 bytes on 64-bit Linux
      var adjtimex = linker.downcallHandle(function.get(), FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
      int state = (int) adjtimex.invokeExact(timex);
      if (state < 0) {
        return Optional.empty();
      }
      int status = timex.get(ValueLayout.JAVA_INT, 40);
      return Optional.of(new Synchronisation(state != ERROR && (status & UNSYNCHRONISED) == 0, timex.get(ValueLayout.JAVA_LONG, 24)));
    } catch (Throwable refused) {
      return Optional.empty();
    }
  }
}
