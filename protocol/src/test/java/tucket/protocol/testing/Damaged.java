// Gives damaged messages to one parser, as the fuzzers do to all.
package tucket.protocol.testing;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import tucket.protocol.fuzz.Fuzzer;
import tucket.protocol.fuzz.Mutations;
import tucket.protocol.fuzz.Target;

/// For the tests of single parsers.
public record Damaged(List<byte[]> corpus, Consumer<byte[]> parser) implements Target {
  /// Plays so many inputs; fails on any exception but `Malformed`, and on what is slow.
  public static Fuzzer.Tally run(long seed, int rounds, List<byte[]> corpus, Consumer<byte[]> parser) {
    return new Fuzzer(new Damaged(corpus, parser), System::nanoTime).rounds(seed, rounds);
  }

  @Override
  public String name() {
    return "test";
  }

  @Override
  public byte[] input(SplittableRandom chance) {
    return new Mutations(chance).next(corpus);
  }

  @Override
  public void read(byte[] input) {
    parser.accept(input);
  }
}
