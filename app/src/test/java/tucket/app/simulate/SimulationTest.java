// Runs the whole server in some simulated worlds; thousands more by `./tucket simulate --seeds 5000`.
package tucket.app.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class SimulationTest {
  private static final int STEPS = 60;

  @BeforeAll
  static void quiet() {
    ours().setLevel(Level.OFF); // full disks and cut connections are the normal case here
  }

  @AfterAll
  static void loud() {
    ours().setLevel(Level.WARN);
  }

  private static ch.qos.logback.classic.Logger ours() {
    Logger logger = ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger("tucket");
    return (ch.qos.logback.classic.Logger) logger;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 100, 200, 300})
  void theServerKeepsEveryLawAndDoesTheSameAgain(long first) {
    for (long seed = first; seed < first + 8; seed++) {
      Trial trial = Trial.of(seed, STEPS, Sabotage.NONE);
      assertThat(trial.broken()).as("./tucket simulate --seed %d --steps %d", seed, STEPS).isEmpty();
      assertThat(trial.result().figures()).containsKeys("shown", "acknowledged", "server starts");
    }
  }

  /// As RCS-e terminals are: each message goes in a session or is pushed in one.
  @Test
  void theServerKeepsEveryLawInSessions() {
    for (long seed = 400; seed < 408; seed++) {
      Trial trial = Trial.of(seed, STEPS, Sabotage.NONE, OptionalInt.of(100));
      assertThat(trial.broken()).as("./tucket simulate --seed %d --steps %d --sessions 100", seed, STEPS).isEmpty();
      assertThat(trial.result().figures()).containsKeys("INVITE 200", "SEND 200", "push sessions taken");
    }
  }

  /// Where a terminal calls before it has registered, where a 405 to an INVITE comes through to its caller, and where INVITEs cross while something waits.
  @ParameterizedTest
  @ValueSource(longs = {132, 244, 1057, 3091})
  void theServerKeepsEveryLawWhereOnceItDidNot(long seed) {
    assertThat(Trial.of(seed, 100, Sabotage.NONE).broken()).as("./tucket simulate --seed %d", seed).isEmpty();
  }

  @Test
  void differentSeedsAreDifferentWorlds() {
    assertThat(new Simulation(1, 5, Sabotage.NONE).run().hash()).isNotEqualTo(new Simulation(2, 5, Sabotage.NONE).run().hash());
  }

  @Test
  void aServerThatTakesSilenceForAnAcknowledgementIsFoundOut() {
    assertThat(found(new Sabotages.SilenceIsConsent())).isIn(Law.QUEUE, Law.DELIVERY);
  }

  @Test
  void aServerThatAnswersBeforeTheCommitIsFoundOut() {
    assertThat(found(new Sabotages.AnswersTooEarly())).isIn(Law.DELIVERY, Law.NOTHING_LOST);
  }

  @Test
  void aServerThatChangesMessageIdsIsFoundOut() {
    assertThat(found(new Sabotages.Renames())).isEqualTo(Law.UNCHANGED);
  }

  @Test
  void aServerThatDeliversAgainWhatWasAcknowledgedIsFoundOut() {
    assertThat(found(new Sabotages.DeliversAgain())).isEqualTo(Law.NOT_AGAIN);
  }

  @Test
  void aServerThatKeepsWhatAUserHasDeletedIsFoundOut() {
    assertThat(found(new Sabotages.KeepsWhatIsDeleted())).isEqualTo(Law.DELETED);
  }

  @Test
  void aServerThatAnswersInASessionBeforeTheMessageIsSafeIsFoundOut() {
    assertThat(found(new Sabotages.SettlesTooEarly(), OptionalInt.of(100))).isIn(Law.DELIVERY, Law.NOTHING_LOST);
  }

  @Test
  void aServerThatLosesWhatIsSaidInASessionIsFoundOut() {
    assertThat(found(new Sabotages.SwallowsInSession(), OptionalInt.of(100))).isIn(Law.DELIVERY, Law.NOTHING_LOST);
  }

  @Test
  void aServerThatLeavesADialogBehindWhoseConnectionIsLostIsFoundOut() {
    assertThat(found(new Sabotages.HearsOfNoLoss(), OptionalInt.of(100))).isEqualTo(Law.SETTLES);
  }

  private static Law found(Sabotage sabotage) {
    return found(sabotage, OptionalInt.empty());
  }

  /// The law that the first of some seeds finds broken.
  private static Law found(Sabotage sabotage, OptionalInt sessions) {
    for (long seed = 1; seed <= 20; seed++) {
      Optional<Broken> broken = new Simulation(seed, STEPS, sabotage, sessions).run().broken();
      if (broken.isPresent()) {
        return broken.get().law();
      }
    }
    throw new AssertionError("not found within 20 seeds");
  }
}
