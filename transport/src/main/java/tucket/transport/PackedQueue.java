// Many small byte strings that are forgotten in the order in which they came, as few large objects.
package tucket.transport;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What is remembered of each message for some minutes is what a garbage collector has the most work with: it copies every object that lives. Here a
/// hundred thousand byte strings are some hundred arrays, filled one behind the other and given back whole when the last string in one is forgotten.
///
/// A string is known by its place: places grow, and [#after] leads from each to the next. Not thread-safe.
public final class PackedQueue {
  private static final int SEGMENT = 1 << 16;
  private static final int LENGTH = Integer.BYTES;

  // Segment n stands at n & (segments.length - 1); those from `first` to `last` are there.
  private byte[] @Nullable [] segments = new byte[4][];
  private int[] filled = new int[4];
  private byte @Nullable [] spare; // so that a queue of steady length needs no new ones
  private long first;
  private long last = -1;

  /// Puts a copy of `bytes` behind all others; returns its place.
  public long add(byte[] bytes) {
    int needed = LENGTH + bytes.length;
    if (last < first || filled[slot(last)] + needed > segment(last).length) {
      open(Math.max(SEGMENT, needed));
    }
    byte[] segment = segment(last);
    int at = filled[slot(last)];
    segment[at] = (byte) (bytes.length >> 24);
    segment[at + 1] = (byte) (bytes.length >> 16);
    segment[at + 2] = (byte) (bytes.length >> 8);
    segment[at + 3] = (byte) bytes.length;
    System.arraycopy(bytes, 0, segment, at + LENGTH, bytes.length);
    filled[slot(last)] = at + needed;
    return last << Integer.SIZE | at;
  }

  /// A copy of the string at a place that [#add] has given and [#forgetBefore] has not taken.
  public byte[] at(long place) {
    byte[] segment = segment(place >>> Integer.SIZE);
    int from = (int) place + LENGTH;
    return Arrays.copyOfRange(segment, from, from + length(place));
  }

  /// The place of the next string, or, behind the last one, a place that is larger than all.
  public long after(long place) {
    long number = place >>> Integer.SIZE;
    int behind = (int) place + LENGTH + length(place);
    return number < last && behind == filled[slot(number)] ? number + 1 << Integer.SIZE : number << Integer.SIZE | behind;
  }

  /// Forgets all that came before `place`, which [#add] or [#after] has given.
  public void forgetBefore(long place) {
    while (first < place >>> Integer.SIZE) {
      byte[] empty = segments[slot(first)];
      spare = empty != null && empty.length == SEGMENT ? empty : spare;
      segments[slot(first)] = null;
      first++;
    }
  }

  /// Forgets everything.
  public void clear() {
    segments = new byte[4][];
    filled = new int[4];
    spare = null;
    first = last + 1;
  }

  private void open(int size) {
    if (last + 1 - first == segments.length) {
      byte[] @Nullable [] more = new byte[segments.length * 2][];
      int[] moreFilled = new int[more.length];
      for (long n = first; n <= last; n++) {
        more[(int) n & (more.length - 1)] = segments[slot(n)];
        moreFilled[(int) n & (more.length - 1)] = filled[slot(n)];
      }
      segments = more;
      filled = moreFilled;
    }
    last++;
    segments[slot(last)] = spare != null && size == SEGMENT ? spare : new byte[size];
    spare = size == SEGMENT ? null : spare;
    filled[slot(last)] = 0;
  }

  private int slot(long number) {
    return (int) number & (segments.length - 1);
  }

  private byte[] segment(long number) {
    byte[] segment = number < first || number > last ? null : segments[slot(number)];
    if (segment == null) {
      throw new IllegalArgumentException("nothing stands there any more");
    }
    return segment;
  }

  private int length(long place) {
    byte[] segment = segment(place >>> Integer.SIZE);
    int at = (int) place;
    return segment[at] << 24 | (segment[at + 1] & 0xFF) << 16 | (segment[at + 2] & 0xFF) << 8 | segment[at + 3] & 0xFF;
  }
}
