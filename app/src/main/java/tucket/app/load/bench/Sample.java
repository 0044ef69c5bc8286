// One round of a benchmark.
package tucket.app.load.bench;

import java.util.Comparator;
import java.util.List;
import tucket.app.load.LoadResult;

/// @param cpuMicros CPU of the server for each acknowledged message, in microseconds
/// @param ownMicros CPU of the load generator for each, in microseconds: where it is near the server's, it may have been the limit
record Sample(LoadResult result, double cpuMicros, double ownMicros) {
  /// The round in the middle by CPU.
  static Sample middle(List<Sample> rounds) {
    return rounds.stream().sorted(Comparator.comparingDouble(Sample::cpuMicros)).toList().get(rounds.size() / 2);
  }

  /// The rate in the middle.
  static double rate(List<Sample> rounds) {
    return rounds.stream().mapToDouble(s -> s.result.rate()).sorted().toArray()[rounds.size() / 2];
  }
}
