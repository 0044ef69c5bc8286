// A short crash test, and the faults that a disk can have, against a server in a process of its own.
package tucket.app.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tucket.app.Main;

class TortureTest {
  @TempDir Path folder = Path.of("");

  private final List<String> news = new CopyOnWriteArrayList<>();

  private Torture.Result torture(int rounds, Path data, boolean fullDisk) {
    Torture.Plan plan = new Torture.Plan(rounds, Duration.ofSeconds(3), Duration.ofSeconds(240), 4711, data, folder, fullDisk);
    try (Torture torture = new Torture(plan, (text, fields) -> news.add(text))) {
      return torture.run();
    }
  }

  @Test
  void aServerThatIsKilledUnderLoadLosesNothing() {
    Torture.Result result = torture(3, folder.resolve("data"), false);
    assertThat(result.findings().examples()).isEmpty();
    assertThat(result.findings().clean()).isTrue();
    assertThat(result.drained()).isTrue();
    assertThat(result.kills()).isGreaterThanOrEqualTo(3);
    assertThat(result.findings().messages()).isPositive();
    assertThat(result.findings().notifications()).isPositive();
  }

  @Test
  void aFullDiskIsAnsweredWith503AndNothingAcknowledgedIsLost() {
    try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), "64m")) {
      Torture.Result result = torture(1, disk.path().resolve("data"), true);
      assertThat(result.findings().examples()).isEmpty();
      assertThat(result.passed()).isTrue();
      assertThat(result.refusals()).as("503 with Retry-After; %s", news).isPositive();
    }
  }

  @Test
  void theCommandSaysWhatIsWrongWithItsOptions() {
    assertThat(Main.run("torture", "--rounds", "0")).isEqualTo(2);
    assertThat(Main.run("torture", "--full-disk")).isEqualTo(2);
    assertThat(Main.run("torture", "--data", folder.toString())).isEqualTo(2);
  }
}
