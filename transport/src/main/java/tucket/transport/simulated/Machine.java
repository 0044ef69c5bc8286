// A simulated computer: an address on the network, a wall clock, and the process that runs on it.
package tucket.transport.simulated;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Outlives its processes, as a real one does. For the simulating thread.
public final class Machine {
  private static final Instant BEGINNING = Instant.parse("2026-11-22T12:00:00Z");

  private final Simulator simulator;
  private final SimulatedNetwork network;
  private final String name;
  private InetAddress address;
  private Duration wall = Duration.ZERO;
  private boolean dark;
  private int processes;
  private @Nullable SimulatedProcess process;

  Machine(Simulator simulator, SimulatedNetwork network, String name, InetAddress address) {
    this.simulator = simulator;
    this.network = network;
    this.name = name;
    this.address = address;
  }

  public InetAddress address() {
    return address;
  }

  /// The process that runs, if one does.
  public Optional<SimulatedProcess> process() {
    return Optional.ofNullable(process);
  }

  /// Starts a process; one that runs is killed first.
  public SimulatedProcess start() {
    kill(true);
    SimulatedProcess fresh = new SimulatedProcess(simulator, network, this, ++processes);
    process = fresh;
    simulator.note(fresh + " starts");
    return fresh;
  }

  /// Kills the process where it stands: its threads never run again, its alarms never ring. `heard`: its peers are told by resets, as the
  /// operating system does for a process; otherwise nobody hears anything, as with a power failure.
  public void kill(boolean heard) {
    SimulatedProcess gone = process;
    if (gone != null) {
      process = null;
      simulator.note(gone + " is killed" + (heard ? "" : ", unheard"));
      gone.die();
      network.died(gone, heard);
    }
  }

  /// The wall clock jumps; intervals do not notice.
  public void jump(Duration by) {
    wall = wall.plus(by);
    simulator.note(name + " wall clock jumps by " + by);
  }

  /// What the wall clock shows.
  public Instant wall() {
    return BEGINNING.plusNanos(simulator.now()).plus(wall);
  }

  /// While it is dark no packet leaves or reaches it, and nobody is told.
  public void dark(boolean on) {
    if (dark != on) {
      dark = on;
      simulator.note(name + (on ? " is cut off" : " is back"));
    }
  }

  public boolean isDark() {
    return dark;
  }

  /// Moves to another address; open connections are lost unheard.
  public void move(InetAddress to) {
    address = to;
    simulator.note(name + " moves to " + to.getHostAddress());
    if (process != null) {
      network.moved(process);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
