// A running program on a simulated machine: its threads, its alarms and its sockets end with it.
package tucket.transport.simulated;

import java.util.concurrent.Executor;
import tucket.transport.Chance;
import tucket.transport.Clock;
import tucket.transport.World;

/// For the simulating thread. [#world] is what a server or client in this process is built on.
public final class SimulatedProcess implements Executor {
  private final Simulator simulator;
  private final Machine machine;
  private final int number;
  private final World world;
  private boolean alive = true;

  SimulatedProcess(Simulator simulator, SimulatedNetwork network, Machine machine, int number) {
    this.simulator = simulator;
    this.machine = machine;
    this.number = number;
    // What a monotonic clock begins at means nothing, so every process has another beginning.
    Clock clock = new SimulatedClock(simulator, this, (simulator.random().nextLong() >> 16));
    Chance chance = new SeededChance(simulator.random().nextLong());
    world = new World(clock, new ProcessNetwork(simulator, network, this), chance, (name, body) -> simulator.start(this, name, body));
  }

  public World world() {
    return world;
  }

  public Machine machine() {
    return machine;
  }

  public boolean isAlive() {
    return alive;
  }

  /// Counts the processes of its machine.
  int number() {
    return number;
  }

  void die() {
    alive = false;
  }

  /// For the JDK alone: a thread of this process can run on.
  @Override
  public void execute(Runnable stretch) {
    if (alive) {
      simulator.ready(this, stretch);
    }
  }

  @Override
  public String toString() {
    return machine + "/" + number;
  }
}
