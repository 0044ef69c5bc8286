// Writes of one partition that are not in the engine yet, and how they look from above.
package tucket.store;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Points (a key with its value, or deleted) over ranges (all keys deleted) over whatever is below. A range deletion removes the points it
/// covers, so a point always wins against a range. For one thread.
final class Layer {
  /// Stands for the value of a deleted key; known by identity.
  private static final byte[] DELETED = new byte[0];

  private final TreeMap<byte[], byte[]> points = new TreeMap<>(Arrays::compareUnsigned);
  private final TreeMap<byte[], byte[]> ranges = new TreeMap<>(Arrays::compareUnsigned);
  private long bytes;

  /// Takes the writes, ranges before points.
  interface Sink {
    void deleteRange(byte[] from, byte[] to);

    void delete(byte[] key);

    void put(byte[] key, byte[] value);
  }

  void put(byte[] key, byte[] value) {
    points.put(key, value);
    bytes += key.length + value.length;
  }

  void delete(byte[] key) {
    points.put(key, DELETED);
    bytes += key.length;
  }

  void deleteRange(byte[] from, byte[] to) {
    if (isEmptyRange(from, to)) {
      return;
    }
    bytes += from.length + to.length;
    (to.length == 0 ? points.tailMap(from, true) : points.subMap(from, true, to, false)).clear();
    byte[] start = from;
    byte[] end = to;
    Map.Entry<byte[], byte[]> before = ranges.floorEntry(from);
    if (before != null && reaches(before.getValue(), from)) {
      start = before.getKey();
      end = later(before.getValue(), end);
    }
    Map.Entry<byte[], byte[]> next = ranges.ceilingEntry(start);
    while (next != null && reaches(end, next.getKey())) {
      end = later(next.getValue(), end);
      ranges.remove(next.getKey());
      next = ranges.ceilingEntry(start);
    }
    ranges.put(start, end);
  }

  /// Bytes handed in so far: a measure of size, not reduced by overwriting.
  long bytes() {
    return bytes;
  }

  boolean isEmpty() {
    return points.isEmpty() && ranges.isEmpty();
  }

  /// Hands all writes to a sink, in an order that gives the same result.
  void writeTo(Sink sink) {
    ranges.forEach(sink::deleteRange);
    points.forEach((key, value) -> {
      if (value == DELETED) {
        sink.delete(key);
      } else {
        sink.put(key, value);
      }
    });
  }

  /// Puts these writes on top of another layer.
  void addTo(Layer below) {
    writeTo(new Sink() {
      @Override
      public void deleteRange(byte[] from, byte[] to) {
        below.deleteRange(from, to);
      }

      @Override
      public void delete(byte[] key) {
        below.delete(key);
      }

      @Override
      public void put(byte[] key, byte[] value) {
        below.put(key, value);
      }
    });
  }

  /// What is seen when looking through this layer at what is below. The layer may be written to while a walk goes on.
  Source over(Source below) {
    return new Source() {
      @Override
      public byte @Nullable [] get(byte[] key) {
        byte[] value = points.get(key);
        if (value != null) {
          return value == DELETED ? null : value;
        }
        return covers(key) ? null : below.get(key);
      }

      @Override
      public Walk walk(byte[] from, byte[] to, boolean down) {
        return new MergedWalk(below.walk(from, to, down), from, to, down);
      }
    };
  }

  static boolean isEmptyRange(byte[] from, byte[] to) {
    return to.length > 0 && Arrays.compareUnsigned(from, to) >= 0;
  }

  private boolean covers(byte[] key) {
    Map.Entry<byte[], byte[]> range = ranges.floorEntry(key);
    return range != null && (range.getValue().length == 0 || Arrays.compareUnsigned(key, range.getValue()) < 0);
  }

  private static boolean reaches(byte[] end, byte[] key) {
    return end.length == 0 || Arrays.compareUnsigned(end, key) >= 0;
  }

  private static byte[] later(byte[] a, byte[] b) {
    return a.length == 0 || b.length > 0 && Arrays.compareUnsigned(a, b) >= 0 ? a : b;
  }

  /// The next point behind `last` in the walk's direction. It is looked up anew at each step, so writing meanwhile does no harm.
  private Map.@Nullable Entry<byte[], byte[]> point(byte @Nullable [] last, byte[] from, byte[] to, boolean down) {
    if (down) {
      byte[] upper = last == null ? to : last;
      Map.Entry<byte[], byte[]> e = upper.length == 0 ? points.lastEntry() : points.lowerEntry(upper);
      return e == null || Arrays.compareUnsigned(e.getKey(), from) < 0 ? null : e;
    }
    Map.Entry<byte[], byte[]> e = last == null ? points.ceilingEntry(from) : points.higherEntry(last);
    return e == null || to.length > 0 && Arrays.compareUnsigned(e.getKey(), to) >= 0 ? null : e;
  }

  private final class MergedWalk implements Source.Walk {
    private final Source.Walk below;
    private final byte[] from;
    private final byte[] to;
    private final boolean down;
    private boolean belowIsRead;
    private byte @Nullable [] belowKey;
    private byte @Nullable [] last;
    private byte[] value = DELETED;

    MergedWalk(Source.Walk below, byte[] from, byte[] to, boolean down) {
      this.below = below;
      this.from = from;
      this.to = to;
      this.down = down;
    }

    @Override
    public boolean next() {
      while (true) {
        if (!belowIsRead) {
          belowKey = below.next() ? below.key() : null;
          belowIsRead = true;
        }
        byte[] lower = belowKey;
        Map.Entry<byte[], byte[]> point = point(last, from, to, down);
        if (lower == null && point == null) {
          return false;
        }
        if (point == null || lower != null && comesBefore(lower, point.getKey())) {
          last = lower;
          belowIsRead = false;
          if (lower != null && !covers(lower)) {
            value = below.value();
            return true;
          }
          continue;
        }
        if (lower != null && Arrays.equals(lower, point.getKey())) {
          belowIsRead = false;
        }
        last = point.getKey();
        if (point.getValue() != DELETED) {
          value = point.getValue();
          return true;
        }
      }
    }

    private boolean comesBefore(byte[] a, byte[] b) {
      int order = Arrays.compareUnsigned(a, b);
      return down ? order > 0 : order < 0;
    }

    @Override
    public byte[] key() {
      byte[] key = last;
      if (key == null) {
        throw new IllegalStateException("no entry yet");
      }
      return key;
    }

    @Override
    public byte[] value() {
      return value;
    }

    @Override
    public void close() {
      below.close();
    }
  }
}
