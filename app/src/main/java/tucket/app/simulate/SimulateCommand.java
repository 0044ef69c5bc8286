// tucket simulate: runs the whole server in simulated worlds and looks for a broken law.
package tucket.app.simulate;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tucket.app.command.Exit;
import tucket.app.command.Output;
import tucket.transport.simulated.EventLog;

@Command(
    name = "simulate",
    description = "Run the whole server in a simulated world, twice from each seed, and check that no law is broken and both runs are the same.",
    footer = {
      "%nNothing is real in it but the server: clock, network, disk, threads and users come from the seed. Users register, go silent, come back,",
      "answer slowly or with errors; packets are lost, doubled and overtaken; connections are cut, disks are full, processes are killed. Some have",
      "sessions: they call each other and those who are away, cross, hang up by one half only, and get in sessions what waited for them.",
      "A broken law is printed with its seed and the last events of the message; the same seed shows it again.",
      "%nExamples:",
      "  tucket simulate --seeds 1000",
      "  tucket simulate --seed 4711 --steps 200 --events 50",
      "  tucket simulate --seeds 100 --sessions 100"
    })
public final class SimulateCommand implements Callable<Integer> {
  private static final int DRAWN = -1;

  @Mixin private Output out = new Output();

  @Option(names = "--seed", paramLabel = "S", defaultValue = "1", description = "The first seed (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(names = "--seeds", paramLabel = "K", defaultValue = "1", description = "How many seeds, one after the other (default: ${DEFAULT-VALUE}).")
  private int seeds = 1;

  @Option(names = "--steps", paramLabel = "N", defaultValue = "100", description = "How many things happen in each run (default: ${DEFAULT-VALUE}).")
  private int steps = 100;

  @Option(
      names = "--sessions",
      paramLabel = "N",
      description = "How many of a hundred phones have sessions (INVITE and MSRP); 0: the server serves none (default: drawn from each seed).")
  private int sessions = DRAWN;

  @Option(names = "--events", paramLabel = "N", defaultValue = "30", description = "How many events of a message are printed (default: ${DEFAULT-VALUE}).")
  private int events = 30;

  @Option(names = "--log", paramLabel = "LEVEL", defaultValue = "OFF", description = "What the server logs (default: ${DEFAULT-VALUE}).")
  private String log = "OFF";

  @Override
  public Integer call() {
    // Killed processes leave threads that never run again: the JVM must be able to forget them. Read at the first virtual thread.
    System.setProperty("jdk.trackAllThreads", "false");
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.toLevel(log));
      context.getLogger("tucket").setLevel(Level.toLevel(log)); // full disks and cut connections are the normal case here
    }
    Map<String, Integer> sums = new TreeMap<>();
    long hash = 0;
    int failures = 0;
    for (long s = seed; s < seed + seeds; s++) {
      Trial trial = Trial.of(s, steps, Sabotage.NONE, sessions == DRAWN ? OptionalInt.empty() : OptionalInt.of(sessions));
      trial.result().figures().forEach((what, n) -> sums.merge(what, n, Integer::sum));
      hash = hash * 31 + trial.result().hash();
      if (trial.broken().isPresent()) {
        failures++;
        failed(s, trial);
      } else if (seeds == 1) {
        passed(s, trial);
      }
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("event", "simulated");
    fields.put("seeds", seeds);
    fields.put("failures", failures);
    fields.put("hash", Long.toHexString(hash));
    fields.put("figures", sums);
    out.event(fields, "%d seeds, each run twice: %d broken laws, %s, hash %x", seeds, failures, sums, hash);
    return failures == 0 ? Exit.OK : Exit.FAILED;
  }

  private void passed(long s, Trial trial) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("event", "passed");
    fields.put("seed", s);
    fields.put("steps", trial.result().steps());
    fields.put("hash", Long.toHexString(trial.result().hash()));
    out.event(fields, "seed %d: %d steps, hash %x", s, trial.result().steps(), trial.result().hash());
  }

  private void failed(long s, Trial trial) {
    Broken broken = trial.broken().orElseThrow();
    List<String> last = new ArrayList<>();
    for (EventLog.Entry e : trial.result().log().about(broken.about(), events)) {
      last.add(e.toString());
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("event", "broken");
    fields.put("seed", s);
    fields.put("steps", steps);
    fields.put("law", broken.law().name());
    fields.put("messageId", broken.about());
    fields.put("what", broken.what());
    fields.put("events", last);
    out.event(fields, "seed %d breaks a law: %s%n  %s%n  again: tucket simulate --seed %d --steps %d%s%n  %s", s, broken.law().text(), broken.what(), s,
        steps, sessions == DRAWN ? "" : " --sessions " + sessions, String.join("\n  ", last));
  }
}
