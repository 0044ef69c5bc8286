// One caller's write on its way through a shard.
package tucket.store;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The caller makes it and waits; the shard's thread runs the body and, after the commit, completes it.
final class Write<T extends @Nullable Object> {
  final Partition partition;

  private final Function<Transaction, T> body;
  private final CompletableFuture<T> done = new CompletableFuture<>();
  private @Nullable T result;
  private @Nullable Throwable failure;

  Write(Partition partition, Function<Transaction, T> body) {
    this.partition = partition;
    this.body = body;
  }

  /// Runs the body; returns what it wrote: nothing when it threw.
  Layer run(Source source) {
    Layer layer = new Layer();
    try (Access transaction = Access.toWrite(source, layer)) {
      result = body.apply(transaction);
      return layer;
    } catch (Throwable thrown) {
      failure = thrown;
      return new Layer();
    }
  }

  /// Tells the caller how its body ended. Also a body that threw has read what others wrote before it in the same commit (that it is
  /// a duplicate, say), so its exception too waits until that is durable.
  @SuppressWarnings("NullAway") // the result is null only where T allows it: the body returned it
  void complete() {
    if (failure != null) {
      done.completeExceptionally(failure);
    } else {
      done.complete(result);
    }
  }

  void fail(Throwable why) {
    done.completeExceptionally(why);
  }

  /// Waits, parked, until the shard has completed it. Not ended by an interrupt.
  T await() {
    try {
      return done.join();
    } catch (CompletionException wrapped) {
      if (wrapped.getCause() instanceof Unavailable why) {
        throw new Unavailable(why.getMessage(), why); // the shared one shows the shard's stack, this one the caller's
      }
      throw Write.<RuntimeException>undeclared(wrapped.getCause());
    }
  }

  /// What a body throws goes to its caller as it is, errors too; a body cannot throw a checked exception without the same trick.
  @SuppressWarnings({"unchecked", "NullAway"})
  private static <E extends Throwable> E undeclared(@Nullable Throwable thrown) throws E {
    throw (E) thrown;
  }
}
