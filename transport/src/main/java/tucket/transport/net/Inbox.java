// Takes what a loop has to tell off the loop's own thread, in order.
package tucket.transport.net;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One a loop, where work runs on the loops ([LoopThreads]). The loop's own thread must never wait for a lock that its virtual threads take:
/// one of them may be the next to get it, and can't run while its loop waits. So handlers are called on one virtual thread of the loop, which
/// parks where it has to wait. What a loop reads in one go gathers here and is worked off in one go, and what is sent for it leaves in one go.
///
/// It is as bounded as the loop's reading: where it is full, datagrams are to be dropped and streams not to be read on.
final class Inbox {
  private static final int MOST = 8192;

  private final ConcurrentLinkedQueue<Runnable> events = new ConcurrentLinkedQueue<>();
  private final AtomicInteger size = new AtomicInteger();
  private volatile @Nullable Thread reader;
  private volatile boolean idle;
  private volatile boolean closed;

  /// To be called on the loop's thread. `event` must not throw.
  void put(Runnable event) {
    events.add(event);
    size.getAndIncrement();
    if (idle) {
      LockSupport.unpark(reader);
    }
  }

  boolean isFull() {
    return size.get() >= MOST;
  }

  /// Works events off until [#close]; on a virtual thread of the loop.
  void run() {
    reader = Thread.currentThread();
    while (true) {
      Runnable event = events.poll();
      if (event != null) {
        size.getAndDecrement();
        event.run();
      } else if (closed) {
        return;
      } else {
        idle = true; // before the last look: whoever puts something in now sees it, or is seen
        if (events.isEmpty() && !closed) {
          LockSupport.park(this);
        }
        idle = false;
      }
    }
  }

  /// What is in it is still worked off.
  void close() {
    closed = true;
    LockSupport.unpark(reader);
  }
}
