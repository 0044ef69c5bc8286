// Does one thing after the other.
package tucket.server.im.message;

import java.util.ArrayDeque;
import java.util.Deque;
import tucket.transport.Threads;

/// Runs tasks in their order, on a virtual thread that lives only while there are any; they may block. Thread-safe. How many wait is bounded by
/// whoever adds them.
public final class Serial {
  private final Threads threads;
  private final String name;
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private boolean running;

  public Serial(Threads threads, String name) {
    this.threads = threads;
    this.name = name;
  }

  /// Whether everything that was added has come to its end.
  public synchronized boolean isIdle() {
    return !running;
  }

  public void add(Runnable task) {
    synchronized (this) {
      waiting.add(task);
      if (running) {
        return;
      }
      running = true;
    }
    threads.start(name, this::run);
  }

  private void run() {
    while (true) {
      Runnable next;
      synchronized (this) {
        if (waiting.isEmpty()) {
          running = false;
          return;
        }
        next = waiting.remove();
      }
      boolean done = false;
      try {
        next.run();
        done = true;
      } finally {
        if (!done) { // its fault is logged by the thread; the others are not to suffer
          synchronized (this) {
            running = !waiting.isEmpty();
            if (running) {
              threads.start(name, this::run);
            }
          }
        }
      }
    }
  }
}
