// The judge of the crash test has to be able to find the server guilty.
package tucket.app.torture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LedgerTest {
  private final Ledger ledger = new Ledger();

  private static Item message(long number) {
    return message("id" + number, number);
  }

  private static Item message(String id, long number) {
    return new Item(Item.Kind.MESSAGE, id, "anna", "bert", number, Texts.content("anna", "bert", number));
  }

  private void arrives(String device, Item item, int life) {
    ledger.arrived(device, item, "MESSAGE", "now", life);
    ledger.answered(device, item.messageId(), life);
  }

  @BeforeEach
  void bertHasTwoDevices() {
    ledger.device("bert", "bert-1");
    ledger.device("bert", "bert-2");
    ledger.device("anna", "anna-1");
  }

  @Test
  void whatArrivesEverywhereOnceAndInOrderIsClean() {
    for (long n = 1; n <= 3; n++) {
      ledger.acknowledged(message(n));
      arrives("bert-1", message(n), 1);
      arrives("bert-2", message(n), 1);
    }
    Findings findings = ledger.findings();
    assertThat(findings.clean()).isTrue();
    assertThat(findings.messages()).isEqualTo(3);
    assertThat(findings.repeats()).isZero();
    assertThat(ledger.outstanding()).isZero();
  }

  @Test
  void anAcknowledgedMessageThatOneDeviceNeverShowsIsLost() {
    ledger.acknowledged(message(1));
    arrives("bert-1", message(1), 1);
    Findings findings = ledger.findings();
    assertThat(ledger.outstanding()).isEqualTo(1);
    assertThat(findings.lostMessages()).isEqualTo(1);
    assertThat(findings.clean()).isFalse();
    assertThat(findings.examples()).singleElement().asString().contains("lost on 1 device(s)").contains("id1");
  }

  @Test
  void anAcknowledgedNotificationThatNeverComesIsLost() {
    Item notification = Texts.delivered(message(1), "bert-1");
    ledger.acknowledged(notification);
    assertThat(ledger.findings().lostNotifications()).isEqualTo(1);
    arrives("anna-1", notification, 1);
    assertThat(ledger.findings().clean()).isTrue();
  }

  @Test
  void whatWasNeverAcknowledgedIsNotLost() {
    arrives("bert-1", message(1), 1);
    assertThat(ledger.findings().clean()).isTrue();
  }

  @Test
  void aRepeatUnderTheSameIdIsNotShownTwiceButCounted() {
    arrives("bert-1", message(1), 1);
    assertThat(ledger.arrived("bert-1", message(1), "MESSAGE", "now", 2)).isFalse();
    arrives("bert-1", message(1), 2);
    assertThat(ledger.arrived("bert-1", message(1), "MESSAGE", "now", 2)).isFalse();
    Findings findings = ledger.findings();
    assertThat(findings.clean()).isTrue();
    assertThat(findings.repeats()).isEqualTo(3);
    assertThat(findings.repeatsUnprovoked()).isEqualTo(1);
  }

  @Test
  void aRepeatOfWhatTheDeviceHadNotAnsweredIsNoRepeat() {
    ledger.arrived("bert-1", message(1), "MESSAGE", "now", 1);
    ledger.arrived("bert-1", message(1), "MESSAGE", "now", 2);
    assertThat(ledger.findings().repeats()).isZero();
  }

  @Test
  void theSameContentUnderAnotherIdIsShownTwice() {
    arrives("bert-1", message("one", 1), 1);
    arrives("bert-1", message("two", 1), 1);
    Findings findings = ledger.findings();
    assertThat(findings.shownTwice()).isEqualTo(1);
    assertThat(findings.clean()).isFalse();
  }

  @Test
  void anEarlierMessageAfterALaterOneIsOutOfOrder() {
    arrives("bert-1", message(1), 1);
    arrives("bert-1", message(3), 1);
    arrives("bert-1", message(2), 1);
    Findings findings = ledger.findings();
    assertThat(findings.outOfOrder()).isEqualTo(1);
    assertThat(findings.clean()).isFalse();
    assertThat(findings.line()).contains("out of order 1");
  }

  @Test
  void anUnknownDeviceIsAMistakeOfTheTest() {
    assertThatThrownBy(() -> ledger.answered("nobody", "id", 1)).isInstanceOf(IllegalArgumentException.class);
  }
}
