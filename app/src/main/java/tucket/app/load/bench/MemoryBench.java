// What things cost in memory: pending messages, registered devices, idle TLS connections.
package tucket.app.load.bench;

import java.nio.file.Path;
import java.time.Duration;
import tucket.app.load.Load;
import tucket.app.load.LoadPlan;
import tucket.transport.Protocol;

/// Java objects are those that survive a full collection; resident memory is the operating system's count, native memory included.
final class MemoryBench {
  private static final int PENDING = 10_000;
  private static final int DEVICES = 100_000;
  private static final int CONNECTIONS = 20_000;

  /// Files that either side needs for itself.
  private static final int SPARE_FILES = 500;

  private MemoryBench() {}

  /// Messages whose recipients have not answered yet: the server transaction, the functions on their virtual thread, the client transaction. In a server
  /// that has relayed others before: the stack of a thread that waits is several times as large while its methods are interpreted.
  static void pending(Bench bench, Report report) {
    LoadPlan plan =
        LoadPlan.of(TucketServer.NOWHERE, TucketServer.DOMAIN).withUsers(5500, 500).withPace(PENDING, 0).withPatience(Duration.ofSeconds(15));
    Path folder = bench.sub("pending");
    Path configuration = TucketServer.configure(folder, "limits.push-time = 25s", "limits.wait-time = 0");
    TucketServer.makeUsers(bench.world(), configuration, plan);
    LoadPlan others = LoadPlan.of(TucketServer.NOWHERE, TucketServer.DOMAIN).withNames("other", "{user}-lab").withUsers(64, 32);
    TucketServer.makeUsers(bench.world(), configuration, others);
    try (TucketServer server = TucketServer.start(bench.world().clock(), folder, configuration);
        Load load = new Load(bench.world(), plan.withTarget(server.at(Protocol.TCP)));
        Contest before = new Contest(bench.world(), server, others.withTarget(server.at(Protocol.TCP)))) {
      bench.say("pending: warms up");
      before.warm(bench.warm());
      load.connect();
      load.register();
      long empty = server.liveHeap(folder);
      long resident = server.residentKib();
      long held = load.hold(PENDING);
      long heap = (server.liveHeap(folder) - empty) / Math.max(1, held);
      long all = (server.residentKib() - resident) * 1024 / Math.max(1, held);
      String figure = String.format("%d bytes of objects each (%d pending); resident %d bytes each", heap, held, all);
      bench.say("pending: %s", figure);
      report.add("pending message", server.name(), figure);
    }
  }

  static void devices(Bench bench, Report report) {
    int count = DEVICES / bench.scale();
    LoadPlan plan =
        LoadPlan.of(TucketServer.NOWHERE, TucketServer.DOMAIN).withUsers(count, count / 2).withPatience(Duration.ofSeconds(60));
    Path folder = bench.sub("devices");
    Path configuration = TucketServer.configure(folder);
    bench.say("devices: makes %d users", count);
    TucketServer.makeUsers(bench.world(), configuration, plan);
    try (TucketServer server = TucketServer.start(bench.world().clock(), folder, configuration);
        Load load = new Load(bench.world(), plan.withTarget(server.at(Protocol.UDP)))) {
      load.connect();
      long before = server.liveHeap(folder);
      long since = bench.world().clock().nanos();
      load.register();
      double seconds = (bench.world().clock().nanos() - since) / 1e9;
      long after = server.liveHeap(folder);
      String figure =
          String.format(
              "%d devices: %d bytes of objects each, %d MiB in all; %.0f registrations a second; resident %d MiB", count,
              (after - before) / count, after >> 20, count / seconds, server.residentKib() >> 10);
      bench.say("devices: %s", figure);
      report.add("registered devices", server.name(), figure);
    }
  }

  static void idle(Bench bench, Report report) {
    int count = Math.min(CONNECTIONS / bench.scale(), openFiles() - SPARE_FILES);
    LoadPlan plan =
        LoadPlan.of(TucketServer.NOWHERE, TucketServer.DOMAIN)
            .withUsers(count, count / 2)
            .withConnections(count)
            .withPatience(Duration.ofSeconds(60));
    Path folder = bench.sub("idle");
    Path configuration = TucketServer.configure(
        folder,
        "sip.listen = [\"tls:127.0.0.1:0\"]", // so many client ports would meet the number of another listener, which no contact may have
        "limits.connections = 50000",
        "limits.connections-from-one-address = 50000");
    bench.say("idle: makes %d users", count);
    TucketServer.makeUsers(bench.world(), configuration, plan);
    try (TucketServer server = TucketServer.start(bench.world().clock(), folder, configuration);
        Load load = new Load(bench.world(), plan.withTarget(server.at(Protocol.TLS)))) {
      long before = server.liveHeap(folder);
      long resident = server.residentKib();
      load.connect();
      load.register();
      long heap = (server.liveHeap(folder) - before) / count;
      long all = (server.residentKib() - resident) * 1024 / count;
      double cpu = server.cpu();
      bench.world().clock().sleep(Duration.ofSeconds(10));
      String figure =
          String.format(
              "%d connections with a registered device each: %d bytes of objects, resident %d bytes each; idle %.1f %% of a core", count, heap,
              all, (server.cpu() - cpu) * 10);
      bench.say("idle: %s", figure);
      report.add("idle TLS connections", server.name(), figure);
    }
  }

  /// The limit of the operating system for one process.
  private static int openFiles() {
    String line = Machine.text(Path.of("/proc/self/limits")).lines().filter(l -> l.startsWith("Max open files")).findFirst().orElse("");
    String[] words = line.split("\\s+");
    return words.length > 4 && words[4].matches("\\d{1,9}") ? Integer.parseInt(words[4]) : 4096;
  }
}
