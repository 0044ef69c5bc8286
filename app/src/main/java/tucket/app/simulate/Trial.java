// A seed, run twice and compared.
package tucket.app.simulate;

import java.util.Optional;
import java.util.OptionalInt;
import tucket.transport.simulated.EventLog;

/// `broken` is the law that the first run broke, or [Law#SAME_AGAIN] where the second was another.
public record Trial(Simulation.Result result, Optional<Broken> broken) {
  public static Trial of(long seed, int steps, Sabotage sabotage) {
    return of(seed, steps, sabotage, OptionalInt.empty());
  }

  /// The same with so many of a hundred phones that have sessions, where it is given.
  public static Trial of(long seed, int steps, Sabotage sabotage, OptionalInt sessions) {
    Simulation.Result one = new Simulation(seed, steps, sabotage, sessions).run();
    Simulation.Result other = new Simulation(seed, steps, sabotage, sessions).run();
    if (one.foreignWakeups() > 0) {
      String what = one.foreignWakeups() + " threads were woken from outside the simulation, by " + one.foreignThread();
      return new Trial(one, Optional.of(new Broken(Law.SAME_AGAIN, "", what)));
    }
    if (one.hash() != other.hash()) { // before all else: what is not the same again can't be looked into
      return new Trial(one, Optional.of(new Broken(Law.SAME_AGAIN, "", "two runs differ at " + EventLog.difference(one.log(), other.log()))));
    }
    return new Trial(one, one.broken());
  }
}
