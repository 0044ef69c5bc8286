// A short crash test against a server in a process of its own.
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

  @Test
  void aServerThatIsKilledUnderLoadLosesNothing() {
    check(false, 1);
  }

  @Test
  void aServerThatIsKilledInTheMiddleOfSessionsLosesNothing() {
    check(true, 1);
  }

  @Test
  void oneOfTwoServersThatIsKilledInTheMiddleOfSessionsLosesNothing() {
    check(true, 2);
  }

  private void check(boolean sessions, int domains) {
    Torture.Plan plan = new Torture.Plan(3, Duration.ofSeconds(3), Duration.ofSeconds(240), 4711, folder.resolve("data"), folder, false, sessions, domains);
    Torture.Result result;
    try (Torture torture = new Torture(plan, (text, fields) -> news.add(text))) {
      result = torture.run();
    }
    assertThat(result.findings().examples()).as("%s", news).isEmpty();
    assertThat(result.findings().clean()).isTrue();
    assertThat(result.drained()).isTrue();
    assertThat(result.kills()).isGreaterThanOrEqualTo(3);
    assertThat(result.findings().messages()).isPositive();
    assertThat(result.findings().notifications()).isPositive();
  }

  @Test
  void theCommandSaysWhatIsWrongWithItsOptions() {
    assertThat(Main.run("torture", "--rounds", "0")).isEqualTo(2);
    assertThat(Main.run("torture", "--domains", "3")).isEqualTo(2);
    assertThat(Main.run("torture", "--full-disk")).isEqualTo(2);
    assertThat(Main.run("torture", "--data", folder.toString())).isEqualTo(2);
  }
}
