// The storage port: all that a storage engine has to be.
package tucket.store;

import java.util.function.Function;

/// Ordered keys inside partitions, and transactions that touch one partition.
///
/// Any thread may call, virtual ones too; a caller waits parked, never holding its carrier for the length of a commit.
///
/// **Bodies.** A body gets at its partition through the view it is handed and must do nothing else that takes time: no I/O, no waiting,
/// no locks, for other writes may be standing behind it. Its exceptions reach the caller as they are. A body of `write` may run more than
/// once and on any thread (an engine may try again after a conflict), so it must not change anything outside but what it returns. A `write`
/// inside a body is an `IllegalStateException`: two partitions never share a transaction, and the engine would wait for itself.
///
/// **Limits.** They are fixed so that data written on one engine fits into another.
public interface Engine extends AutoCloseable {
  /// The longest key, in bytes.
  int MAX_KEY_BYTES = 1024;

  /// The longest value, in bytes: 16 MiB.
  int MAX_VALUE_BYTES = 16 << 20;

  /// The most that the keys and values put by one transaction may amount to, in bytes: 64 MiB. Beyond it, `put` throws
  /// `IllegalArgumentException`.
  long MAX_TRANSACTION_BYTES = 64L << 20;

  /// Runs the body on one snapshot of one partition and returns its result. Everything acknowledged before the call is in the snapshot.
  /// Throws [Unavailable].
  <T> T read(Partition of, Function<View, T> body);

  /// Runs the body as a transaction, serializable among all the writes of that partition, and returns its result after what it
  /// wrote, and all that it read, is durable. Throws [Unavailable] when that cannot be (see there what then holds). It does not end
  /// on an interrupt: an unknown outcome would help nobody.
  <T> T write(Partition of, Function<Transaction, T> body);

  /// The partitions of a kind that hold at least one key, each once, in no promised order, found while iterating: one that appears or
  /// vanishes meanwhile may be listed or not. Each iteration starts afresh, needs no closing and may throw [Unavailable]. It
  /// is for start-up and administration: it costs a seek a partition.
  Iterable<Partition> partitions(Kind kind);

  /// Ends the writes accepted so far, then lets go of the files. Further calls of this do nothing, those of the others throw [Unavailable].
  /// Not to be called inside a body.
  @Override
  void close();
}
