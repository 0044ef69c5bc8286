// What a message costs when many others are stored.
package tucket.app.load.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import tucket.app.load.Load;
import tucket.app.load.LoadPlan;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;

/// Two servers in turns: one that holds nothing but what a round stores, and one that holds a million messages of other users beside. After
/// each round those who were away come, take theirs and go.
final class DepthBench {
  private static final int STORED = 1_000_000;
  private static final int AWAY = 200;
  private static final int IN_FLIGHT = 64;

  private DepthBench() {}

  private static LoadPlan plan(Endpoint at, String prefix) {
    return LoadPlan.of(at, TucketServer.DOMAIN)
        .withNames(prefix, "{user}-lab")
        .withUsers(AWAY + IN_FLIGHT, IN_FLIGHT)
        .withPace(IN_FLIGHT, 0)
        .withOffline(100);
  }

  static void run(Bench bench, Report report) {
    int stored = STORED / bench.scale();
    try (TucketServer empty = server(bench, "empty");
        TucketServer full = server(bench, "full");
        Contest light = new Contest(bench.world(), empty, plan(empty.at(Protocol.UDP), "load"));
        Contest heavy = new Contest(bench.world(), full, plan(full.at(Protocol.UDP), "load"))) {
      fill(bench, full, stored);
      List<Contest> sides = List.of(heavy, light);
      for (Contest side : sides) {
        side.warm(bench.warm());
        back(side);
      }
      for (int round = 1; round <= bench.rounds(); round++) {
        for (Contest side : sides) {
          Sample sample = side.round(bench.messages());
          back(side);
          bench.say("depth, round %d: %.1f us of CPU a message%s", round, sample.cpuMicros(), side == heavy ? " with " + stored + " stored" : "");
        }
      }
      double ratio = Sample.middle(heavy.samples()).cpuMicros() / Sample.middle(light.samples()).cpuMicros();
      report.add("store with " + stored + " stored", empty.name(), heavy.samples(), String.format("%.2f of the CPU with nothing stored", ratio));
      report.add("store with nothing stored", empty.name(), light.samples(), "");
    }
  }

  private static void back(Contest side) {
    side.load().collect();
    side.load().leave();
  }

  private static TucketServer server(Bench bench, String name) {
    Path folder = bench.sub(name);
    Path configuration = TucketServer.configure(folder);
    TucketServer.makeUsers(bench.world(), configuration, plan(TucketServer.NOWHERE, "load"));
    TucketServer.makeUsers(bench.world(), configuration, plan(TucketServer.NOWHERE, "full"));
    return TucketServer.start(bench.world().clock(), folder, configuration);
  }

  private static void fill(Bench bench, TucketServer server, int stored) {
    bench.say("depth: stores %d messages", stored);
    try (Load load = new Load(bench.world(), plan(server.at(Protocol.UDP), "full"))) {
      load.connect();
      load.register();
      load.run(stored, Duration.ofMinutes(10));
    }
  }
}
