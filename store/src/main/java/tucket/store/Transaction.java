// What may be done to a partition: a view that shows its own writes.
package tucket.store;

/// The view of a body that writes. Its reads see its own writes. All of its writes happen, or none: none when the body throws.
///
/// Arrays handed to `put` must not be changed until the write has returned. A key or value beyond the limits of [Engine], or an empty
/// key, is an `IllegalArgumentException`.
public interface Transaction extends View {
  /// Sets the value of a key.
  void put(byte[] key, byte[] value);

  /// Removes a key; without effect when it is not there.
  void delete(byte[] key);

  /// Removes every key of the range; the ends are meant as in [View].
  void deleteRange(byte[] fromInclusive, byte[] toExclusive);
}
