// Relayed messages: ours and Kamailio in turns.
package tucket.app.load.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tucket.app.load.LoadPlan;
import tucket.transport.Protocol;

/// One MESSAGE with a 1.1 KB CPIM body that asks for notifications, from sender to recipient and back the 200: four packets. In our server
/// it passes both participating functions; the peer is a stateful proxy.
final class RelayBench {
  private static final int IN_FLIGHT = 32;

  private RelayBench() {}

  static void run(Bench bench, Report report) {
    Path configuration = TucketServer.configure(bench.sub("relay"));
    LoadPlan plan = plan(TucketServer.NOWHERE);
    TucketServer.makeUsers(bench.world(), configuration, plan);
    try (TucketServer ours = TucketServer.start(bench.world().clock(), bench.sub("relay"), configuration)) {
      if (!Kamailio.isHere()) {
        bench.say("Kamailio is not here, so ours runs alone: %s", Kamailio.REMEDY);
        contest(bench, report, List.of(ours));
        return;
      }
      try (Kamailio peer = Kamailio.relay(bench.world().network(), bench.world().clock(), bench.sub("kamailio"))) {
        contest(bench, report, List.of(ours, peer));
      }
    }
  }

  private static LoadPlan plan(tucket.transport.Endpoint at) {
    return LoadPlan.of(at, TucketServer.DOMAIN).withUsers(64, 32).withPace(IN_FLIGHT, 0).withConnections(16);
  }

  private static void contest(Bench bench, Report report, List<Subject> subjects) {
    for (Protocol protocol : bench.over()) {
      String what = "relay " + protocol.name().toLowerCase(Locale.ROOT) + ", " + IN_FLIGHT + " in flight";
      List<Contest> sides = new ArrayList<>();
      try {
        for (Subject subject : subjects) {
          Contest side = new Contest(bench.world(), subject, plan(subject.at(protocol)));
          sides.add(side);
          bench.say("%s: %s warms up", what, subject.name());
          side.warm(subject instanceof TucketServer ? bench.warm() : bench.warm() / 10);
        }
        Turns.play(bench, what, sides, bench.messages());
        Turns.report(report, what, sides);
      } finally {
        sides.forEach(Contest::close);
      }
    }
  }
}
