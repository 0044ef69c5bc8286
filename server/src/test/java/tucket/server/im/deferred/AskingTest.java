// Which device has sent a request.
package tucket.server.im.deferred;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tucket.protocol.sip.FeatureSet;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipUri;
import tucket.server.reference.Device;
import tucket.server.reference.DeviceId;

class AskingTest {
  private static final Device PHONE = device("urn:uuid:phone");
  private static final Device TABLET = device("urn:uuid:tablet");

  private static Device device(String id) {
    return new Device(new DeviceId(id), true, true, FeatureSet.NONE);
  }

  private static SipRequest from(String contact) {
    return SipRequest.of("INVITE", SipUri.of("bob", "example.test")).with(Header.CONTACT, contact);
  }

  @Test
  void theDeviceThatContactNamesIsCertain() {
    SipRequest request = from("<sip:alice@192.0.2.1>;+sip.instance=\"<urn:uuid:tablet>\"");

    assertThat(Asking.certain(request, List.of(PHONE, TABLET))).contains(TABLET);
  }

  @Test
  void theOnlyOneThatIsKnownIsCertainWhereContactNamesNone() {
    assertThat(Asking.certain(from("<sip:alice@192.0.2.1>"), List.of(PHONE))).contains(PHONE);
    assertThat(Asking.certain(from("<sip:alice@192.0.2.1>"), List.of(PHONE, TABLET))).isEmpty();
  }

  /// What it says must not count as said by the phone: the phone would not get it any more.
  @Test
  void aDeviceThatIsNotRegisteredYetIsNotTakenForTheOnlyOneThatIs() {
    SipRequest request = from("<sip:alice@192.0.2.1>;+sip.instance=\"<urn:uuid:tablet>\"");

    assertThat(Asking.certain(request, List.of(PHONE))).isEmpty();
  }
}
