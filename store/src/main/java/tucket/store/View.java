// What may be read of a partition: keys, and ranges in both directions.
package tucket.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Keys and values of one partition as they are at one moment. It is good only inside the body it was handed to, and only on that body's
/// thread; afterwards every call throws `IllegalStateException`.
///
/// Keys are ordered as unsigned bytes, a shorter key before its continuations. A range goes from an inclusive key to an exclusive one; an
/// empty `from` means the partition's start, an empty `to` its end ([Key#end()] fits: the end of everything under a prefix). A range whose
/// ends are in the wrong order is empty. There is no cursor that a caller could forget to close: a scan either returns a bounded list or
/// calls a visitor, and is closed when it returns, also when the visitor throws.
public interface View {
  /// The value of a key, if there is one.
  Optional<byte[]> get(byte[] key);

  /// Calls the visitor with the entries of the range, lowest key first, until it returns `false` or the range ends. A visitor may
  /// use the view, also scan and, in a transaction, write: a key deleted before its turn is not visited; whether one that was
  /// put while the scan runs is visited is not promised.
  void scan(byte[] from, byte[] to, Visitor visitor);

  /// As [#scan(byte[], byte[], Visitor)], highest key first.
  void scanDown(byte[] from, byte[] to, Visitor visitor);

  /// At most `limit` entries of the range, lowest key first.
  default List<Entry> scan(byte[] from, byte[] to, int limit) {
    List<Entry> found = new ArrayList<>();
    if (limit > 0) {
      scan(from, to, (key, value) -> {
        found.add(new Entry(key, value));
        return found.size() < limit;
      });
    }
    return found;
  }

  /// At most `limit` entries of the range, highest key first.
  default List<Entry> scanDown(byte[] from, byte[] to, int limit) {
    List<Entry> found = new ArrayList<>();
    if (limit > 0) {
      scanDown(from, to, (key, value) -> {
        found.add(new Entry(key, value));
        return found.size() < limit;
      });
    }
    return found;
  }

  /// Looks at the entries of a scan, one after the other.
  @FunctionalInterface
  interface Visitor {
    /// Returns whether to go on. The arrays are the visitor's to keep, but in a transaction not to change.
    boolean visit(byte[] key, byte[] value);
  }
}
