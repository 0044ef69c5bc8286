// How long it takes from the command to being ready.
package tucket.app.load.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Until the server says that it is ready, with 64 users in its data folder.
final class StartBench {
  private static final int STARTS = 7;

  private StartBench() {}

  static void run(Bench bench, Report report) {
    Path configuration = TucketServer.configure(bench.sub("start"));
    var plan = tucket.app.load.LoadPlan.of(TucketServer.NOWHERE, TucketServer.DOMAIN).withUsers(64, 32);
    TucketServer.makeUsers(bench.world(), configuration, plan);
    List<Double> seconds = new ArrayList<>();
    List<Double> cpu = new ArrayList<>();
    for (int i = 0; i < STARTS; i++) {
      try (TucketServer server = TucketServer.start(bench.world().clock(), bench.sub("start"), configuration)) {
        seconds.add(server.secondsToReady());
        cpu.add(server.cpu());
        bench.say("start %d: ready after %.2f s, %.2f s of CPU", i + 1, server.secondsToReady(), cpu.getLast());
      }
    }
    Collections.sort(seconds);
    Collections.sort(cpu);
    report.add(
        "from the command to ready",
        "Tucket",
        String.format(
            "%.2f s in the middle of %d starts, %.2f to %.2f s; %.2f s of CPU", seconds.get(STARTS / 2), STARTS, seconds.getFirst(),
            seconds.getLast(), cpu.get(STARTS / 2)));
  }
}
