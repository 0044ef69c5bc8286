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

  /// Who is told how it has ended: by a value, else by a failure.
  private interface Hearer<T> {
    void ended(@Nullable T value, @Nullable Throwable failure);
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
    if (pending instanceof Here) {
      last.run();
      return pending;
    }
    return new Lastly<>(pending, last);
  }

  /// As try-catch: what `body` or one of its steps throws becomes the value that `instead` makes of it.
  public static <T> Pending<T> recovering(Supplier<Pending<T>> body, Function<Throwable, T> instead) {
    Pending<T> pending;
    try {
      pending = body.get();
    } catch (RuntimeException | Error failure) {
      return of(instead.apply(failure));
    }
    return pending instanceof Here ? pending : new Recovering<>(pending, instead);
  }

  /// What `step` makes of the value.
  public final <R> Pending<R> then(Function<T, R> step) {
    return this instanceof Here<T> here ? of(step.apply(here.value)) : new Then<>(this, step);
  }

  /// What `step` begins with the value.
  public final <R> Pending<R> thenBegin(Function<T, Pending<R>> step) {
    return this instanceof Here<T> here ? step.apply(here.value) : new ThenBegin<>(this, step);
  }

  /// Blocks until it is here; throws what a step threw.
  public abstract T await();

  abstract void hear(Hearer<T> hearer);

  /// Has `hearer` called with the value: at once where it is here, else on a thread of its own, where what a step throws is logged.
  public final void end(Consumer<T> hearer) {
    hear((value, failure) -> hearer.accept(value(value, failure)));
  }

  private static <T> T value(@Nullable T value, @Nullable Throwable failure) {
    switch (failure) {
      case null -> {
        return Objects.requireNonNull(value);
      }
      case Error error -> throw error;
      case RuntimeException unchecked -> throw unchecked;
      default -> throw new IllegalStateException(failure); // steps throw nothing checked
    }
  }

  private static final class Here<T> extends Pending<T> {
    private final T value;

    Here(T value) {
      this.value = value;
    }

    @Override
    public T await() {
      return value;
    }

    @Override
    void hear(Hearer<T> hearer) {
      hearer.ended(value, null);
    }
  }

  /// What follows on another one: hears it, and tells the next. There are a dozen to a message that waits, so they are small.
  private abstract static sealed class Step<A, T> extends Pending<T> implements Hearer<A> {
    private final Pending<A> before;
    private @Nullable Hearer<T> next;

    Step(Pending<A> before) {
      this.before = before;
    }

    abstract Pending<T> on(@Nullable A value, @Nullable Throwable failure);

    @Override
    public final T await() {
      A value = null;
      Throwable thrown = null;
      try {
        value = before.await();
      } catch (RuntimeException | Error failure) {
        thrown = failure;
      }
      return on(value, thrown).await();
    }

    @Override
    final void hear(Hearer<T> hearer) {
      next = hearer;
      before.hear(this);
    }

    @Override
    public final void ended(@Nullable A value, @Nullable Throwable failure) {
      Hearer<T> hearer = Objects.requireNonNull(next);
      Pending<T> result;
      try {
        result = on(value, failure);
      } catch (RuntimeException | Error thrown) {
        hearer.ended(null, thrown);
        return;
      }
      result.hear(hearer);
    }
  }

  private static final class Then<A, T> extends Step<A, T> {
    private final Function<A, T> step;

    Then(Pending<A> before, Function<A, T> step) {
      super(before);
      this.step = step;
    }

    @Override
    Pending<T> on(@Nullable A value, @Nullable Throwable failure) {
      return of(step.apply(value(value, failure)));
    }
  }

  private static final class ThenBegin<A, T> extends Step<A, T> {
    private final Function<A, Pending<T>> step;

    ThenBegin(Pending<A> before, Function<A, Pending<T>> step) {
      super(before);
      this.step = step;
    }

    @Override
    Pending<T> on(@Nullable A value, @Nullable Throwable failure) {
      return step.apply(value(value, failure));
    }
  }

  private static final class Lastly<T> extends Step<T, T> {
    private final Runnable last;

    Lastly(Pending<T> before, Runnable last) {
      super(before);
      this.last = last;
    }

    @Override
    Pending<T> on(@Nullable T value, @Nullable Throwable failure) {
      last.run();
      return of(value(value, failure));
    }
  }

  private static final class Recovering<T> extends Step<T, T> {
    private final Function<Throwable, T> instead;

    Recovering(Pending<T> before, Function<Throwable, T> instead) {
      super(before);
      this.instead = instead;
    }

    @Override
    Pending<T> on(@Nullable T value, @Nullable Throwable failure) {
      return of(failure == null ? value(value, null) : instead.apply(failure));
    }
  }

  /// One that somebody completes.
  public static final class Later<T> extends Pending<T> {
    private final Threads threads;
    private final Runnable interrupted;
    private @Nullable T value;
    private @Nullable Hearer<T> hearer;
    private @Nullable Thread waiting;

    /// `threads` run what follows. `interrupted` is called where the thread that waits in [#await] is interrupted, and must complete it.
    public Later(Threads threads, Runnable interrupted) {
      this.threads = threads;
      this.interrupted = interrupted;
    }

    /// The value is here; the first one counts. May be called on any thread, and returns at once.
    public void complete(T here) {
      Hearer<T> told;
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
        threads.start("answered", () -> told.ended(here, null));
      }
      LockSupport.unpark(woken);
    }

    public synchronized boolean isHere() {
      return value != null;
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
    void hear(Hearer<T> listener) {
      T here;
      synchronized (this) {
        here = value;
        if (here == null) {
          hearer = listener;
          return;
        }
      }
      listener.ended(here, null);
    }
  }
}
