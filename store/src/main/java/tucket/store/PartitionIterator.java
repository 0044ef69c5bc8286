// Lists the partitions of a kind by seeking from one to the next.
package tucket.store;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.function.Supplier;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/// A skip scan: one seek a partition, whatever the partition holds. It fetches a page at a time with a native iterator that is closed
/// before the page is handed out, so a caller may stop anywhere. For one thread.
final class PartitionIterator implements Iterator<Partition> {
  private static final int PAGE = 128;

  private final Supplier<RocksDatabase> entrance;
  private final Kind kind;
  private final byte[] end;
  private final Queue<Partition> page = new ArrayDeque<>();
  private byte[] next;
  private boolean atEnd;

  /// `entrance` gives the database, entered.
  PartitionIterator(Supplier<RocksDatabase> entrance, Kind kind) {
    this.entrance = entrance;
    this.kind = kind;
    this.next = KeySpace.prefix(kind);
    this.end = KeySpace.end(next);
  }

  @Override
  public boolean hasNext() {
    if (page.isEmpty() && !atEnd) {
      fetch();
    }
    return !page.isEmpty();
  }

  @Override
  public Partition next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return page.remove();
  }

  private void fetch() {
    RocksDatabase database = entrance.get();
    try (Slice upper = new Slice(end);
        ReadOptions bounded = new ReadOptions().setIterateUpperBound(upper);
        RocksIterator iterator = database.iterator(bounded)) {
      iterator.seek(next);
      while (iterator.isValid() && page.size() < PAGE) {
        Partition found = KeySpace.partition(kind, iterator.key());
        page.add(found);
        next = KeySpace.end(KeySpace.prefix(found));
        iterator.seek(next);
      }
      if (!iterator.isValid()) {
        iterator.status();
        atEnd = true;
      }
    } catch (RocksDBException failure) {
      throw Diagnosis.ofRead(failure);
    } finally {
      database.gate.leave();
    }
  }
}
