// The line that shows how a load run gets on.
package tucket.app.load;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import tucket.transport.Clock;

/// Written over itself every second on standard error.
final class ProgressLine {
  private static final Duration STEP = Duration.ofMillis(100);

  private final PrintWriter err;
  private final Clock clock;
  private final Load load;

  ProgressLine(PrintWriter err, Clock clock, Load load) {
    this.err = err;
    this.clock = clock;
    this.load = load;
  }

  /// Returns soon after `over` is set.
  void show(AtomicBoolean over) {
    long start = clock.nanos();
    long shown = 0;
    long before = 0;
    while (!over.get()) {
      clock.sleep(STEP);
      long second = (clock.nanos() - start) / 1_000_000_000L;
      if (second > shown) {
        Load.Progress now = load.progress();
        err.printf(
            "\r%4d s  devices %d  sent %d  answered %d (%d/s)  arrived %d  in flight %d  p99 %.2f ms   ", second, now.devices(), now.sent(),
            now.answered(), (now.answered() - before) / (second - shown), now.arrived(), now.inFlight(), now.p99() / 1e6);
        err.flush();
        before = now.answered();
        shown = second;
      }
    }
    if (shown > 0) {
      err.println();
      err.flush();
    }
  }
}
