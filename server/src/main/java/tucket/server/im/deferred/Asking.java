// Which device of a user sent a request or an answer.
package tucket.server.im.deferred;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.NameAddr;
import tucket.protocol.sip.SipMessage;
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
    List<Device> named = named(request, registered);
    return named.isEmpty() ? registered : named;
  }

  /// The device that surely sent it: the one that its Contact names, or where that names none, the only one of its user that is known at all; for also a
  /// device that is not registered, and so may be another one, may send.
  public static Optional<Device> certain(SipMessage message, List<Device> known) {
    boolean some = message.has(Header.CONTACT) && !(message instanceof SipRequest request && request.isContactStar());
    List<Device> named = some ? named(message, known) : List.of();
    boolean names = some && message.addresses(Header.CONTACT).stream().anyMatch(c -> c.params().value("+sip.instance").isPresent());
    List<Device> candidates = named.isEmpty() && !names ? known : named;
    return candidates.size() == 1 ? Optional.of(candidates.getFirst()) : Optional.empty();
  }

  private static List<Device> named(SipMessage message, List<Device> among) {
    Set<String> names = new HashSet<>();
    for (NameAddr contact : message.addresses(Header.CONTACT)) {
      names.add(contact.uri().toString());
      contact.params().value("+sip.instance").ifPresent(i -> {
        names.add(i);
        names.add(i.replaceAll("^<|>$", ""));
      });
    }
    return among.stream().filter(d -> names.contains(d.id().value())).toList();
  }
}
