// The server under torture: a process of its own that can be killed.
package tucket.app.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tucket.transport.Deadline;
import tucket.transport.Unavailable;
import tucket.transport.World;

/// The same Java and the same class path as here. What it prints goes to `log`, one file for all starts. It does not outlive this process where that
/// ends by a signal. Not thread-safe.
final class ServerProcess implements AutoCloseable {
  private static final Duration STOP = Duration.ofSeconds(30);
  private static final String READY = "\"event\":\"ready\"";
  private static final List<String> FLAGS = List.of(
      "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
      "--add-opens=java.base/java.lang=ALL-UNNAMED");

  private final World world;
  private final Path out;
  private final Path log;
  private final Process process;
  private final Thread orphaned;

  /// Starts `tucket serve` with these settings (`path=value`) and returns at once.
  static ServerProcess start(World world, Path folder, List<String> settings) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(FLAGS);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "tucket.app.Main", "serve", "--json"));
    settings.forEach(s -> command.addAll(List.of("--set", s)));
    try {
      return new ServerProcess(world, folder, command);
    } catch (IOException e) {
      throw new UncheckedIOException("can't start the server", e);
    }
  }

  private ServerProcess(World world, Path folder, List<String> command) throws IOException {
    this.world = world;
    out = folder.resolve("server.out");
    log = folder.resolve("server.log");
    Files.deleteIfExists(out);
    process = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile())).start();
    orphaned = new Thread(process::destroyForcibly, "end the server");
    Runtime.getRuntime().addShutdownHook(orphaned);
  }

  /// Waits until it takes requests. Throws [Unavailable] where it ends or does not come up in time.
  void awaitReady(Duration most) {
    Deadline by = Deadline.in(most, world.clock());
    while (!text(out).contains(READY)) {
      if (!process.isAlive()) {
        throw new Unavailable("the server ended with exit code " + process.exitValue() + ": " + lastWords());
      }
      if (by.passed(world.clock())) {
        throw new Unavailable("the server was not ready after " + most.toSeconds() + " s: " + lastWords());
      }
      world.clock().sleep(Duration.ofMillis(20));
    }
  }

  /// The end of what it has printed.
  String lastWords() {
    String all = (text(log).strip() + "\n" + text(out)).strip();
    return all.substring(Math.max(0, all.length() - 1000));
  }

  private static String text(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /// SIGKILL: nothing of it runs any longer when this returns.
  void kill() {
    process.destroyForcibly();
    await();
  }

  /// SIGTERM; returns the exit code, or nothing where it did not stop in time and was killed.
  Optional<Integer> stop() {
    process.destroy();
    try {
      if (process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
        ended();
        return Optional.of(process.exitValue());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    kill();
    return Optional.empty();
  }

  private void await() {
    process.onExit().join();
    ended();
  }

  private void ended() {
    try {
      boolean unused = Runtime.getRuntime().removeShutdownHook(orphaned);
    } catch (IllegalStateException alreadyEnding) {
      // the hook runs, and finds nothing to do
    }
  }

  /// Leaves a torn write behind in the data folder of a server that does not run: the beginning of a record that never came to its end, as a
  /// loss of power leaves it. Returns false where there is no log.
  static boolean tear(Path data, byte[] rest) {
    Optional<Path> newest = newestLog(data);
    newest.ifPresent(log -> {
      try {
        Files.write(log, rest, StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException("can't write to " + log, e);
      }
    });
    return newest.isPresent();
  }

  /// The write-ahead log that was written to last.
  static Optional<Path> newestLog(Path data) {
    try (Stream<Path> files = Files.walk(data)) {
      return files.filter(f -> f.getFileName().toString().matches("\\d+\\.log")).max(Comparator.comparing(f -> f.getFileName().toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      kill();
    } else {
      ended();
    }
  }
}
