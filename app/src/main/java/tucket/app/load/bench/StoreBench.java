// Stored messages: ours against Kamailio's msilo on PostgreSQL, and pushing what was stored.
package tucket.app.load.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tucket.app.load.Load;
import tucket.app.load.LoadPlan;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;

/// Each message goes to somebody who is away and is answered 202 after it is on disk, by both. Then those who were away register.
final class StoreBench {
  private static final int IN_FLIGHT = 64;
  private static final int AWAY = 400;

  private StoreBench() {}

  private static LoadPlan plan(Endpoint at) {
    return LoadPlan.of(at, TucketServer.DOMAIN).withUsers(AWAY + IN_FLIGHT, IN_FLIGHT).withPace(IN_FLIGHT, 0).withConnections(16).withOffline(100);
  }

  /// Users of their own, whose messages are pushed before anything is measured.
  private static LoadPlan others(Endpoint at) {
    return plan(at).withNames("other", "{user}-lab");
  }

  static void run(Bench bench, Report report, boolean push) {
    Path folder = bench.sub("store");
    Path configuration = TucketServer.configure(folder);
    TucketServer.makeUsers(bench.world(), configuration, plan(TucketServer.NOWHERE));
    if (push) {
      TucketServer.makeUsers(bench.world(), configuration, others(TucketServer.NOWHERE));
    }
    try (TucketServer ours = TucketServer.start(bench.world().clock(), folder, configuration)) {
      if (push || !Kamailio.isHere() || !PostgreSql.isHere()) {
        if (!push) {
          bench.say("Kamailio with msilo on PostgreSQL is not here, so ours runs alone: %s; %s", Kamailio.REMEDY, PostgreSql.REMEDY);
        }
        contest(bench, report, List.of(ours), push);
        return;
      }
      Path peers = bench.sub("msilo");
      PostgreSql database = PostgreSql.start(bench.world().clock(), peers, Kamailio.freePort(bench.world().network()));
      try (Kamailio peer = Kamailio.store(bench.world().network(), bench.world().clock(), peers, database)) {
        contest(bench, report, List.of(ours, peer), false);
      }
    }
  }

  private static void contest(Bench bench, Report report, List<Subject> subjects, boolean push) {
    String what = "store, " + IN_FLIGHT + " in flight";
    List<Contest> sides = new ArrayList<>();
    try {
      if (push) { // else most of what is measured is the compiler: that code has never run before
        try (Contest before = new Contest(bench.world(), subjects.getFirst(), others(subjects.getFirst().at(Protocol.UDP)))) {
          bench.say("push: warms up");
          before.warm(bench.warm());
          bench.say("push, in a server that has pushed nothing before: %.0f a second", before.load().collect().rate());
        }
      }
      for (Subject subject : subjects) {
        Contest side = new Contest(bench.world(), subject, plan(subject.at(Protocol.UDP)));
        sides.add(side);
        bench.say("%s: %s warms up", what, subject.name());
        side.warm(subject instanceof TucketServer ? bench.warm() : bench.warm() / 10);
      }
      Turns.play(bench, what, sides, bench.messages());
      if (push) {
        push(bench, report, sides.getFirst());
      } else {
        Turns.report(report, what, sides);
      }
    } finally {
      sides.forEach(Contest::close);
    }
  }

  private static void push(Bench bench, Report report, Contest side) {
    double before = side.subject().cpu();
    Load.Pushed pushed = side.load().collect();
    double cpu = (side.subject().cpu() - before) * 1e6 / Math.max(1, pushed.messages());
    boolean faithful = side.load().result().isFaithful();
    String figure =
        String.format(
            "%d messages to %d users: %.0f a second, %.1f us of CPU each%s", pushed.messages(), AWAY, pushed.rate(), cpu,
            faithful ? "" : "; NOT all of them once and in order: " + side.load().result().fields());
    bench.say("push: %s", figure);
    report.add("push of what was stored", side.subject().name(), figure);
  }
}
