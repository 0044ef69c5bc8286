// A PostgreSQL cluster for the length of a benchmark.
package tucket.app.load.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tucket.transport.Clock;
import tucket.transport.Deadline;

/// With the defaults of the distribution, so with fsync at each commit. Where we are root it runs as the user postgres, since it refuses to
/// run as root.
final class PostgreSql implements AutoCloseable {
  /// What to do where it is missing.
  static final String REMEDY = "apt install postgresql kamailio-postgres-modules";

  private static final Path TABLES = Path.of("/usr/share/kamailio/postgres");

  private final Process process;
  private final int port;

  private PostgreSql(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  static boolean isHere() {
    return bin().isPresent() && Files.isReadable(TABLES.resolve("msilo-create.sql"));
  }

  private static Optional<Path> bin() {
    Path versions = Path.of("/usr/lib/postgresql");
    if (!Files.isDirectory(versions)) {
      return Optional.empty();
    }
    try (Stream<Path> all = Files.list(versions)) {
      return all.map(v -> v.resolve("bin")).filter(b -> Files.isExecutable(b.resolve("initdb"))).max(Comparator.naturalOrder());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// A fresh cluster in `folder` with the tables of msilo.
  static PostgreSql start(Clock clock, Path folder, int port) {
    Path bin = bin().orElseThrow();
    Path data = folder.resolve("postgresql");
    try {
      Files.createDirectories(data);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    boolean root = System.getProperty("user.name", "").equals("root");
    if (root) {
      Processes.run(folder, List.of("chown", "postgres", data.toString()));
      Processes.run(folder, List.of("chmod", "711", folder.toString(), folder.resolveSibling(".").toString())); // it must get there
    }
    Processes.run(folder, as(root, bin, "initdb", "-D", data + "/cluster", "-U", "postgres", "-A", "trust", "-E", "UTF8"));
    Process process =
        Processes.start(
            folder.resolve("postgresql.log"),
            as(root, bin, "postgres", "-D", data + "/cluster", "-p", Integer.toString(port), "-h", "127.0.0.1", "-k", data.toString()));
    PostgreSql started = new PostgreSql(process, port);
    try {
      started.await(clock, folder, bin);
      started.sql(folder, bin, "postgres", "-c", "CREATE DATABASE kamailio");
      started.sql(folder, bin, "kamailio", "-f", TABLES.resolve("standard-create.sql").toString());
      started.sql(folder, bin, "kamailio", "-f", TABLES.resolve("msilo-create.sql").toString());
    } catch (RuntimeException e) {
      started.close();
      throw e;
    }
    return started;
  }

  private static List<String> as(boolean root, Path bin, String program, String... arguments) {
    List<String> command = new ArrayList<>();
    if (root) {
      command.addAll(List.of("setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"));
    }
    command.add(bin.resolve(program).toString());
    command.addAll(List.of(arguments));
    return command;
  }

  private void await(Clock clock, Path folder, Path bin) {
    Deadline by = Deadline.in(java.time.Duration.ofSeconds(30), clock);
    while (true) {
      try {
        sql(folder, bin, "postgres", "-c", "SELECT 1");
        return;
      } catch (RuntimeException notYet) {
        if (by.passed(clock) || !process.isAlive()) {
          throw notYet;
        }
        clock.sleep(java.time.Duration.ofMillis(100));
      }
    }
  }

  private String sql(Path folder, Path bin, String database, String... what) {
    List<String> command = new ArrayList<>(List.of(bin.resolve("psql").toString(), "-q", "-h", "127.0.0.1", "-p", Integer.toString(port)));
    command.addAll(List.of("-U", "postgres", "-d", database, "-v", "ON_ERROR_STOP=1"));
    command.addAll(List.of(what));
    return Processes.run(folder, command);
  }

  /// How Kamailio names it.
  String url() {
    return "postgres://postgres@127.0.0.1:" + port + "/kamailio";
  }

  double cpu() {
    return Processes.cpu(process.toHandle());
  }

  @Override
  public void close() {
    process.destroy(); // a smart shutdown waits for clients; they are gone by now
    Processes.end(process);
  }
}
