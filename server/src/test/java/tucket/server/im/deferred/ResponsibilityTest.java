// Section 5.3.2.1.3, a test a row.
package tucket.server.im.deferred;

import static org.assertj.core.api.Assertions.assertThat;
import static tucket.server.im.deferred.Responsibility.Item.MESSAGE;
import static tucket.server.im.deferred.Responsibility.Item.NOTIFICATION;
import static tucket.server.im.deferred.Responsibility.Keeper.NOBODY;
import static tucket.server.im.deferred.Responsibility.Keeper.ORIGINATING;
import static tucket.server.im.deferred.Responsibility.Keeper.TERMINATING;
import static tucket.server.im.deferred.Responsibility.Mode.LARGE_MESSAGE;
import static tucket.server.im.deferred.Responsibility.Mode.PAGER;
import static tucket.server.im.deferred.Responsibility.Mode.SESSION;

import org.junit.jupiter.api.Test;

class ResponsibilityTest {
  @Test
  void inPagerModeTheRecipientsServerKeepsAMessage() {
    assertThat(Responsibility.keeper(PAGER, MESSAGE, true, true)).isEqualTo(TERMINATING);
    assertThat(Responsibility.keeper(PAGER, MESSAGE, false, true)).isEqualTo(TERMINATING);
  }

  @Test
  void inPagerModeTheSendersServerNeverKeepsAMessageForTheRecipients() {
    assertThat(Responsibility.keeper(PAGER, MESSAGE, true, false)).isEqualTo(NOBODY);
  }

  @Test
  void inPagerModeANotificationIsKeptByTheServerOfTheOneItIsFor() {
    assertThat(Responsibility.keeper(PAGER, NOTIFICATION, true, true)).isEqualTo(ORIGINATING);
    assertThat(Responsibility.keeper(PAGER, NOTIFICATION, true, false)).isEqualTo(ORIGINATING);
    assertThat(Responsibility.keeper(PAGER, NOTIFICATION, false, true)).isEqualTo(NOBODY);
  }

  @Test
  void inLargeMessageModeItIsAsInPagerMode() {
    assertThat(Responsibility.keeper(LARGE_MESSAGE, MESSAGE, true, true)).isEqualTo(TERMINATING);
    assertThat(Responsibility.keeper(LARGE_MESSAGE, MESSAGE, true, false)).isEqualTo(NOBODY);
    assertThat(Responsibility.keeper(LARGE_MESSAGE, NOTIFICATION, true, true)).isEqualTo(ORIGINATING);
  }

  @Test
  void inSessionModeWithBothEnabledTheTerminatingServerKeepsMessages() {
    assertThat(Responsibility.keeper(SESSION, MESSAGE, true, true)).isEqualTo(TERMINATING);
  }

  @Test
  void inSessionModeWithBothEnabledTheOriginatingServerKeepsNotifications() {
    assertThat(Responsibility.keeper(SESSION, NOTIFICATION, true, true)).isEqualTo(ORIGINATING);
  }

  @Test
  void inSessionModeWithOnlyTheTerminatingEnabledItKeepsBoth() {
    assertThat(Responsibility.keeper(SESSION, MESSAGE, false, true)).isEqualTo(TERMINATING);
    assertThat(Responsibility.keeper(SESSION, NOTIFICATION, false, true)).isEqualTo(TERMINATING);
  }

  @Test
  void inSessionModeWithOnlyTheOriginatingEnabledItKeepsBoth() {
    assertThat(Responsibility.keeper(SESSION, MESSAGE, true, false)).isEqualTo(ORIGINATING);
    assertThat(Responsibility.keeper(SESSION, NOTIFICATION, true, false)).isEqualTo(ORIGINATING);
  }

  @Test
  void withNeitherEnabledNobodyKeepsAnything() {
    assertThat(Responsibility.keeper(SESSION, MESSAGE, false, false)).isEqualTo(NOBODY);
    assertThat(Responsibility.keeper(SESSION, NOTIFICATION, false, false)).isEqualTo(NOBODY);
  }
}
