// What is known of a recipient while his queue is worked off.
package tucket.server.im.deferred;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.FeatureSet;
import tucket.server.Envelope;
import tucket.server.reference.Device;
import tucket.server.reference.DeviceId;

class RecipientTest {
  private static final AddressOfRecord BOB = AddressOfRecord.of("sip:bob@example.test");
  private static final Device PHONE = new Device(new DeviceId("phone"), true, true, FeatureSet.NONE);

  private static Waiting waiting(long sequence) {
    return new Waiting(sequence, Envelope.Kind.MESSAGE, AddressOfRecord.of("sip:alice@example.test"), "m" + sequence, 10, Instant.EPOCH,
        Instant.MAX, Set.of(), "text/plain", "", "", DeliveryState.waitingFor(List.of(PHONE)));
  }

  /// Two commits are told of in another order than they happened: by then a run has begun with the later one.
  @Test
  void aRunSeesThatSomethingOlderHasBecomeKnownAndBeginsAgainWithIt() {
    Recipient bob = new Recipient(BOB, false);
    bob.look(List.of(PHONE), false);
    bob.appended(waiting(8), List.of(PHONE), false);
    assertThat(bob.look(List.of(PHONE), false).runs()).containsExactly(PHONE);
    Recipient.Task task = bob.take(PHONE.id()).orElseThrow();
    assertThat(task.from()).isEqualTo(8);
    assertThat(bob.hasOlder(PHONE.id(), 8)).isFalse();

    bob.appended(waiting(7), List.of(PHONE), false);

    assertThat(bob.hasOlder(PHONE.id(), 9)).isTrue();
    bob.again(PHONE.id(), task.from());
    assertThat(bob.take(PHONE.id())).map(Recipient.Task::from).contains(7L);
    assertThat(bob.take(PHONE.id())).isEqualTo(Optional.empty());
  }
}
