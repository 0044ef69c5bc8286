// An event loop that looks at its sockets every few milliseconds, however much there is to do.
package tucket.transport.net;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.concurrent.RejectedExecutionHandlers;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/// In each turn it first reads what its sockets have, then lets the [Inbox] work that off, then runs tasks for at most [#TASKS] and writes what has
/// gathered. So nothing waits in the kernel's buffers, where nobody sees it and where it gets lost, and what has arrived goes before what waits to
/// be begun. Netty's own loop would run tasks for a second and take what arrived as one more task at their end.
final class TurnLoop extends SingleThreadIoEventLoop {
  /// In milliseconds.
  private static final long TASKS = 2;

  private boolean reading;
  private @Nullable Runnable arrived;

  private TurnLoop(IoEventLoopGroup group, Executor executor, IoHandlerFactory handlers) {
    super(group, executor, handlers, Integer.MAX_VALUE, RejectedExecutionHandlers.reject(), TASKS);
  }

  /// Such loops.
  static MultiThreadIoEventLoopGroup group(int count, ThreadFactory threads, IoHandlerFactory handlers) {
    return new Group(count, threads, handlers);
  }

  private static final class Group extends MultiThreadIoEventLoopGroup {
    Group(int count, ThreadFactory threads, IoHandlerFactory handlers) {
      super(count, threads, handlers);
    }

    @Override
    protected IoEventLoop newChild(Executor executor, IoHandlerFactory handlers, Object... unused) {
      return new TurnLoop(this, executor, handlers);
    }
  }

  /// Runs `task` right behind the reading that is going on, and as any task otherwise.
  void executeBehindReading(Runnable task) {
    if (inEventLoop() && reading && arrived == null) {
      arrived = task;
    } else {
      execute(task);
    }
  }

  @Override
  protected int runIo() {
    reading = true;
    int handled;
    try {
      handled = super.runIo();
    } finally {
      reading = false;
    }
    Runnable task = arrived;
    if (task != null) {
      arrived = null;
      task.run();
    }
    return handled;
  }
}
