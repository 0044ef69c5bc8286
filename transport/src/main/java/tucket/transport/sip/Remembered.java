// The final responses that have left by UDP, for as long as their requests may come again.
package tucket.transport.sip;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tucket.protocol.Malformed;
import tucket.protocol.sip.SipReader;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.transaction.TransactionKey;
import tucket.transport.Flow;
import tucket.transport.PackedQueue;

/// What a non-INVITE server transaction is in its state Completed (RFC 3261 section 17.2.2): the response, until Timer J. There are hundreds of
/// thousands of these at a time, so one is a response's bytes among others', a shared flow and some numbers in arrays; the key is read out of the response,
/// which has the Via and the CSeq of its request, when it is asked for. All live equally long, so the oldest end first. Thread-safe; no lock
/// is held while anything else is called.
final class Remembered extends TimerWheel.Node {
  private static final int LEAST = 64;
  private static final int FLOWS = 1024;
  private static final int NONE = -1;

  private final long life;
  private final TimerWheel wheel;
  private final SipReader reader;
  private final @Nullable Flow[] shared = new Flow[FLOWS];

  private final PackedQueue responses = new PackedQueue();

  // A ring: the oldest entry stands at `oldest`, `count` entries follow each other.
  private long[] places = new long[LEAST]; // among `responses`
  private @Nullable Flow[] flows = new Flow[LEAST];
  private long[] ends = new long[LEAST];
  private int[] hashes = new int[LEAST];
  private int[] nexts = new int[LEAST]; // of the same bucket, an older one
  private int[] buckets = empty(LEAST);
  private int oldest;
  private int count;

  /// `life` in nanoseconds.
  Remembered(long life, TimerWheel wheel, SipReader reader) {
    this.life = life;
    this.wheel = wheel;
    this.reader = reader;
  }

  /// One that was found.
  record Found(Flow flow, byte[] response) {}

  /// Whether a transaction with that key can be kept here: not where an old peer's branch does not tell it from others.
  static boolean isFitFor(TransactionKey key) {
    return key.branch().startsWith(TransactionKey.MAGIC_COOKIE);
  }

  /// `response` has left over `flow` and answers the request of that key.
  void add(TransactionKey key, Flow flow, byte[] response, long now) {
    boolean first;
    synchronized (this) {
      forget(now);
      first = count == 0;
      if (count == ends.length) {
        grow();
      }
      int at = (oldest + count) & (ends.length - 1);
      places[at] = responses.add(response);
      flows[at] = shared(flow);
      ends[at] = now + life;
      hashes[at] = spread(key.hashCode());
      link(at);
      count++;
    }
    if (first) {
      wheel.place(this, now + life);
    }
  }

  /// What that request was answered with; null where it was not, or long ago.
  @Nullable Found find(TransactionKey key, long now) {
    int hash = spread(key.hashCode());
    byte[][] candidates = new byte[0][];
    Flow[] over = new Flow[0];
    synchronized (this) {
      for (int at = buckets[hash & (buckets.length - 1)]; at != NONE; at = nexts[at]) {
        Flow flow = flows[at];
        if (hashes[at] == hash && ends[at] - now > 0 && flow != null) {
          candidates = Arrays.copyOf(candidates, candidates.length + 1);
          over = Arrays.copyOf(over, over.length + 1);
          candidates[candidates.length - 1] = responses.at(places[at]);
          over[over.length - 1] = flow;
        }
      }
    }
    for (int i = 0; i < candidates.length; i++) {
      if (isAnswerTo(key, candidates[i])) {
        return new Found(over[i], candidates[i]);
      }
    }
    return null;
  }

  private boolean isAnswerTo(TransactionKey key, byte[] response) {
    try {
      return reader.read(response) instanceof SipResponse read && TransactionKey.answeredBy(read).equals(key);
    } catch (Malformed ours) {
      return false; // a handler's affair; nobody recognises it
    }
  }

  /// How many there are at `now`.
  synchronized int count(long now) {
    forget(now);
    return count;
  }

  @Override
  void ring(long now) {
    long next;
    synchronized (this) {
      forget(now);
      if (count == 0) {
        shrink();
        return;
      }
      next = ends[oldest];
    }
    wheel.place(this, next);
  }

  // ---- under the lock

  private void forget(long now) {
    int before = count;
    while (count > 0 && ends[oldest] - now <= 0) {
      unlinkOldest();
      flows[oldest] = null;
      oldest = (oldest + 1) & (ends.length - 1);
      count--;
    }
    if (count == 0) {
      responses.clear();
    } else if (count < before) {
      responses.forgetBefore(places[oldest]);
    }
  }

  private void link(int at) {
    int bucket = hashes[at] & (buckets.length - 1);
    nexts[at] = buckets[bucket];
    buckets[bucket] = at;
  }

  // The oldest is the last one of its bucket.
  private void unlinkOldest() {
    int bucket = hashes[oldest] & (buckets.length - 1);
    int at = buckets[bucket];
    if (at == oldest) {
      buckets[bucket] = NONE;
      return;
    }
    while (nexts[at] != oldest) {
      at = nexts[at];
    }
    nexts[at] = NONE;
  }

  private void grow() {
    int size = ends.length * 2;
    long[] grownPlaces = new long[size];
    @Nullable Flow[] grownFlows = new Flow[size];
    long[] grownEnds = new long[size];
    int[] grownHashes = new int[size];
    for (int i = 0; i < count; i++) {
      int from = (oldest + i) & (ends.length - 1);
      grownPlaces[i] = places[from];
      grownFlows[i] = flows[from];
      grownEnds[i] = ends[from];
      grownHashes[i] = hashes[from];
    }
    take(grownPlaces, grownFlows, grownEnds, grownHashes);
    for (int i = 0; i < count; i++) {
      link(i);
    }
  }

  private void shrink() {
    if (ends.length > LEAST) {
      take(new long[LEAST], new Flow[LEAST], new long[LEAST], new int[LEAST]);
    }
    Arrays.fill(shared, null);
  }

  private void take(long[] newPlaces, @Nullable Flow[] newFlows, long[] newEnds, int[] newHashes) {
    places = newPlaces;
    flows = newFlows;
    ends = newEnds;
    hashes = newHashes;
    nexts = new int[newEnds.length];
    buckets = empty(newEnds.length);
    oldest = 0;
  }

  private static int[] empty(int size) {
    int[] buckets = new int[size];
    Arrays.fill(buckets, NONE);
    return buckets;
  }

  // A datagram's flow is a value made anew for each: one for each peer will do.
  private Flow shared(Flow flow) {
    int slot = spread(flow.hashCode()) & (FLOWS - 1);
    Flow known = shared[slot];
    if (known != null && known.equals(flow)) {
      return known;
    }
    shared[slot] = flow;
    return flow;
  }

  private static int spread(int hash) {
    return hash ^ hash >>> 16;
  }
}
