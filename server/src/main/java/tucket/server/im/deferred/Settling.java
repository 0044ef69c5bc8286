// Commits the acknowledgements of one device's run behind its back, several at a time.
package tucket.server.im.deferred;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tucket.transport.Threads;

/// While a commit is under way the run goes on with the next message; what it gathers meanwhile is the next commit. So a slow disk does not
/// slow down a device, and a crash costs at most [#MOST] messages delivered again. For one run; the commits run on a thread of their own.
final class Settling {
  /// What may be delivered without being committed.
  static final int MOST = 32;

  private final Threads threads;
  private final Consumer<List<Settlement>> commit;
  private final Consumer<List<Settlement>> committed;
  // Not a monitor: the JDK wakes a virtual thread from one by a thread of its own, which no simulation can put in order.
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private List<Settlement> gathered = new ArrayList<>();
  private boolean committing;
  private @Nullable RuntimeException failure;

  /// `commit` is called with what was gathered, `committed` after it has succeeded.
  Settling(Threads threads, Consumer<List<Settlement>> commit, Consumer<List<Settlement>> committed) {
    this.threads = threads;
    this.commit = commit;
    this.committed = committed;
  }

  /// Notes what came of a delivery. Waits while too much is not committed yet; returns whether commits still succeed.
  boolean add(Settlement settlement) {
    lock.lock();
    try {
      gathered.add(settlement);
      if (!committing && failure == null) {
        committing = true;
        threads.start("settle", this::commit);
      }
      waitWhile(() -> gathered.size() >= MOST && committing);
      return failure == null;
    } finally {
      lock.unlock();
    }
  }

  private void commit() {
    while (true) {
      List<Settlement> now = takeAll();
      if (now.isEmpty()) {
        return;
      }
      try {
        commit.accept(now);
        committed.accept(now);
      } catch (RuntimeException e) {
        fail(now, e);
        return;
      }
    }
  }

  private List<Settlement> takeAll() {
    lock.lock();
    try {
      List<Settlement> all = gathered;
      gathered = new ArrayList<>();
      committing = !all.isEmpty();
      changed.signalAll();
      return all;
    } finally {
      lock.unlock();
    }
  }

  private void fail(List<Settlement> lost, RuntimeException why) {
    lock.lock();
    try {
      gathered.addAll(0, lost);
      failure = why;
      committing = false;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Waits until nothing is under way; returns what could not be committed.
  List<Settlement> drain() {
    lock.lock();
    try {
      waitWhile(() -> committing);
      return List.copyOf(gathered);
    } finally {
      lock.unlock();
    }
  }

  private void waitWhile(Supplier<Boolean> condition) {
    while (condition.get()) {
      changed.awaitUninterruptibly();
    }
  }
}
