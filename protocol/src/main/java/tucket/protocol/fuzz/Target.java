// What is fuzzed: how its inputs are made and what must hold of each.
package tucket.protocol.fuzz;

import java.util.List;
import java.util.SplittableRandom;
import tucket.protocol.Malformed;

/// For one thread at a time. Neither method keeps the input.
public interface Target {
  /// One word, by which it is chosen.
  String name();

  /// An input: the same one from the same chance.
  byte[] input(SplittableRandom chance);

  /// Gives the input to all that reads such, and checks what has to hold of what was read. Returns where something could be read, throws [Malformed]
  /// where it was refused; whatever else it throws is a finding. What it does depends on the input alone.
  void read(byte[] input);

  /// Those of this library, new ones each time.
  static List<Target> parsers() {
    return List.of(new SipTarget(), new CpimTarget(), new DocumentTarget(), new MsrpTarget(), new SdpTarget(), new XcapTarget());
  }
}
