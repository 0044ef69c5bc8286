// Virtual threads on a scheduler of one's own choice.
package tucket.transport.net;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The way to the JDK's inner faces: `ThreadBuilders.newVirtualThread(Executor, String, int, Runnable)` and the field
/// `VirtualThread.scheduler`. The JDK has no public way to choose the scheduler of a virtual thread; this needs the flag
/// `--add-opens=java.base/java.lang=ALL-UNNAMED`. Thread-safe.
public final class OwnScheduler {
  private static final Logger LOG = LoggerFactory.getLogger(OwnScheduler.class);
  /// `Thread.NO_INHERIT_THREAD_LOCALS`
  private static final int PLAIN = 1 << 2;

  private final MethodHandle maker;
  private final MethodHandle scheduler;

  private OwnScheduler(MethodHandle maker, MethodHandle scheduler) {
    this.maker = maker;
    this.scheduler = scheduler;
  }

  /// Empty where this JDK keeps the door shut.
  public static Optional<OwnScheduler> open() {
    try {
      Class<?> builders = Class.forName("java.lang.ThreadBuilders");
      Class<?> virtual = Class.forName("java.lang.VirtualThread");
      MethodType type = MethodType.methodType(Thread.class, Executor.class, String.class, int.class, Runnable.class);
      MethodHandles.Lookup own = MethodHandles.lookup();
      MethodHandle maker = MethodHandles.privateLookupIn(builders, own).findStatic(builders, "newVirtualThread", type);
      MethodHandle scheduler = MethodHandles.privateLookupIn(virtual, own).findGetter(virtual, "scheduler", Executor.class);
      return Optional.of(new OwnScheduler(maker, scheduler.asType(MethodType.methodType(Executor.class, Thread.class))));
    } catch (ReflectiveOperationException | RuntimeException shut) {
      LOG.debug("no door to the scheduler of virtual threads", shut);
      return Optional.empty();
    }
  }

  /// Starts a virtual thread whose every stretch between two parkings is handed to `on`.
  public void start(Executor on, String name, Runnable body) {
    try {
      ((Thread) maker.invokeExact(on, name, PLAIN, body)).start();
    } catch (Throwable failure) {
      throw unchecked(failure);
    }
  }

  /// The scheduler of a virtual thread.
  Executor schedulerOf(Thread virtual) {
    try {
      return (Executor) scheduler.invokeExact(virtual);
    } catch (Throwable failure) {
      throw unchecked(failure);
    }
  }

  private static RuntimeException unchecked(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    return failure instanceof RuntimeException plain ? plain : new IllegalStateException(failure);
  }
}
