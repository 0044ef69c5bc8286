// Clocks that jump, that nobody synchronises, and this machine's own.
package tucket.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import tucket.app.doctor.ClockCheck.Synchronisation;
import tucket.app.doctor.Finding.Level;

class ClockCheckTest {
  private static final Optional<Synchronisation> GOOD = Optional.of(new Synchronisation(true, 1500));

  @Test
  void aClockThatIsSynchronisedAndDoesNotJumpIsFine() {
    List<Finding> found = look(Duration.ZERO, Duration.ZERO, GOOD);
    assertThat(found).extracting(Finding::what).first().isEqualTo("it is synchronised, within 2 ms");
  }

  @Test
  void aClockThatNothingSynchronisesIsWarnedOf() {
    List<Finding> found = look(Duration.ZERO, Duration.ZERO, Optional.of(new Synchronisation(false, 16_000_000)));
    assertThat(Patient.of(found, Level.WARNING)).extracting(Finding::remedy).anyMatch(r -> r.contains("timedatectl set-ntp true"));
  }

  @Test
  void aJumpWithinTheSecondIsWarnedOf() {
    List<Finding> found = look(Duration.ZERO, Duration.ofSeconds(20), GOOD);
    assertThat(Patient.of(found, Level.WARNING)).singleElement().satisfies(f -> assertThat(f.what()).matches("it jumped by [12]\\d{4} ms within a second"));
  }

  @Test
  void aClockFromBeforeThisProgramIsAProblem() {
    assertThat(Patient.of(look(Duration.ofDays(-20_000), Duration.ZERO, GOOD), Level.PROBLEM)).hasSize(1);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void theKernelIsAskedWithoutHarm() {
    // A container may forbid the question; an answer has a bound of its error.
    assertThat(ClockCheck.linux().stream()).allSatisfy(s -> assertThat(s.maximumError()).isNotNegative());
  }

  private static List<Finding> look(Duration ahead, Duration jump, Optional<Synchronisation> kernel) {
    return Patient.look(new ClockCheck(Patient.clock(ahead, jump), () -> kernel), Patient.config(Path.of("data")));
  }
}
