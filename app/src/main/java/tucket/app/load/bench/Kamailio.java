// The peer: Kamailio as Debian ships it.
package tucket.app.load.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tucket.app.command.Exit;
import tucket.app.command.Failure;
import tucket.transport.Clock;
import tucket.transport.Deadline;
import tucket.transport.Endpoint;
import tucket.transport.FlowHandler;
import tucket.transport.Network;
import tucket.transport.Protocol;

/// With the TLSF allocator, which is its fastest here, and a large receive buffer.
final class Kamailio implements Subject {
  /// What to do where it is missing.
  static final String REMEDY = "apt install kamailio";

  private static final java.time.Duration PATIENCE = java.time.Duration.ofSeconds(20);

  private final Process process;
  private final int port;
  private final String name;
  private final Optional<PostgreSql> database;

  private Kamailio(Process process, int port, String name, Optional<PostgreSql> database) {
    this.process = process;
    this.port = port;
    this.name = name;
    this.database = database;
  }

  static boolean isHere() {
    return binary().isPresent();
  }

  private static Optional<Path> binary() {
    return Stream.of("/usr/sbin/kamailio", "/usr/local/sbin/kamailio").map(Path::of).filter(Files::isExecutable).findFirst();
  }

  /// Relays statefully between users whose locations are in memory.
  static Kamailio relay(Network network, Clock clock, Path folder) {
    return start(network, clock, folder, "kamailio-relay.cfg", "Kamailio", Optional.empty());
  }

  /// Relays MSRP by its msrp module.
  static Kamailio msrp(Network network, Clock clock, Path folder) {
    return start(network, clock, folder, "kamailio-msrp.cfg", "Kamailio msrp", Optional.empty());
  }

  /// Stores each MESSAGE by msilo in `database`, which is closed with it.
  static Kamailio store(Network network, Clock clock, Path folder, PostgreSql database) {
    return start(network, clock, folder, "kamailio-msilo.cfg", "Kamailio msilo, PostgreSQL", Optional.of(database));
  }

  private static Kamailio start(Network network, Clock clock, Path folder, String file, String name, Optional<PostgreSql> database) {
    int port = freePort(network);
    Path configuration = folder.resolve(file);
    try {
      Files.createDirectories(folder);
      String text = new String(resource(file), StandardCharsets.UTF_8).replace("DBURL", database.map(PostgreSql::url).orElse(""));
      Files.writeString(configuration, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Path log = folder.resolve("kamailio.log");
    List<String> command =
        List.of(
            binary().orElseThrow().toString(), "-f", configuration.toString(), "-DD", "-E", "-x", "tlsf", "-b", "8388608", "-m", "4096", "-M",
            "32", "-l", "udp:127.0.0.1:" + port, "-l", "tcp:127.0.0.1:" + port, "-Y", folder.toString(), "-w", folder.toString());
    Process process = Processes.start(log, command);
    Kamailio started = new Kamailio(process, port, name, database);
    Deadline by = Deadline.in(PATIENCE, clock);
    while (process.isAlive() && !by.passed(clock)) {
      if (started.answers(network)) {
        return started;
      }
      clock.sleep(java.time.Duration.ofMillis(50));
    }
    started.close();
    throw new Failure(Exit.FAILED, "Kamailio did not start:\n" + Machine.text(log).indent(2));
  }

  private boolean answers(Network network) {
    try {
      network.connect(at(Protocol.TCP), "", new Nothing(), java.time.Duration.ofSeconds(1)).close();
      return true;
    } catch (tucket.transport.Unavailable notYet) {
      return false;
    }
  }

  private static final class Nothing implements FlowHandler {
    @Override
    public void received(tucket.transport.Flow flow, byte[] data) {}
  }

  private static byte[] resource(String file) throws IOException {
    try (var in = Kamailio.class.getResourceAsStream("/tucket/app/load/bench/" + file)) {
      if (in == null) {
        throw new IOException(file + " is missing in the program");
      }
      return in.readAllBytes();
    }
  }

  /// A port that is free for UDP and TCP at this moment.
  static int freePort(Network network) {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (Network.Listener tcp = network.listen(new Endpoint(Protocol.TCP, new InetSocketAddress(loopback, 0)), new Nothing());
        Network.Listener udp =
            network.listen(new Endpoint(Protocol.UDP, new InetSocketAddress(loopback, tcp.local().port())), new Nothing())) {
      return udp.local().port();
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Endpoint at(Protocol protocol) {
    return new Endpoint(protocol, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  @Override
  public double cpu() {
    return Processes.cpu(process.toHandle()) + database.map(PostgreSql::cpu).orElse(0.0);
  }

  @Override
  public void close() {
    Processes.end(process);
    database.ifPresent(PostgreSql::close);
  }
}
