// What was acknowledged and what arrived.
package tucket.app.load;

import java.util.BitSet;

/// A message is known by its lane and its number in it; a lane has one message in flight, so its messages have to reach each device in
/// their order. A bit a message and device. Not thread-safe.
final class Ledger {
  private static final int RECENT = 1 << 16;

  private final int devices;
  private final BitSet[] acknowledged;
  private final BitSet[] arrived; // [lane * devices + device]
  private final long[] recentKeys = new long[RECENT];
  private final int[] recentBranches = new int[RECENT];
  private final Latest latest;
  private long count;
  private long doubled;
  private long disordered;
  private long repeated;

  /// What an arrival was.
  enum Mark {
    NEW,
    /// It had arrived before by another transaction.
    AGAIN,
    /// A retransmission of the same transaction, which no user of SIP gets to see (RFC 3261 section 17.2.2).
    REPEATED
  }

  /// The recipients among whom order is kept are numbered from 0 to `recipients`.
  Ledger(int lanes, int devices, int recipients) {
    this.devices = devices;
    acknowledged = new BitSet[lanes];
    arrived = new BitSet[lanes * devices];
    for (int i = 0; i < lanes; i++) {
      acknowledged[i] = new BitSet();
    }
    for (int i = 0; i < arrived.length; i++) {
      arrived[i] = new BitSet();
    }
    latest = new Latest(lanes, devices, recipients);
  }

  /// The newest number that a device got in a lane.
  private static final class Latest {
    private final java.util.HashMap<Long, Integer> newest = new java.util.HashMap<>();
    private final long devices;
    private final long recipients;

    Latest(int lanes, int devices, int recipients) {
      this.devices = devices;
      this.recipients = Math.max(1, recipients);
    }

    /// Whether `sequence` comes after all before it.
    boolean moves(int lane, int sequence, int recipient, int device) {
      Long key = (lane * recipients + recipient) * devices + device;
      Integer before = newest.get(key);
      if (before != null && before > sequence) {
        return false;
      }
      newest.put(key, sequence);
      return true;
    }
  }

  void acknowledged(int lane, int sequence) {
    acknowledged[lane].set(sequence);
  }

  Mark arrived(int lane, int sequence, int recipient, int device, int branch) {
    if (lane < 0 || lane >= acknowledged.length || sequence < 0 || device >= devices) {
      return Mark.REPEATED; // not one of ours
    }
    BitSet bits = arrived[lane * devices + device];
    long key = ((long) lane << 36 | (long) sequence << 4 | device) + 1;
    int slot = (int) (key * 0x9E3779B97F4A7C15L >>> 48);
    if (bits.get(sequence)) {
      if (recentKeys[slot] == key && recentBranches[slot] == branch) {
        repeated++;
        return Mark.REPEATED;
      }
      doubled++;
      return Mark.AGAIN;
    }
    bits.set(sequence);
    count++;
    recentKeys[slot] = key;
    recentBranches[slot] = branch;
    // One that was given up, or refused, may come late: nobody has been promised anything.
    if (!latest.moves(lane, sequence, recipient, device) && acknowledged[lane].get(sequence)) {
      disordered++;
    }
    return Mark.NEW;
  }

  /// Tells of each message that was acknowledged and is missing on a device.
  interface Missing {
    void is(int lane, int sequence, int device);
  }

  void missing(Missing sink) {
    for (int lane = 0; lane < acknowledged.length; lane++) {
      for (int device = 0; device < devices; device++) {
        BitSet wanted = (BitSet) acknowledged[lane].clone();
        wanted.andNot(arrived[lane * devices + device]);
        for (int i = wanted.nextSetBit(0); i >= 0; i = wanted.nextSetBit(i + 1)) {
          sink.is(lane, i, device);
        }
      }
    }
  }

  long count() {
    return count;
  }

  long doubled() {
    return doubled;
  }

  long disordered() {
    return disordered;
  }

  long repeated() {
    return repeated;
  }
}
