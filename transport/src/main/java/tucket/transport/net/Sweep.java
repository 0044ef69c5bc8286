// The regular look at the connections of one loop.
package tucket.transport.net;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tucket.transport.net.NetworkFigures.Figure;

/// One task a loop instead of timers a connection: a connection costs three numbers. Used by its loop alone.
final class Sweep implements Runnable {
  private final Set<StreamFlow> flows = new HashSet<>();
  private final long mostHeld;

  /// @param mostHeld what the outboxes of this loop's connections may hold together.
  Sweep(long mostHeld) {
    this.mostHeld = mostHeld;
  }

  void add(StreamFlow flow) {
    flows.add(flow);
  }

  void remove(StreamFlow flow) {
    flows.remove(flow);
  }

  @Override
  public void run() {
    long now = System.nanoTime();
    long held = 0;
    // Closing a connection takes it out of the set at once.
    List<StreamFlow> all = new ArrayList<>(flows);
    for (StreamFlow flow : all) {
      flow.sweep(now);
      held += flow.held();
    }
    if (held > mostHeld) {
      cutFullest(all, held);
    }
  }

  void closeAll(String why) {
    for (StreamFlow flow : new ArrayList<>(flows)) {
      flow.close(why);
    }
  }

  boolean isEmpty() {
    return flows.isEmpty();
  }

  private void cutFullest(List<StreamFlow> all, long held) {
    long left = held;
    all.sort(Comparator.comparingLong(StreamFlow::held).reversed());
    for (StreamFlow flow : all) {
      if (left <= mostHeld) {
        return;
      }
      left -= flow.held();
      flow.cut(Figure.CUT_OUTBOX, "the outboxes of all connections together are full");
    }
  }
}
