// Which device of a user sent a request.
package tucket.server.im.deferred;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.NameAddr;
import tucket.protocol.sip.SipRequest;
import tucket.server.reference.Device;

/// RFC 3428 has no Contact in a MESSAGE, but RCS-e terminals write one, with their instance.
public final class Asking {
  private Asking() {}

  /// The registered device that its Contact names; where that tells nothing, all that are registered.
  public static List<Device> devices(SipRequest request, List<Device> known) {
    List<Device> registered = known.stream().filter(Device::registered).toList();
    if (!request.has(Header.CONTACT) || request.isContactStar()) {
      return registered;
    }
    Set<String> names = new HashSet<>();
    for (NameAddr contact : request.addresses(Header.CONTACT)) {
      names.add(contact.uri().toString());
      contact.params().value("+sip.instance").ifPresent(i -> {
        names.add(i);
        names.add(i.replaceAll("^<|>$", ""));
      });
    }
    List<Device> named = registered.stream().filter(d -> names.contains(d.id().value())).toList();
    return named.isEmpty() ? registered : named;
  }
}
