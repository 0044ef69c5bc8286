// Work that may block, on the JDK's own virtual threads.
package tucket.transport.net;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.transport.Threads;

/// Every body gets a virtual thread of the JDK's shared scheduler.
public final class VirtualThreads implements Threads {
  private static final Logger LOG = LoggerFactory.getLogger(VirtualThreads.class);

  @Override
  public void start(String name, Runnable body) {
    Thread.ofVirtual().name(name).inheritInheritableThreadLocals(false).start(guarded(name, body));
  }

  /// `body` with a net below it: whatever it throws is logged with its trace.
  static Runnable guarded(String name, Runnable body) {
    return () -> {
      try {
        body.run();
      } catch (Throwable failure) {
        LOG.error("{} failed", name, failure);
        if (failure instanceof VirtualMachineError fatal) {
          throw fatal;
        }
      }
    };
  }
}
