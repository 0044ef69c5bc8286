// Who has a message, who is to get it, when it is done.
package tucket.server.im.deferred;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tucket.protocol.sip.FeatureSet;
import tucket.server.reference.Device;
import tucket.server.reference.DeviceId;

class DeliveryStateTest {
  private static final Device PHONE = device("phone", true, true);
  private static final Device TABLET = device("tablet", false, true);

  private static Device device(String id, boolean registered, boolean lasting) {
    return new Device(new DeviceId(id), registered, lasting, FeatureSet.NONE);
  }

  @Test
  void aMessageThatNobodyHasIsForEverybody() {
    DeliveryState state = DeliveryState.waitingFor(List.of(TABLET));

    assertThat(state.isPendingFor(PHONE, List.of(PHONE, TABLET))).isTrue();
    assertThat(state.isPendingFor(TABLET, List.of(PHONE, TABLET))).isTrue();
  }

  @Test
  void onceSomebodyHasItItIsOnlyForWhoIsAwaited() {
    List<Device> known = List.of(PHONE, TABLET, device("new", true, true));
    DeliveryState state = DeliveryState.waitingFor(List.of(PHONE, TABLET)).acknowledgedBy(PHONE, known);

    assertThat(state.isPendingFor(PHONE, known)).isFalse();
    assertThat(state.isPendingFor(TABLET, known)).isTrue();
    assertThat(state.isPendingFor(known.get(2), known)).isFalse();
    assertThat(state.isDone(known)).isFalse();
  }

  @Test
  void itIsDoneWhenAllWhoAreAwaitedHaveItOrRefusedIt() {
    List<Device> known = List.of(PHONE, TABLET);
    DeliveryState state = DeliveryState.waitingFor(known);

    assertThat(state.acknowledgedBy(PHONE, known).acknowledgedBy(TABLET, known).isDone(known)).isTrue();
    assertThat(state.acknowledgedBy(PHONE, known).rejectedBy(TABLET.id()).isDone(known)).isTrue();
  }

  @Test
  void whatAllRefusedIsNotDone() {
    List<Device> known = List.of(PHONE, TABLET);
    DeliveryState state = DeliveryState.waitingFor(known).rejectedBy(PHONE.id()).rejectedBy(TABLET.id());

    assertThat(state.isDone(known)).isFalse();
    assertThat(state.isPendingFor(PHONE, known)).isFalse();
    assertThat(state.isPendingFor(device("new", true, true), known)).isTrue();
  }

  @Test
  void aDeviceThatIsForgottenIsNotWaitedFor() {
    DeliveryState state = DeliveryState.waitingFor(List.of(PHONE, TABLET)).acknowledgedBy(PHONE, List.of(PHONE, TABLET));

    assertThat(state.isDone(List.of(PHONE))).isTrue();
  }

  @Test
  void withNobodyNamedItIsForAllWhoAreThere() {
    Device other = device("other", true, true);
    DeliveryState state = DeliveryState.waitingFor(List.of()).acknowledgedBy(PHONE, List.of(PHONE));

    assertThat(state.isDone(List.of(PHONE, TABLET))).isTrue();
    assertThat(state.isDone(List.of(PHONE, other))).isFalse();
    assertThat(state.isPendingFor(other, List.of(PHONE, other))).isTrue();
  }

  @Test
  void aNamelessDeviceThatIsGoneIsContinuedByAnother() {
    Device old = device("sip:x@192.0.2.1:1", true, false);
    Device next = device("sip:x@192.0.2.1:2", true, false);
    DeliveryState state = DeliveryState.of(Set.of(PHONE.id()), List.of(old), Set.of());
    List<Device> known = List.of(PHONE, next);

    assertThat(state.isPendingFor(next, List.of(PHONE, old, next))).isFalse();
    assertThat(state.isPendingFor(next, known)).isTrue();
    assertThat(state.acknowledgedBy(next, known).isDone(known)).isTrue();
  }

  @Test
  void failuresAreCountedForEachDevice() {
    DeliveryState state = DeliveryState.waitingFor(List.of(PHONE)).failedAt(PHONE.id()).failedAt(PHONE.id()).failedAt(TABLET.id());

    assertThat(state.attempts()).containsEntry(PHONE.id(), 2).containsEntry(TABLET.id(), 1);
    assertThat(state.attemptsInAll()).isEqualTo(3);
  }
}
