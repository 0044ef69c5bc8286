// What the benchmarks share: the world they load from, their folder, their sizes and their report.
package tucket.app.load.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import tucket.transport.Protocol;
import tucket.transport.World;

/// @param rounds of each side
/// @param messages in a round
/// @param warm messages before the rounds
/// @param scale what the large ones (memory, stored messages) are made smaller by: 1 is their full size
/// @param over what carries SIP, for benchmarks that have one round of each
/// @param say takes lines of progress
record Bench(World world, Path folder, int rounds, long messages, long warm, int scale, List<Protocol> over, Consumer<String> say) {
  void say(String format, Object... args) {
    say.accept(String.format(format, args));
  }

  Path sub(String name) {
    return folder.resolve(name);
  }
}
