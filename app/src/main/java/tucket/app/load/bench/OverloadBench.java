// What is still done when twice as much comes as can be done.
package tucket.app.load.bench;

import java.nio.file.Path;
import java.time.Duration;
import tucket.app.load.Load;
import tucket.app.load.LoadPlan;
import tucket.app.load.LoadResult;
import tucket.transport.Protocol;

/// The peak is what rounds with 64 messages in flight come to; then twice that arrives a second, whatever is answered. Generator and server share
/// the machine: what the generator takes more at the double rate the server has less.
final class OverloadBench {
  private static final int IN_FLIGHT = 64;
  private static final int MOST_IN_FLIGHT = 20_000;
  private static final int SECONDS = 10;

  private OverloadBench() {}

  static void run(Bench bench, Report report) {
    Path folder = bench.sub("overload");
    LoadPlan plan = LoadPlan.of(TucketServer.NOWHERE, TucketServer.DOMAIN).withUsers(1000, 500).withPace(IN_FLIGHT, 0);
    Path configuration = TucketServer.configure(folder);
    TucketServer.makeUsers(bench.world(), configuration, plan);
    try (TucketServer server = TucketServer.start(bench.world().clock(), folder, configuration)) {
      for (Protocol protocol : java.util.List.of(Protocol.UDP, Protocol.TCP)) {
        LoadPlan here = plan.withTarget(server.at(protocol));
        double peak = peak(bench, server, here);
        LoadResult twice = twice(bench, here.withPace(MOST_IN_FLIGHT, 2 * peak).withPatience(Duration.ofSeconds(5)));
        String figure =
            String.format(
                "%.0f/s at the peak, %.0f/s when %.0f/s come: %.0f %%; answers by status %s; p99 of what was done %.0f ms%s", peak, twice.rate(),
                2 * peak, 100 * twice.rate() / peak, twice.statuses(), twice.latency().at(0.99) / 1e6, twice.isFaithful() ? "" : "; NOT faithful");
        String what = "overload, " + protocol.name().toLowerCase(java.util.Locale.ROOT);
        bench.say("%s: %s", what, figure);
        report.add(what, server.name(), figure);
      }
    }
  }

  private static double peak(Bench bench, TucketServer server, LoadPlan plan) {
    try (Contest contest = new Contest(bench.world(), server, plan)) {
      contest.warm(bench.warm());
      for (int round = 0; round < bench.rounds(); round++) {
        contest.round(bench.messages());
      }
      return Sample.rate(contest.samples());
    }
  }

  private static LoadResult twice(Bench bench, LoadPlan plan) {
    try (Load load = new Load(bench.world(), plan)) {
      load.connect();
      load.register();
      load.run((long) (plan.rate() * SECONDS), Duration.ofSeconds(3 * SECONDS));
      load.settle();
      return load.result();
    }
  }
}
