// tucket torture: kills a server again and again under load and says what was lost.
package tucket.app.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tucket.app.command.Exit;
import tucket.app.command.Failure;
import tucket.app.command.Output;

@Command(
    name = "torture",
    description = {
      "Kill a server of its own at random moments under load, start it again, and check that nothing acknowledged is lost, shown twice or out of order.",
      "The server's data and ports are temporary. Exit code 1 where a promise is broken."
    },
    footer = {
      "%nExamples:",
      "  tucket torture",
      "  tucket torture --rounds 100 --seconds-per-round 20",
      "  tucket torture --sessions --rounds 20",
      "  tucket torture --sessions --domains 2",
      "  tucket torture --seed 7 --json",
      "  tucket torture --data /mnt/small/data --full-disk"
    })
public final class TortureCommand implements Callable<Integer> {
  private static final long SMALL_DISK = 1L << 30;

  @Mixin private Output out = new Output();

  @Option(names = "--rounds", paramLabel = "N", defaultValue = "10", description = "How often the server is killed (default: ${DEFAULT-VALUE}).")
  private int rounds = 10;

  @Option(
      names = "--seconds-per-round",
      paramLabel = "S",
      defaultValue = "10",
      description = "The longest time between two kills (default: ${DEFAULT-VALUE}).")
  private int seconds = 10;

  @Option(
      names = "--drain-seconds",
      paramLabel = "S",
      defaultValue = "300",
      description = "How long everything may take to arrive at the end (default: ${DEFAULT-VALUE}).")
  private int drain = 300;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Repeats the choices of an earlier run, though not its timing (default: a new one, which is printed).")
  private @Nullable Long seed;

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      description = "Where the server's data is to be: a folder that does not exist yet (default: a temporary one).")
  private @Nullable Path data;

  @Option(
      names = "--full-disk",
      description = "Also fill the disk that --data is on, every other round, and free it again. Only on a small file system of its own (less than 1 GiB).")
  private boolean fullDisk;

  @Option(names = "--sessions", description = "Send messages in sessions (INVITE and MSRP) to RCS-e terminals instead of by MESSAGE.")
  private boolean sessions;

  @Option(
      names = "--domains",
      paramLabel = "N",
      defaultValue = "1",
      description = "1, or 2: two domains that trust each other, of whose servers now the one is killed and now the other (default: ${DEFAULT-VALUE}).")
  private int domains = 1;

  @Override
  public Integer call() {
    if (rounds < 1 || seconds < 1 || drain < 1) {
      throw new Failure(Exit.USAGE, "--rounds, --seconds-per-round and --drain-seconds must be positive");
    }
    if (domains < 1 || domains > 2) {
      throw new Failure(Exit.USAGE, "--domains must be 1 or 2");
    }
    long chosen = seed == null ? new java.util.SplittableRandom().nextLong(1_000_000_000) : seed;
    Path folder = folder();
    Path place = data == null ? folder.resolve("data") : data;
    Torture.Plan plan = new Torture.Plan(rounds, Duration.ofSeconds(seconds), Duration.ofSeconds(drain), chosen, place, folder, fullDisk, sessions, domains);
    Map<String, Object> begin = Map.of("event", "begin", "seed", chosen, "rounds", rounds);
    out.event(begin, "seed %d, %d rounds of at most %d s, all of it in %s", chosen, rounds, seconds, folder);
    boolean passed = false;
    try (Torture torture = new Torture(plan, (text, fields) -> out.event(fields, "%s", text))) {
      Torture.Result result = torture.run();
      passed = result.passed();
      report(result);
    }
    if (passed) {
      remove(folder);
    } else {
      Map<String, Object> kept = Map.of("event", "kept", "data", place.toString());
      out.event(kept, "the data is kept; ./tucket trace --set 'data=\"%s\"' MESSAGE-ID tells of one message", place);
    }
    return passed ? Exit.OK : Exit.FAILED;
  }

  private void report(Torture.Result result) {
    result.findings().examples().forEach(e -> out.event(Map.of("event", "wrong", "what", e), "  %s", e));
    if (!result.drained()) {
      out.event(Map.of("event", "not-drained"), "not everything had come to its end after %d s", drain);
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("event", "result");
    fields.put("passed", result.passed());
    fields.put("kills", result.kills());
    fields.put("retries", result.retries());
    fields.put("refusedWith503", result.refusals());
    fields.putAll(result.findings().counts());
    String verdict = result.passed() ? "PASSED" : "FAILED";
    out.event(fields, "%s kills %d; answered 503 %d; %s", verdict, result.kills(), result.refusals(), result.findings().line());
  }

  /// Where the server's output is, and its data unless that is to be elsewhere.
  private Path folder() {
    try {
      if (data != null) {
        if (Files.exists(data)) {
          throw new Failure(Exit.USAGE, data + " is there already: torture wants a folder of its own");
        }
        Files.createDirectories(data);
      }
      if (fullDisk && (data == null || Files.getFileStore(data).getTotalSpace() > SMALL_DISK)) {
        throw new Failure(Exit.USAGE, "--full-disk would fill a disk of more than 1 GiB: put --data on a small file system of its own");
      }
      return Files.createTempDirectory("tucket-torture");
    } catch (IOException e) {
      throw new Failure(Exit.FAILED, "can't make the folder: " + e.getMessage());
    }
  }

  private static void remove(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("can't remove " + folder, e);
    }
  }
}
