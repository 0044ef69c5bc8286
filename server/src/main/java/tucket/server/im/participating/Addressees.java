// Which devices of the recipient a request is meant for.
package tucket.server.im.participating;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tucket.protocol.Malformed;
import tucket.protocol.mime.Params;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipUri;
import tucket.server.reference.Device;
import tucket.server.reference.DeviceId;

/// A terminal sends the notification about a message to the very device that sent the message, by `+sip.instance` in Accept-Contact; a
/// public GRUU (RFC 5627) names a device in its `gr` parameter. Where the named device is not known, all are meant.
record Addressees(List<Device> devices, Set<DeviceId> excluded) {
  static Addressees of(SipRequest request, List<Device> known) {
    Set<String> named = instances(request);
    if (named.isEmpty()) {
      return new Addressees(known, Set.of());
    }
    List<Device> meant = new ArrayList<>();
    Set<DeviceId> others = new HashSet<>();
    for (Device d : known) {
      if (named.contains(bare(d.id().value()))) {
        meant.add(d);
      } else {
        others.add(d.id());
      }
    }
    return meant.isEmpty() ? new Addressees(known, Set.of()) : new Addressees(meant, others);
  }

  private static Set<String> instances(SipRequest request) {
    boolean names = request.has(Header.ACCEPT_CONTACT) || request.uri() instanceof SipUri to && !to.params().isEmpty();
    if (!names) {
      return Set.of();
    }
    Set<String> found = new HashSet<>();
    for (String value : request.values(Header.ACCEPT_CONTACT)) {
      int semicolon = value.indexOf(';');
      try {
        Params params = semicolon < 0 ? Params.NONE : Params.parse(value, semicolon);
        params.value("+sip.instance").ifPresent(i -> found.add(bare(i)));
      } catch (Malformed e) {
        continue; // a preference that cannot be read is none (RFC 3841 section 7.2.1)
      }
    }
    if (request.uri() instanceof SipUri sip) {
      sip.params().value("gr").ifPresent(g -> found.add(bare(g)));
    }
    return found;
  }

  private static String bare(String instance) {
    return instance.startsWith("<") && instance.endsWith(">") ? instance.substring(1, instance.length() - 1) : instance;
  }
}
