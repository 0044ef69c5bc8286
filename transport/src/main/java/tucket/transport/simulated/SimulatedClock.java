// The clock of a simulated process.
package tucket.transport.simulated;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import tucket.transport.Clock;

/// Monotonic time is the simulator's; the wall clock is the machine's and may jump. Alarms ring on the simulating thread, and not at all once
/// the process is dead.
final class SimulatedClock implements Clock {
  private final Simulator simulator;
  private final SimulatedProcess process;
  private final long origin;

  SimulatedClock(Simulator simulator, SimulatedProcess process, long origin) {
    this.simulator = simulator;
    this.process = process;
    this.origin = origin;
  }

  @Override
  public long nanos() {
    return origin + simulator.now();
  }

  @Override
  public Instant now() {
    return process.machine().wall();
  }

  @Override
  public Alarm after(Duration delay, Runnable task) {
    return simulator.after(delay, () -> {
      if (process.isAlive()) {
        try {
          task.run();
        } catch (Throwable failure) {
          simulator.fault(process + " alarm", failure);
        }
      }
    });
  }

  @Override
  public void sleep(Duration pause) {
    long until = simulator.now() + pause.toNanos();
    Thread sleeper = Thread.currentThread();
    Alarm alarm = after(pause, () -> LockSupport.unpark(sleeper));
    while (simulator.now() < until) {
      LockSupport.park(this);
      if (sleeper.isInterrupted()) {
        alarm.cancel();
        return;
      }
    }
  }
}
