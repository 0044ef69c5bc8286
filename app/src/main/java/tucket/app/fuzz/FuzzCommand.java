// tucket fuzz: gives damaged input to every parser and to a whole server.
package tucket.app.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tucket.app.command.Exit;
import tucket.app.command.Failure;
import tucket.app.command.Output;
import tucket.protocol.Malformed;
import tucket.protocol.fuzz.Fuzzer;
import tucket.protocol.fuzz.Target;
import tucket.transport.Deadline;
import tucket.transport.net.SystemClock;

@Command(
    name = "fuzz",
    description = {
      "Give damaged messages, streams and documents to every parser and to a whole server, and look for what they can't stand.",
      "Nothing but a refusal may come of them: no other exception, no answer 500, no time without end; and what was accepted is written and read again the",
      "same. Exit code 1 where anything was found. Everything is on this machine, in memory and on free ports of the loopback."
    },
    footer = {
      "%nThe kinds are sip, cpim, document (IMDN, lists, rules, presence, reginfo, xcap-diff and so on), msrp, sdp, xcap and server, each of them for a",
      "second in turn. An input is made from the seed and its number; a finding names both, and the command that plays it again. The input itself is kept",
      "in a file. Of findings that look the same only the first is told of; all are counted.",
      "%nExamples:",
      "  tucket fuzz --minutes 60",
      "  tucket fuzz --minutes 1 --only sip,msrp --seed 7",
      "  tucket fuzz --inputs 100000 --json",
      "  tucket fuzz --only xcap --seed 7 --index 1234",
      "  tucket fuzz --only xcap --file fuzz-xcap-7-1234.bin"
    })
public final class FuzzCommand implements Callable<Integer> {
  @Mixin private Output out = new Output();

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Option(names = "--minutes", paramLabel = "N", defaultValue = "60", description = "How long (default: ${DEFAULT-VALUE}).")
  private int minutes = 60;

  @Option(names = "--inputs", paramLabel = "N", description = "So many of each kind instead, however long it takes.")
  private @Nullable Long inputs;

  @Option(names = "--seed", paramLabel = "S", description = "Makes the same inputs as an earlier run (default: a new one, which is printed).")
  private @Nullable Long seed;

  @Option(names = "--only", paramLabel = "KIND", split = ",", description = "These kinds only: sip, cpim, document, msrp, sdp, xcap, server.")
  private List<String> only = new ArrayList<>();

  @Option(names = "--index", paramLabel = "N", description = "Play the input of that number alone; wants --only with one kind, and --seed.")
  private @Nullable Long index;

  @Option(names = "--file", paramLabel = "FILE", description = "Play the bytes of that file alone; wants --only with one kind.")
  private @Nullable Path file;

  @Option(names = "--keep", paramLabel = "FOLDER", defaultValue = ".", description = "Where inputs that did harm are kept (default: the current folder).")
  private Path keep = Path.of(".");

  @Override
  public Integer call() {
    if (minutes < 1 || inputs != null && inputs < 1) {
      throw new Failure(Exit.USAGE, "--minutes and --inputs must be positive");
    }
    if (!Files.isDirectory(keep)) {
      throw new Failure(Exit.USAGE, keep + " is no folder: --keep wants one for inputs that do harm");
    }
    try (ServerTarget server = new ServerTarget(); SystemClock clock = new SystemClock()) {
      List<Target> targets = targets(server);
      if (index != null || file != null) {
        return one(targets);
      }
      long chosen = seed == null ? new SplittableRandom().nextLong(1_000_000_000) : seed;
      return new Campaign(out, spec.commandLine().getErr(), clock, keep).run(
          targets, chosen, inputs == null ? OptionalLong.empty() : OptionalLong.of(inputs), Deadline.in(time(), clock));
    }
  }

  private Duration time() {
    return inputs == null ? Duration.ofMinutes(minutes) : Duration.ofDays(365);
  }

  private List<Target> targets(ServerTarget server) {
    List<Target> all = new ArrayList<>(Target.parsers());
    all.add(server);
    for (String name : only) {
      if (all.stream().noneMatch(t -> t.name().equals(name))) {
        throw new Failure(Exit.USAGE, "--only knows no \"" + name + "\": it wants some of " + String.join(", ", all.stream().map(Target::name).toList()));
      }
    }
    return only.isEmpty() ? all : all.stream().filter(t -> only.contains(t.name())).toList();
  }

  /// Plays one input and tells what became of it.
  private int one(List<Target> targets) {
    if (targets.size() != 1 || file == null && seed == null || file != null && index != null) {
      throw new Failure(Exit.USAGE, "--index wants --only with one kind and --seed, --file wants --only with one kind");
    }
    Target target = targets.getFirst();
    byte[] input = input(target);
    String what = "accepted";
    int exit = Exit.OK;
    String trace = "";
    try {
      target.read(input.clone());
    } catch (Malformed refused) {
      what = "refused: " + refused.getMessage();
    } catch (RuntimeException | Error e) {
      what = "FINDING: " + e;
      trace = Campaign.trace(e);
      exit = Exit.FAILED;
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("event", "played");
    fields.put("kind", target.name());
    fields.put("what", what);
    fields.put("input", Fuzzer.printable(input));
    out.event(fields, "%s%n%s%s", Fuzzer.printable(input), what, trace);
    return exit;
  }

  private byte[] input(Target target) {
    if (file == null) {
      return new Fuzzer(target, () -> 0).input(Objects.requireNonNull(seed), Objects.requireNonNull(index));
    }
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new Failure(Exit.USAGE, "can't read " + file + ": " + e.getMessage());
    }
  }
}
