// What is still done when twice as much comes as can be done.
package tucket.app.load.bench;

import java.nio.file.Path;
import java.time.Duration;
import tucket.app.load.Load;
import tucket.app.load.LoadPlan;
import tucket.app.load.LoadResult;
import tucket.transport.Protocol;

/// The peak is what rounds with 64 messages in flight come to; then twice that arrives a second, whatever is answered. The server has a core of its
/// own, so that it is the server that is overloaded: what the generator takes more at the double rate the server must not have less.
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
    try (Cores cores = Cores.take(folder);
        TucketServer server = TucketServer.start(bench.world().clock(), folder, configuration, cores.server())) {
      bench.say("overload: %s", cores.shown());
      for (Protocol protocol : bench.over()) {
        LoadPlan here = plan.withTarget(server.at(protocol));
        double peak = peak(bench, server, here);
        double cpu = server.cpu();
        double own = Processes.own();
        long dropped = Sockets.dropped(server.at(protocol));
        LoadResult twice = twice(bench, here.withPace(MOST_IN_FLIGHT, 2 * peak).withPatience(Duration.ofSeconds(5)));
        double done = (double) twice.acknowledged() / SECONDS;
        String figure = String.format(
            "%.0f/s at the peak, %.0f/s when %.0f/s come: %.0f %%; answers by status %s; p99 of what was done %.0f ms; CPU of the server %.1f s,"
                + " of the generator %.1f s; datagrams dropped before the server %d%s",
            peak, done, (double) twice.sent() / SECONDS, 100 * done / peak, twice.statuses(), twice.latency().at(0.99) / 1e6, server.cpu() - cpu,
            Processes.own() - own, Sockets.dropped(server.at(protocol)) - dropped, faith(twice));
        String what = "overload, " + protocol.name().toLowerCase(java.util.Locale.ROOT);
        bench.say("%s: %s", what, figure);
        report.add(what, server.name(), figure);
      }
    }
  }

  private static String faith(LoadResult result) {
    return result.isFaithful() ? "" : String.format("; NOT faithful: %d lost, %d twice, %d out of order, %d connections cut", result.lost(),
        result.doubled(), result.disordered(), result.cut());
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
      load.run(Long.MAX_VALUE, Duration.ofSeconds(SECONDS));
      load.settle();
      return load.result();
    }
  }
}
