// Tries what the ledger of the load generator finds.
package tucket.app.load;

import static org.assertj.core.api.Assertions.assertThat;
import static tucket.app.load.Ledger.Mark.AGAIN;
import static tucket.app.load.Ledger.Mark.NEW;
import static tucket.app.load.Ledger.Mark.REPEATED;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LedgerTest {
  private final Ledger ledger = new Ledger(3, 2, 10);

  private List<String> missing() {
    List<String> found = new ArrayList<>();
    ledger.missing((lane, sequence, device) -> found.add(lane + "." + sequence + "." + device));
    return found;
  }

  @Test
  void anAcknowledgedMessageIsMissingOnEachDeviceUntilItHasArrivedThere() {
    ledger.acknowledged(1, 7);
    assertThat(missing()).containsExactly("1.7.0", "1.7.1");
    assertThat(ledger.arrived(1, 7, 4, 1, 99)).isEqualTo(NEW);
    assertThat(missing()).containsExactly("1.7.0");
    ledger.arrived(1, 7, 4, 0, 99);
    assertThat(missing()).isEmpty();
    assertThat(ledger.count()).isEqualTo(2);
  }

  @Test
  void aMessageThatWasRefusedIsNotMissing() {
    assertThat(missing()).isEmpty();
  }

  @Test
  void theSameMessageByAnotherTransactionIsDoubledAndByTheSameOneRepeated() {
    ledger.arrived(0, 1, 4, 0, 50);
    assertThat(ledger.arrived(0, 1, 4, 0, 50)).isEqualTo(REPEATED);
    assertThat(ledger.arrived(0, 1, 4, 0, 51)).isEqualTo(AGAIN);
    assertThat(ledger.repeated()).isEqualTo(1);
    assertThat(ledger.doubled()).isEqualTo(1);
    assertThat(ledger.count()).isEqualTo(1);
  }

  @Test
  void anEarlierMessageAfterALaterOneIsOutOfOrderWhereItWasAcknowledged() {
    ledger.arrived(0, 2, 4, 0, 1);
    ledger.arrived(0, 1, 4, 0, 2);
    assertThat(ledger.disordered()).as("nobody was promised anything").isZero();
    ledger.acknowledged(0, 0);
    ledger.arrived(0, 0, 4, 0, 3);
    assertThat(ledger.disordered()).isEqualTo(1);
  }

  @Test
  void lanesDevicesAndRecipientsHaveAnOrderOfTheirOwn() {
    ledger.acknowledged(0, 1);
    ledger.acknowledged(1, 1);
    ledger.arrived(0, 2, 4, 0, 1);
    ledger.arrived(1, 1, 4, 0, 2);
    ledger.arrived(0, 1, 5, 0, 3);
    ledger.arrived(0, 1, 4, 1, 4);
    assertThat(ledger.disordered()).isZero();
  }

  @Test
  void whatIsNotOursIsNotCounted() {
    assertThat(ledger.arrived(3, 0, 0, 0, 1)).isEqualTo(REPEATED);
    assertThat(ledger.arrived(-1, 0, 0, 0, 1)).isEqualTo(REPEATED);
    assertThat(ledger.count()).isZero();
  }
}
