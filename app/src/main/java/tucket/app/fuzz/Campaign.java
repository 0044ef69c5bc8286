// Runs, watches and reports fuzzing for a person or a script.
package tucket.app.fuzz;

import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.ToLongFunction;
import tucket.app.command.Exit;
import tucket.app.command.Output;
import tucket.protocol.fuzz.Finding;
import tucket.protocol.fuzz.Fuzzer;
import tucket.protocol.fuzz.Target;
import tucket.transport.Clock;
import tucket.transport.Deadline;

/// Findings go to `out`, how it gets on to `err`: every second on a terminal, once a minute elsewhere.
final class Campaign implements FuzzRun.Listener {
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final int END_MILLIS = 60_000;
  private static final int FRAMES = 12;

  private final Output out;
  private final PrintWriter err;
  private final Clock clock;
  private final Path keep;
  private final boolean terminal;
  private final Set<String> told = new HashSet<>(); // the worker's

  Campaign(Output out, PrintWriter err, Clock clock, Path keep) {
    this.out = out;
    this.err = err;
    this.clock = clock;
    this.keep = keep;
    Console console = System.console();
    terminal = console != null && console.isTerminal();
  }

  /// Blocks until all inputs were played, the time is over or an input hangs; returns the exit code.
  int run(List<Target> targets, long seed, OptionalLong inputs, Deadline by) {
    String kinds = String.join(", ", targets.stream().map(Target::name).toList());
    out.event(Map.of("event", "begin", "seed", seed, "kinds", kinds), "seed %d: %s", seed, kinds);
    FuzzRun run = new FuzzRun(targets, seed, inputs, FuzzRun.HANGS, clock, this);
    long began = clock.nanos();
    long cpu = cpuMillis();
    run.start();
    long shown = 0;
    boolean hangs = false;
    while (!run.isOver() && !by.passed(clock) && !hangs) {
      clock.sleep(LOOK);
      long second = (clock.nanos() - began) / 1_000_000_000L;
      if (second >= shown + (terminal ? 1 : 60)) {
        progress(run, second);
        shown = second;
      }
      hangs = run.hanging().map(this::hangs).orElse(false);
    }
    if (terminal && shown > 0) {
      err.println();
    }
    if (!hangs) {
      run.stop(END_MILLIS);
    }
    return report(run, hangs, (clock.nanos() - began) / 1_000_000L, cpuMillis() - cpu, seed);
  }

  private static long cpuMillis() {
    return ProcessHandle.current().info().totalCpuDuration().map(Duration::toMillis).orElse(0L);
  }

  private static long sum(FuzzRun run, ToLongFunction<FuzzRun.Part> of) {
    return run.parts().stream().mapToLong(of).sum();
  }

  private void progress(FuzzRun run, long second) {
    long all = sum(run, p -> p.inputs.get());
    StringBuilder line = new StringBuilder();
    line.append(String.format("%4d:%02d  inputs %d (%d/s)  findings %d ", second / 60, second % 60, all, all / Math.max(1, second),
        sum(run, p -> p.findings.get() + p.slow.get())));
    run.parts().forEach(p -> line.append(' ').append(p.name()).append(' ').append(p.inputs.get()));
    if (terminal) {
      err.print("\r" + line + "   ");
    } else {
      err.println(line);
    }
    err.flush();
  }

  @Override
  public void found(FuzzRun.Played played, Finding finding) {
    Throwable cause = finding.getCause() == null ? finding : finding.getCause();
    StackTraceElement[] frames = cause.getStackTrace();
    if (told.add(played.target() + cause.getClass() + (finding.slow() || frames.length == 0 ? "" : frames[0]))) {
      tell(played, finding.slow() ? "SLOW" : "FINDING", String.valueOf(finding.getMessage()), finding.slow() ? "" : trace(cause));
    }
  }

  private boolean hangs(FuzzRun.Played played) {
    tell(played, "HANGS", played.where() + ": has no end; the input is " + Fuzzer.printable(played.input()), "");
    return true;
  }

  private void tell(FuzzRun.Played played, String kind, String message, String trace) {
    String again = "tucket fuzz --only " + played.target() + " --seed " + played.seed() + " --index " + played.index();
    Path file = keep.resolve("fuzz-" + played.target() + "-" + played.seed() + "-" + played.index() + ".bin");
    String kept = file.toString();
    try {
      Files.write(file, played.input());
    } catch (IOException e) {
      kept = "could not be written: " + e.getMessage();
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("event", kind.toLowerCase(java.util.Locale.ROOT));
    fields.put("kind", played.target());
    fields.put("seed", played.seed());
    fields.put("index", played.index());
    fields.put("what", message);
    fields.put("again", again);
    fields.put("file", kept);
    fields.put("trace", trace);
    out.event(fields, "%s %s%s%n  again: %s%n  input: %s", kind, message, trace, again, kept);
  }

  /// The upper frames, a line each, after a line end.
  static String trace(Throwable thrown) {
    StringBuilder lines = new StringBuilder();
    StackTraceElement[] frames = thrown.getStackTrace();
    for (int i = 0; i < Math.min(FRAMES, frames.length); i++) {
      lines.append(System.lineSeparator()).append("  at ").append(frames[i]);
    }
    return lines.toString();
  }

  private int report(FuzzRun run, boolean hangs, long millis, long cpu, long seed) {
    for (FuzzRun.Part p : run.parts()) {
      Map<String, Object> fields = counts("kind", p.inputs.get(), p.refused(), p.accepted.get(), p.slow.get(), p.findings.get());
      fields.put("kind", p.name());
      out.event(fields, "%-8s inputs %d, refused as malformed %d, accepted %d, slow %d, findings %d", p.name(), p.inputs.get(), p.refused(),
          p.accepted.get(), p.slow.get(), p.findings.get());
    }
    long inputs = sum(run, p -> p.inputs.get());
    long refused = sum(run, FuzzRun.Part::refused);
    long accepted = sum(run, p -> p.accepted.get());
    long slow = sum(run, p -> p.slow.get()) + (hangs ? 1 : 0);
    long findings = sum(run, p -> p.findings.get());
    boolean passed = slow == 0 && findings == 0 && inputs > 0;
    Map<String, Object> fields = counts("result", inputs, refused, accepted, slow, findings);
    fields.put("passed", passed);
    fields.put("seed", seed);
    fields.put("seconds", millis / 1000);
    fields.put("cpuSeconds", cpu / 1000);
    out.event(fields, "%s seed %d, %d min %d s, %d min %d s of CPU; inputs %d, refused as malformed %d, accepted %d, slow %d, findings %d",
        passed ? "PASSED" : "FAILED", seed, millis / 60_000, millis / 1000 % 60, cpu / 60_000, cpu / 1000 % 60, inputs, refused, accepted, slow, findings);
    return passed ? Exit.OK : Exit.FAILED;
  }

  private static Map<String, Object> counts(String event, long inputs, long refused, long accepted, long slow, long findings) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("event", event);
    fields.put("inputs", inputs);
    fields.put("refused", refused);
    fields.put("accepted", accepted);
    fields.put("slow", slow);
    fields.put("findings", findings);
    return fields;
  }
}
