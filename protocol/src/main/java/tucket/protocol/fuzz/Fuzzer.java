// Plays damaged inputs on a target and tells a refusal from a finding.
package tucket.protocol.fuzz;

import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import tucket.protocol.Malformed;

/// For one thread. `nanos` is the time, best that of the thread's own work: a machine may stand still.
public final class Fuzzer {
  /// No input of the sizes made here may take longer, even on a busy machine.
  public static final long MAX_NANOS = 5_000_000_000L;

  private static final int SHOWN = 4_000;

  private final Target target;
  private final LongSupplier nanos;

  /// How many inputs were played, and how many of them could be read; the others were refused as malformed.
  public record Tally(long inputs, long accepted) {
    public long refused() {
      return inputs - accepted;
    }
  }

  public Fuzzer(Target target, LongSupplier nanos) {
    this.target = target;
    this.nanos = nanos;
  }

  /// The input of that number: made from nothing but target, seed and number.
  public byte[] input(long seed, long index) {
    return target.input(new SplittableRandom(new SplittableRandom(seed).nextLong() + index));
  }

  /// Plays so many inputs of a seed, the first of them number 0; throws the first [Finding].
  public Tally rounds(long seed, long count) {
    long accepted = 0;
    for (long index = 0; index < count; index++) {
      if (play(target.name() + " seed " + seed + " index " + index, input(seed, index))) {
        accepted++;
      }
    }
    return new Tally(count, accepted);
  }

  /// Plays one input and returns whether it could be read; `where` is for the message of the [Finding] that is thrown otherwise. What is slow is tried
  /// again, and counts only where it is slow twice.
  public boolean play(String where, byte[] input) {
    long began = nanos.getAsLong();
    boolean accepted = read(where, input);
    if (nanos.getAsLong() - began > MAX_NANOS) {
      began = nanos.getAsLong();
      read(where, input);
      long took = nanos.getAsLong() - began;
      if (took > MAX_NANOS) {
        throw new Finding(where, input, took);
      }
    }
    return accepted;
  }

  private boolean read(String where, byte[] input) {
    try {
      target.read(input.clone());
      return true;
    } catch (Malformed refused) {
      return false;
    } catch (RuntimeException | Error e) {
      throw new Finding(where, input, e);
    }
  }

  /// The input as one line that can be read, at most some thousand characters of it.
  public static String printable(byte[] input) {
    StringBuilder out = new StringBuilder();
    for (byte b : input) {
      if (b >= ' ' && b < 127 && b != '\\') {
        out.append((char) b);
      } else {
        out.append("\\x").append(Character.forDigit((b >> 4) & 15, 16)).append(Character.forDigit(b & 15, 16));
      }
      if (out.length() > SHOWN) {
        return out.append("...").toString();
      }
    }
    return out.toString();
  }
}
