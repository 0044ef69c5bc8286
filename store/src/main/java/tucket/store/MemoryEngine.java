// The engine that keeps everything in memory and forgets at its close: for tests and trials.
package tucket.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A sorted map a partition. Bodies run on the caller's thread; writes of a partition wait for each other at a lock, reads wait for nobody.
/// A snapshot costs nothing until a write meets it: then the partition's map (not its values) is copied once.
public final class MemoryEngine implements Engine {
  private final Map<Partition, Room> rooms = new ConcurrentHashMap<>();
  private final ThreadLocal<Boolean> writing = ThreadLocal.withInitial(() -> false);
  private volatile boolean closed;

  @Override
  public <T> T read(Partition of, Function<View, T> body) {
    checkOpen();
    Room room = rooms.get(of);
    Version version = room == null ? new Version(emptyMap()) : room.pin();
    try (Access view = Access.toRead(version)) {
      return body.apply(view);
    } finally {
      if (room != null) {
        room.unpin(version);
      }
    }
  }

  @Override
  public <T> T write(Partition of, Function<Transaction, T> body) {
    checkOpen();
    if (writing.get()) {
      throw new IllegalStateException("a write inside the body of a write");
    }
    while (true) {
      Room room = rooms.computeIfAbsent(of, p -> new Room());
      room.writers.lock();
      writing.set(true);
      try {
        checkOpen();
        if (!room.abandoned) {
          return write(of, room, body);
        }
      } finally {
        writing.remove();
        room.writers.unlock();
      }
    }
  }

  private <T> T write(Partition of, Room room, Function<Transaction, T> body) {
    Version version = room.pin();
    Layer layer = new Layer();
    T result;
    try (Access transaction = Access.toWrite(version, layer)) {
      result = body.apply(transaction);
    } catch (Throwable failure) {
      layer = new Layer();
      throw failure;
    } finally {
      room.unpin(version);
      if (room.commit(layer)) {
        room.abandoned = true;
        rooms.remove(of, room);
      }
    }
    return result;
  }

  @Override
  public Iterable<Partition> partitions(Kind kind) {
    checkOpen();
    return () -> {
      checkOpen();
      List<Partition> found = new ArrayList<>();
      rooms.forEach((partition, room) -> {
        if (partition.kind().equals(kind) && !room.isEmpty()) {
          found.add(partition);
        }
      });
      return found.iterator();
    };
  }

  @Override
  public void close() {
    closed = true;
    rooms.clear();
  }

  private void checkOpen() {
    if (closed) {
      throw new Unavailable("The storage is closed: the server is stopping.");
    }
  }

  private static TreeMap<byte[], byte[]> emptyMap() {
    return new TreeMap<>(Arrays::compareUnsigned);
  }

  /// One partition.
  private static final class Room {
    /// Held while a body writes.
    final ReentrantLock writers = new ReentrantLock();
    /// True when it was emptied and taken out of the map; guarded by `writers`.
    boolean abandoned;

    private final ReentrantLock versions = new ReentrantLock();
    private Version current = new Version(emptyMap());

    Version pin() {
      versions.lock();
      try {
        current.readers++;
        return current;
      } finally {
        versions.unlock();
      }
    }

    void unpin(Version version) {
      versions.lock();
      try {
        version.readers--;
      } finally {
        versions.unlock();
      }
    }

    boolean isEmpty() {
      versions.lock();
      try {
        return current.map.isEmpty();
      } finally {
        versions.unlock();
      }
    }

    /// Returns whether the partition is empty now.
    boolean commit(Layer layer) {
      versions.lock();
      try {
        if (!layer.isEmpty()) {
          if (current.readers > 0) {
            current = new Version(new TreeMap<>(current.map));
          }
          layer.writeTo(current);
        }
        return current.map.isEmpty();
      } finally {
        versions.unlock();
      }
    }
  }

  /// A partition's map; changed only while it has no readers. Values are copied on their way in and out, as a disk would.
  private static final class Version implements Source, Layer.Sink {
    private final TreeMap<byte[], byte[]> map;
    private int readers;

    Version(TreeMap<byte[], byte[]> map) {
      this.map = map;
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
      byte[] value = map.get(key);
      return value == null ? null : value.clone();
    }

    @Override
    public Walk walk(byte[] from, byte[] to, boolean down) {
      NavigableMap<byte[], byte[]> range = to.length == 0 ? map.tailMap(from, true) : map.subMap(from, true, to, false);
      return new MapWalk((down ? range.descendingMap() : range).entrySet().iterator());
    }

    @Override
    public void deleteRange(byte[] from, byte[] to) {
      (to.length == 0 ? map.tailMap(from, true) : map.subMap(from, true, to, false)).clear();
    }

    @Override
    public void delete(byte[] key) {
      map.remove(key);
    }

    @Override
    public void put(byte[] key, byte[] value) {
      map.put(key.clone(), value.clone());
    }
  }

  private static final class MapWalk implements Source.Walk {
    private final Iterator<Map.Entry<byte[], byte[]>> entries;
    private Map.@Nullable Entry<byte[], byte[]> at;

    MapWalk(Iterator<Map.Entry<byte[], byte[]>> entries) {
      this.entries = entries;
    }

    @Override
    public boolean next() {
      at = entries.hasNext() ? entries.next() : null;
      return at != null;
    }

    @Override
    public byte[] key() {
      return here().getKey().clone();
    }

    @Override
    public byte[] value() {
      return here().getValue().clone();
    }

    private Map.Entry<byte[], byte[]> here() {
      Map.Entry<byte[], byte[]> entry = at;
      if (entry == null) {
        throw new IllegalStateException("no entry here");
      }
      return entry;
    }

    @Override
    public void close() {}
  }
}
