// The wall clock of a machine for whoever reads its disk past the server.
package tucket.app.simulate;

import java.time.Duration;
import java.time.Instant;
import tucket.transport.Clock;
import tucket.transport.simulated.Machine;
import tucket.transport.simulated.Simulator;

/// Only tells the time.
record SiteClock(Simulator simulator, Machine machine) implements Clock {
  @Override
  public long nanos() {
    return simulator.now();
  }

  @Override
  public Instant now() {
    return machine.wall();
  }

  @Override
  public Alarm after(Duration delay, Runnable task) {
    throw new UnsupportedOperationException("this clock only tells the time");
  }

  @Override
  public void sleep(Duration pause) {
    throw new UnsupportedOperationException("this clock only tells the time");
  }
}
