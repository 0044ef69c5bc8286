// Who is told that a message has been delivered.
package tucket.server.im.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import tucket.protocol.sip.AddressOfRecord;
import tucket.server.reference.DeviceId;

class ReportsTest {
  private static final AddressOfRecord BOB = AddressOfRecord.of("sip:bob@example.test");
  private static final DeviceId PHONE = new DeviceId("phone");
  private static final DeviceId TABLET = new DeviceId("tablet");

  private final Reports reports = new Reports();

  @Test
  void whatAnyDeviceSaysCountsForItsUser() {
    try (Reports.Watch watch = reports.watch(BOB, "m1")) {
      reports.reported(BOB, "m2", Optional.of(PHONE));
      assertThat(watch.seen()).isFalse();
      reports.reported(BOB, "m1", Optional.of(PHONE));
      assertThat(watch.seen()).isTrue();
    }
    assertThat(reports.any()).isFalse();
  }

  /// Else a device that has refused a message would count as one that has it because another one has.
  @Test
  void whatOneDeviceSaysDoesNotCountForAnother() {
    try (Reports.Watch phone = reports.watch(BOB, "m1", PHONE); Reports.Watch tablet = reports.watch(BOB, "m1", TABLET)) {
      reports.reported(BOB, "m1", Optional.of(PHONE));
      assertThat(phone.seen()).isTrue();
      assertThat(tablet.seen()).isFalse();
      reports.reported(BOB, "m1", Optional.empty());
      assertThat(tablet.seen()).as("who says nothing of the device says nothing of this one").isFalse();
    }
  }
}
