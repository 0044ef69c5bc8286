// What happened lately, in memory.
package tucket.server;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tucket.transport.PackedQueue;

/// The last events of all messages, up to a number; packed, since every message leaves a few and most are never asked for. Thread-safe.
final class RecentEvents {
  private static final int FIXED = Long.BYTES + Integer.BYTES + 1 + 2 * Integer.BYTES;
  private static final int AT_A_TIME = 256;
  private static final Trace.What[] WHATS = Trace.What.values();

  private final int most;
  private final PackedQueue packed = new PackedQueue(); // guards itself and what follows
  private long oldest;
  private long newest = -1;
  private int count;

  /// `most` is at least 1.
  RecentEvents(int most) {
    this.most = most;
  }

  void add(Trace.Event event) {
    byte[] bytes = pack(event);
    synchronized (packed) {
      newest = packed.add(bytes);
      if (count == 0) {
        oldest = newest;
      }
      if (count < most) {
        count++;
      } else {
        oldest = packed.after(oldest);
        packed.forgetBefore(oldest);
      }
    }
  }

  /// Those of one message, oldest first. Looks through all, some at a time: who adds one must not wait.
  List<Trace.Event> find(String messageId) {
    byte[] id = utf8(messageId);
    List<Trace.Event> found = new ArrayList<>();
    long next = 0;
    long last;
    synchronized (packed) {
      last = newest;
    }
    while (next <= last) {
      List<byte[]> some = new ArrayList<>(AT_A_TIME);
      synchronized (packed) {
        next = Math.max(next, oldest); // others may have been forgotten meanwhile
        while (next <= last && some.size() < AT_A_TIME) {
          some.add(packed.at(next));
          next = packed.after(next);
        }
      }
      for (byte[] bytes : some) {
        if (isOf(id, bytes)) {
          found.add(unpack(messageId, bytes));
        }
      }
    }
    return found;
  }

  // second, nano, what, length of the id, length of who; then the three texts
  private static byte[] pack(Trace.Event event) {
    byte[] id = utf8(event.messageId());
    byte[] who = utf8(event.who());
    byte[] detail = utf8(event.detail());
    return ByteBuffer.allocate(FIXED + id.length + who.length + detail.length)
        .putLong(event.at().getEpochSecond()).putInt(event.at().getNano()).put((byte) event.what().ordinal())
        .putInt(id.length).putInt(who.length).put(id).put(who).put(detail).array();
  }

  private static boolean isOf(byte[] id, byte[] bytes) {
    int length = ByteBuffer.wrap(bytes).getInt(FIXED - 2 * Integer.BYTES);
    return Arrays.equals(id, 0, id.length, bytes, FIXED, FIXED + length);
  }

  private static Trace.Event unpack(String messageId, byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    Instant at = Instant.ofEpochSecond(in.getLong(), in.getInt());
    Trace.What what = WHATS[in.get()];
    int who = FIXED + in.getInt();
    int detail = who + in.getInt();
    return new Trace.Event(at, messageId, what, text(bytes, who, detail), text(bytes, detail, bytes.length));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }
}
