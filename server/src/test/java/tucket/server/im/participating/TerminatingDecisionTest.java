// What follows from the answers of devices, without any device.
package tucket.server.im.participating;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tucket.protocol.sip.FeatureSet;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Uri;
import tucket.server.im.deferred.DeliveryState;
import tucket.server.im.settings.ImSettings.AwaitedDevices;
import tucket.server.reference.Device;
import tucket.server.reference.DeviceId;

class TerminatingDecisionTest {
  private static final Device PHONE = device("phone", true);
  private static final Device LAPTOP = device("laptop", true);
  private static final Device AWAY = device("away", false);

  private static Device device(String id, boolean registered) {
    return new Device(new DeviceId(id), registered, true, FeatureSet.NONE);
  }

  private static TerminatingDecision decide(AwaitedDevices devices, List<Device> known, Object... answers) {
    Map<DeviceId, SipResponse> by = new LinkedHashMap<>();
    java.util.List<Device> tried = new java.util.ArrayList<>();
    for (int i = 0; i < answers.length; i += 2) {
      Device d = (Device) answers[i];
      tried.add(d);
      if ((Integer) answers[i + 1] > 0) {
        by.put(d.id(), SipResponse.to(SipRequest.of("MESSAGE", Uri.parse("sip:x@y")), (Integer) answers[i + 1]));
      }
    }
    return TerminatingDecision.of(new TerminatingDecision.Tried(known, tried, by, Set.of()), devices);
  }

  private static DeliveryState rest(TerminatingDecision decision) {
    return ((TerminatingDecision.Delivered) decision).rest().orElseThrow();
  }

  private static List<DeviceId> awaited(DeliveryState state) {
    return state.awaited().stream().map(DeliveryState.Awaited::id).toList();
  }

  @Test
  void whenAllHaveItNothingIsStored() {
    TerminatingDecision d = decide(AwaitedDevices.KNOWN, List.of(PHONE, LAPTOP), PHONE, 200, LAPTOP, 200);

    assertThat(d).isInstanceOfSatisfying(TerminatingDecision.Delivered.class, x -> assertThat(x.rest()).isEmpty());
  }

  @Test
  void whenSomeHaveItTheOthersAreAwaited() {
    DeliveryState state = rest(decide(AwaitedDevices.KNOWN, List.of(PHONE, LAPTOP, AWAY), PHONE, 200, LAPTOP, 408));

    assertThat(state.acknowledged()).containsExactly(PHONE.id());
    assertThat(awaited(state)).containsExactlyInAnyOrder(LAPTOP.id(), AWAY.id());
  }

  @Test
  void withRegisteredDevicesOnlyWhoIsAwayIsNotAwaited() {
    DeliveryState state = rest(decide(AwaitedDevices.REGISTERED, List.of(PHONE, LAPTOP, AWAY), PHONE, 200, LAPTOP, 503));

    assertThat(awaited(state)).containsExactly(LAPTOP.id());
  }

  @Test
  void a2xxStandsAboveA6xx() {
    assertThat(decide(AwaitedDevices.KNOWN, List.of(PHONE, LAPTOP), PHONE, 603, LAPTOP, 200))
        .isInstanceOf(TerminatingDecision.Delivered.class);
  }

  @Test
  void a6xxStandsAboveEveryFailure() {
    assertThat(decide(AwaitedDevices.KNOWN, List.of(PHONE, LAPTOP), PHONE, 480, LAPTOP, 603))
        .isInstanceOfSatisfying(TerminatingDecision.Refused.class, r -> assertThat(r.answer().status()).isEqualTo(603));
  }

  @Test
  void aBindingThatVanishedMeanwhileIsAwaited() {
    TerminatingDecision d = decide(AwaitedDevices.KNOWN, List.of(PHONE), PHONE, -1);

    assertThat(d).isInstanceOfSatisfying(TerminatingDecision.Defer.class, x -> assertThat(awaited(x.state())).containsExactly(PHONE.id()));
  }

  @Test
  void whatAllWhoAreThereRefuseIsStillForWhoIsAway() {
    TerminatingDecision d = decide(AwaitedDevices.KNOWN, List.of(PHONE, AWAY), PHONE, 415);

    assertThat(d).isInstanceOfSatisfying(TerminatingDecision.Defer.class, x -> {
      assertThat(awaited(x.state())).containsExactly(AWAY.id());
      assertThat(x.state().rejected()).containsExactly(PHONE.id());
    });
  }

  @Test
  void whatOnlyWrongClientsGotWaitsForAnother() {
    TerminatingDecision d = decide(AwaitedDevices.KNOWN, List.of(PHONE), PHONE, 403);

    assertThat(d).isInstanceOfSatisfying(TerminatingDecision.Defer.class, x -> {
      assertThat(x.state().awaited()).isEmpty();
      assertThat(x.state().rejected()).containsExactly(PHONE.id());
    });
  }

  @Test
  void withNobodyThereItIsForWhoeverComes() {
    TerminatingDecision d = decide(AwaitedDevices.REGISTERED, List.of(AWAY));

    assertThat(d).isInstanceOfSatisfying(TerminatingDecision.Defer.class, x -> assertThat(x.state().awaited()).isEmpty());
  }
}
