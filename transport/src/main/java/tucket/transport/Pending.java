// A value that is here now or comes later.
package tucket.transport;

import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a function gives that may have handed something to the network: its value, or what will become one when an answer comes. It is put
/// together like the blocking code that it stands for ([#then], [#lastly], [#recovering]) and ended once: by [#await], which blocks its caller and
/// runs the steps there, or by [#end], which runs them on a new thread when the answer has come. Meanwhile nothing waits but some small objects,
/// where a thread would keep its whole stack.
///
/// A step on a value that is here runs at once, and what it throws is thrown at once. Steps may block. Immutable but for [Later]; thread-safe.
public abstract sealed class Pending<T> {
  private Pending() {}

  /// How it ended.
  private record Ended<T>(@Nullable T value, @Nullable Throwable failure) {
    static <T> Ended<T> well(T value) {
      return new Ended<>(value, null);
    }

    T get() {
      switch (failure) {
        case null -> {
          return Objects.requireNonNull(value);
        }
        case Error error -> throw error;
        case RuntimeException unchecked -> throw unchecked;
        default -> throw new IllegalStateException(failure); // steps throw nothing checked
      }
    }
  }

  /// One that is here.
  public static <T> Pending<T> of(T value) {
    return new Here<>(value);
  }

  /// As try-finally: `last` runs when what `body` gives has ended, and when `body` throws.
  public static <T> Pending<T> lastly(Supplier<Pending<T>> body, Runnable last) {
    Pending<T> pending;
    try {
      pending = body.get();
    } catch (RuntimeException | Error failure) {
      last.run();
      throw failure;
    }
    return pending.whatever(ended -> {
      last.run();
      return of(ended.get());
    });
  }

  /// As try-catch: what `body` or one of its steps throws becomes the value that `instead` makes of it.
  public static <T> Pending<T> recovering(Supplier<Pending<T>> body, Function<Throwable, T> instead) {
    Pending<T> pending;
    try {
      pending = body.get();
    } catch (RuntimeException | Error failure) {
      return of(instead.apply(failure));
    }
    return pending.whatever(ended -> of(ended.failure == null ? ended.get() : instead.apply(ended.failure)));
  }

  /// What `step` makes of the value.
  public final <R> Pending<R> then(Function<T, R> step) {
    return whatever(ended -> of(step.apply(ended.get())));
  }

  /// What `step` begins with the value.
  public final <R> Pending<R> thenBegin(Function<T, Pending<R>> step) {
    return whatever(ended -> step.apply(ended.get()));
  }

  abstract <R> Pending<R> whatever(Function<Ended<T>, Pending<R>> step);

  /// Blocks until it is here; throws what a step threw.
  public abstract T await();

  abstract void hear(Consumer<Ended<T>> hearer);

  /// Has `hearer` called with the value: at once where it is here, else on a thread of its own, where what a step throws is logged.
  public final void end(Consumer<T> hearer) {
    hear(ended -> hearer.accept(ended.get()));
  }

  private static final class Here<T> extends Pending<T> {
    private final T value;

    Here(T value) {
      this.value = value;
    }

    @Override
    <R> Pending<R> whatever(Function<Ended<T>, Pending<R>> step) {
      return step.apply(Ended.well(value));
    }

    @Override
    public T await() {
      return value;
    }

    @Override
    void hear(Consumer<Ended<T>> hearer) {
      hearer.accept(Ended.well(value));
    }
  }

  private static final class Step<A, T> extends Pending<T> {
    private final Pending<A> before;
    private final Function<Ended<A>, Pending<T>> step;

    Step(Pending<A> before, Function<Ended<A>, Pending<T>> step) {
      this.before = before;
      this.step = step;
    }

    @Override
    <R> Pending<R> whatever(Function<Ended<T>, Pending<R>> next) {
      return new Step<>(this, next);
    }

    @Override
    public T await() {
      Ended<A> ended;
      try {
        ended = Ended.well(before.await());
      } catch (RuntimeException | Error failure) {
        ended = new Ended<>(null, failure);
      }
      return step.apply(ended).await();
    }

    @Override
    void hear(Consumer<Ended<T>> hearer) {
      before.hear(ended -> {
        Pending<T> next;
        try {
          next = step.apply(ended);
        } catch (RuntimeException | Error failure) {
          hearer.accept(new Ended<>(null, failure));
          return;
        }
        next.hear(hearer);
      });
    }
  }

  /// One that somebody completes.
  public static final class Later<T> extends Pending<T> {
    private final Threads threads;
    private final Runnable interrupted;
    private @Nullable T value;
    private @Nullable Consumer<Ended<T>> hearer;
    private @Nullable Thread waiting;

    /// `threads` run what follows. `interrupted` is called where the thread that waits in [#await] is interrupted, and must complete it.
    public Later(Threads threads, Runnable interrupted) {
      this.threads = threads;
      this.interrupted = interrupted;
    }

    /// The value is here; the first one counts. May be called on any thread, and returns at once.
    public void complete(T here) {
      Consumer<Ended<T>> told;
      Thread woken;
      synchronized (this) {
        if (value != null) {
          return;
        }
        value = here;
        told = hearer;
        woken = waiting;
        hearer = null;
      }
      if (told != null) {
        threads.start("answered", () -> told.accept(Ended.well(here)));
      }
      LockSupport.unpark(woken);
    }

    public synchronized boolean isHere() {
      return value != null;
    }

    @Override
    <R> Pending<R> whatever(Function<Ended<T>, Pending<R>> step) {
      return new Step<>(this, step);
    }

    @Override
    public T await() {
      boolean stopped = false;
      T here = arrived(Thread.currentThread());
      while (here == null) {
        LockSupport.park(this);
        if (Thread.interrupted()) {
          stopped = true;
          interrupted.run();
        }
        here = arrived(Thread.currentThread());
      }
      if (stopped) {
        Thread.currentThread().interrupt();
      }
      return here;
    }

    private synchronized @Nullable T arrived(Thread waiter) {
      waiting = waiter;
      return value;
    }

    @Override
    void hear(Consumer<Ended<T>> listener) {
      T here;
      synchronized (this) {
        here = value;
        if (here == null) {
          hearer = listener;
          return;
        }
      }
      listener.accept(Ended.well(here));
    }
  }
}
