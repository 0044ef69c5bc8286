// Our server as its users start it.
package tucket.app.load.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tucket.app.admin.Administration;
import tucket.app.assembly.DataFolder;
import tucket.app.command.Exit;
import tucket.app.command.Failure;
import tucket.app.config.ConfigFile;
import tucket.app.load.LoadPlan;
import tucket.transport.Clock;
import tucket.transport.Deadline;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.World;

/// A process of its own, by the launcher where there is one, with a data folder of its own.
final class TucketServer implements Subject {
  static final String DOMAIN = "bench.example";
  private static final java.time.Duration PATIENCE = java.time.Duration.ofSeconds(60);
  private static final int MAKING = 32;

  /// For plans that only name users.
  static final Endpoint NOWHERE = new Endpoint(Protocol.UDP, new InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), 9));

  private final Process process;
  private final double secondsToReady;
  private final Map<Protocol, Endpoint> listening = new LinkedHashMap<>();

  private TucketServer(Process process, double secondsToReady, JsonNode ready) {
    this.process = process;
    this.secondsToReady = secondsToReady;
    for (JsonNode each : ready.path("sip")) {
      String[] parts = each.asString().split(":", 3);
      Protocol protocol = Protocol.valueOf(parts[0].toUpperCase(java.util.Locale.ROOT));
      listening.put(protocol, new Endpoint(protocol, new InetSocketAddress(parts[1], Integer.parseInt(parts[2]))));
    }
  }

  /// Makes the configuration in `folder`; `more` are further settings.
  static Path configure(Path folder, String... more) {
    List<String> lines = new ArrayList<>();
    lines.add("domain = \"" + DOMAIN + "\"");
    lines.add("data = \"" + folder.resolve("data") + "\"");
    lines.add("sip.listen = [\"udp:127.0.0.1:0\", \"tcp:127.0.0.1:0\", \"tls:127.0.0.1:0\"]");
    lines.add("sip.tls.lab = true");
    lines.add("http.listen = \"127.0.0.1:0\"");
    lines.add("lab.users = false");
    // The peer asks for no passwords at all: a device is asked once, when it registers.
    lines.add("core.challenge.datagrams = registered-flow");
    lines.add("limits.requests-a-second-of-one-user = 0"); // a few users stand for many
    lines.add("log.level = warn");
    lines.addAll(List.of(more));
    try {
      Files.createDirectories(folder);
      return Files.write(folder.resolve("tucket.conf"), lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Puts the users of a plan into the data folder of a server that does not run.
  static void makeUsers(World world, Path configuration, LoadPlan plan) {
    try (Administration users = DataFolder.administration(ConfigFile.read(Optional.of(configuration), List.of()))) {
      Semaphore turn = new Semaphore(MAKING);
      CountDownLatch left = new CountDownLatch(plan.users());
      for (int i = 0; i < plan.users(); i++) {
        int user = i;
        turn.acquireUninterruptibly();
        world.threads().start("make user", () -> {
          try {
            users.add(plan.user(user) + "@" + plan.domain(), plan.password(user), "", List.of());
          } finally {
            turn.release();
            left.countDown();
          }
        });
      }
      left.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(Exit.FAILED, "interrupted");
    }
  }

  /// Starts it and waits until it says that it is ready.
  static TucketServer start(Clock clock, Path folder, Path configuration) {
    return start(clock, folder, configuration, List.of());
  }

  /// Likewise; `before` is a command that is to run the server's, such as taskset(1).
  static TucketServer start(Clock clock, Path folder, Path configuration, List<String> before) {
    Path log = folder.resolve("server.log");
    long began = clock.nanos();
    List<String> command = new ArrayList<>(before);
    command.addAll(command(configuration));
    Process process = Processes.start(log, command, Map.of("TUCKET_BUILD", "no"));
    Deadline by = Deadline.in(PATIENCE, clock);
    while (!by.passed(clock)) {
      Optional<String> ready = Machine.text(log).lines().filter(l -> l.startsWith("{") && l.contains("\"ready\"")).findFirst();
      if (ready.isPresent()) {
        return new TucketServer(process, (clock.nanos() - began) / 1e9, JsonMapper.shared().readTree(ready.get()));
      }
      if (!process.isAlive()) {
        break;
      }
      clock.sleep(java.time.Duration.ofMillis(5));
    }
    Processes.end(process);
    throw new Failure(Exit.FAILED, "the server did not start:\n" + Machine.text(log).indent(2));
  }

  private static List<String> command(Path configuration) {
    String home = System.getProperty("tucket.home", "");
    List<String> command = new ArrayList<>();
    if (!home.isEmpty() && Files.isExecutable(Path.of(home, "tucket"))) {
      command.add(Path.of(home, "tucket").toString());
    } else {
      command.addAll(
          List.of(
              Path.of(System.getProperty("java.home", ""), "bin", "java").toString(),
              "-XX:+UseCompactObjectHeaders",
              "--enable-native-access=ALL-UNNAMED",
              "--sun-misc-unsafe-memory-access=allow",
              "--add-opens=java.base/java.lang=ALL-UNNAMED",
              "-cp",
              System.getProperty("java.class.path", ""),
              "tucket.app.Main"));
    }
    command.addAll(List.of("serve", "--config", configuration.toString(), "--json"));
    return command;
  }

  @Override
  public String name() {
    return "Tucket";
  }

  @Override
  public Endpoint at(Protocol protocol) {
    return java.util.Objects.requireNonNull(listening.get(protocol));
  }

  @Override
  public double cpu() {
    return Processes.cpu(process.toHandle());
  }

  /// From the command to its line that says so.
  double secondsToReady() {
    return secondsToReady;
  }

  /// KiB in memory.
  long residentKib() {
    return Processes.residentKib(process.toHandle());
  }

  /// Bytes of live objects on the Java heap, after a full collection.
  long liveHeap(Path folder) {
    String jcmd = Path.of(System.getProperty("java.home", ""), "bin", "jcmd").toString();
    String histogram = Processes.run(folder, List.of(jcmd, Long.toString(process.pid()), "GC.class_histogram"));
    String total = histogram.lines().filter(l -> l.startsWith("Total")).findFirst().orElse("Total 0 0");
    return Long.parseLong(total.strip().split("\\s+")[2]);
  }

  @Override
  public void close() {
    Processes.end(process);
  }
}
