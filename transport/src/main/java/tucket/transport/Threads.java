// Where work that may block is run.
package tucket.transport;

/// Starts virtual threads. Bodies may block on locks, [Deadline]-bound waits and the storage engine.
public interface Threads {
  /// Runs `body` on a new virtual thread named `name`; what it throws is logged, never lost.
  void start(String name, Runnable body);

  /// Likewise for what begins something new: it may be put behind all that has been begun before and wants to go on.
  default void begin(String name, Runnable body) {
    start(name, body);
  }
}
