// What every durable engine must survive: its process killed at any moment.
package tucket.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Usage as for [EngineContract]. The class needs a constructor without arguments: a child process makes an instance too and calls `open`
/// with the same folder, as the parent does afterwards; an engine that keeps its data elsewhere derives the place from the folder.
///
/// `-Dtucket.crash.rounds=500 -Dtucket.crash.seed=7` make it a long run.
public interface CrashContract {
  /// Writers in the child, each with a partition of its own.
  int WRITERS = 12;

  /// The engine on this folder, with what it holds.
  Engine open(Path folder);

  @Test
  default void whatWasAcknowledgedSurvivesAKillAndNothingIsHalf(@TempDir Path folder) throws Exception {
    Random random = new Random(Long.getLong("tucket.crash.seed", 20261122));
    int rounds = Integer.getInteger("tucket.crash.rounds", 5);
    long[] acknowledged = new long[WRITERS];
    for (int round = 0; round < rounds; round++) {
      runAndKill(folder, round, random, acknowledged);
      try (Engine engine = open(folder)) {
        for (int writer = 0; writer < WRITERS; writer++) {
          long last = CrashModel.verify(engine, writer);
          // One more may have been on its way when the process died.
          assertThat(last).as("writer %d in round %d", writer, round).isBetween(acknowledged[writer], acknowledged[writer] + 1);
          acknowledged[writer] = last;
        }
        acknowledged[0] = CrashModel.next(engine, 0);
        assertThat(CrashModel.verify(engine, 0)).isEqualTo(acknowledged[0]);
      }
    }
    assertThat(acknowledged).doesNotContain(0);
  }

  private void runAndKill(Path folder, int round, Random random, long[] acknowledged) throws IOException, InterruptedException {
    try (CrashChild child = new CrashChild(getClass(), folder, WRITERS)) {
      assertThat(child.line()).isEqualTo("opening");
      // Some rounds die while opening, which is while the log of the round before is replayed.
      boolean early = round > 0 && random.nextInt(5) == 0;
      if (!early) {
        assertThat(child.line()).isEqualTo("opened");
        int lines = WRITERS * 5 + random.nextInt(2000);
        for (int i = 0; i < lines; i++) {
          note(child.line(), acknowledged);
        }
      }
      child.kill();
      Optional<String> line = child.optionalLine();
      while (line.isPresent()) {
        note(line.get(), acknowledged);
        line = child.optionalLine();
      }
    }
  }

  private static void note(String line, long[] acknowledged) {
    String[] parts = line.split(" ");
    if (parts.length == 3 && parts[2].equals(".")) {
      int writer = Integer.parseInt(parts[0]);
      long number = Long.parseLong(parts[1]);
      assertThat(number).as("order of writer %d", writer).isEqualTo(acknowledged[writer] + 1);
      acknowledged[writer] = number;
    }
  }
}
