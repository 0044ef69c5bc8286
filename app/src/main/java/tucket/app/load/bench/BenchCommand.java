// tucket bench: figures side by side with the peers.
package tucket.app.load.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tucket.app.command.Exit;
import tucket.app.command.Failure;
import tucket.app.command.Output;
import tucket.transport.Protocol;
import tucket.transport.net.NetworkLimits;
import tucket.transport.net.NetworkSettings;
import tucket.transport.net.SystemWorld;
import tucket.transport.net.TlsMaterial;
import tucket.transport.net.TlsSettings;

@Command(
    name = "bench",
    description = {
      "Measure the server beside its peers, in turns and on this machine: CPU counted by the operating system, on loopback, with temporary data.",
      "WHAT is any of relay, store, push, start, pending, devices, idle, depth, policy, overload, xcap, msrp, msrpstore,",
      "msrppush, msrpidle; without it the first four run."
    },
    footer = {
      "%nExamples:",
      "  tucket bench                         relayed and stored messages beside Kamailio, pushes, start",
      "  tucket bench relay --rounds 7        only relayed messages",
      "  tucket bench msrp msrpstore          messages in sessions: relayed beside Kamailio's msrp module, and stored",
      "  tucket bench pending devices idle    memory: of a pending message, a registered device, an idle TLS connection",
      "  tucket bench depth --scale 1         what a message costs with 1000000 others stored; --scale 10 with a tenth",
      "  tucket bench policy                  what rules cost a message, with a block list of 1000 entries",
      "  tucket bench overload                what is still done when twice as much comes as can be done",
      "  tucket bench overload --over udp         the same over UDP alone",
      "  tucket bench xcap                    documents read and written, small ones and one of 10000 entries"
    })
public final class BenchCommand implements Callable<Integer> {
  @Parameters(paramLabel = "WHAT", arity = "0..*", description = "What to measure.")
  private List<Kind> what = new ArrayList<>();

  @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Rounds of each side (default: ${DEFAULT-VALUE}).")
  private int rounds = 5;

  @Option(names = "--messages", paramLabel = "N", defaultValue = "20000", description = "Messages a round (default: ${DEFAULT-VALUE}).")
  private long messages = 20_000;

  @Option(names = "--warm", paramLabel = "N", defaultValue = "100000", description = "Messages before the first round (default: ${DEFAULT-VALUE}).")
  private long warm = 100_000;

  @Option(
      names = "--scale",
      paramLabel = "N",
      defaultValue = "10",
      description = "Make the large ones N times smaller; 1 is their full size (default: ${DEFAULT-VALUE}).")
  private int scale = 10;

  @Option(
      names = "--over",
      paramLabel = "PROTOCOL",
      split = ",",
      defaultValue = "UDP,TCP",
      description = "What carries the messages of relay and overload, in this order (default: ${DEFAULT-VALUE}).")
  private List<Protocol> over = List.of(Protocol.UDP, Protocol.TCP);

  @Mixin private Output out = new Output();
  @Spec private picocli.CommandLine.Model.CommandSpec spec = picocli.CommandLine.Model.CommandSpec.create();

  /// What can be measured.
  enum Kind {
    relay,
    store,
    push,
    start,
    pending,
    devices,
    idle,
    depth,
    policy,
    overload,
    xcap,
    msrp,
    msrpstore,
    msrppush,
    msrpidle
  }

  @Override
  public Integer call() {
    if (rounds < 1 || rounds > 100 || messages < 100 || messages > 10_000_000 || warm < 0 || scale < 1 || scale > 1000) {
      throw new Failure(Exit.USAGE, "rounds must be 1 to 100, messages 100 to 10000000, scale 1 to 1000");
    }
    if (!List.of(Protocol.UDP, Protocol.TCP).containsAll(over)) {
      throw new Failure(Exit.USAGE, "--over takes udp and tcp");
    }
    Machine machine = Machine.here();
    out.line("%s", machine);
    if (!machine.isQuiet()) {
      out.line("The machine is NOT quiet: times and rates will suffer, CPU figures less so.");
    }
    Path folder = temporary();
    NetworkLimits limits = NetworkLimits.DEFAULT.withConnections(100_000, 100_000);
    TlsSettings tls = TlsSettings.CLIENT.withTrust(new TlsSettings.Anyone());
    Report report = new Report();
    try (SystemWorld world = new SystemWorld(NetworkSettings.DEFAULT.withLoops(1).withLimits(limits), TlsMaterial.load(tls))) {
      Bench bench = new Bench(world.world(), folder, rounds, messages, warm, scale, over, this::progress);
      for (Kind kind : what.isEmpty() ? List.of(Kind.relay, Kind.store, Kind.push, Kind.start) : what) {
        run(kind, bench, report);
        remove(folder);
      }
    } finally {
      remove(folder);
    }
    print(machine, report);
    return Exit.OK;
  }

  private static void run(Kind kind, Bench bench, Report report) {
    switch (kind) {
      case relay -> RelayBench.run(bench, report);
      case store -> StoreBench.run(bench, report, false);
      case push -> StoreBench.run(bench, report, true);
      case start -> StartBench.run(bench, report);
      case pending -> MemoryBench.pending(bench, report);
      case devices -> MemoryBench.devices(bench, report);
      case idle -> MemoryBench.idle(bench, report);
      case depth -> DepthBench.run(bench, report);
      case policy -> PolicyBench.run(bench, report);
      case overload -> OverloadBench.run(bench, report);
      case msrp -> MsrpBench.relay(bench, report);
      case msrpstore -> MsrpBench.store(bench, report);
      case msrppush -> MsrpBench.push(bench, report);
      case msrpidle -> MsrpBench.idle(bench, report);
      case xcap -> XcapBench.run(bench, report);
    }
  }

  private void progress(String line) {
    if (!out.json()) {
      spec.commandLine().getErr().println(line);
      spec.commandLine().getErr().flush();
    }
  }

  private void print(Machine machine, Report report) {
    Map<String, Object> last = new LinkedHashMap<>();
    last.put("machine", machine.fields());
    last.put("loadAtEnd", Machine.average());
    last.put("rounds", rounds);
    last.put("messages", messages);
    out.object(last);
    out.line("");
    out.line("%s; %d rounds of %d messages, the round in the middle; CPU a message over all threads and processes", machine, rounds, messages);
    out.table(Report.COLUMNS, report.rows());
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("tucket-bench");
    } catch (IOException e) {
      throw new Failure(Exit.FAILED, "can't make a temporary folder: " + e.getMessage());
    }
  }

  /// The next benchmark makes it again where it needs it.
  private static void remove(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("can't remove " + folder, e);
    }
  }
}
