// Where work that may block is run.
package tucket.transport;

/// Starts virtual threads. Bodies may block on locks, [Deadline]-bound waits and the storage engine.
public interface Threads {
  /// Runs `body` on a new virtual thread named `name`; what it throws is logged, never lost.
  void start(String name, Runnable body);
}
