// Whether the media of a session that the server offers goes over TLS.
package tucket.server.im.message;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.server.reference.Device;
import tucket.server.reference.Im7ClientServer;

/// As the signalling does: over TLS to devices that are reached over TLS, where MSRP is listened for so. Who refuses that offer is asked once more
/// with bare TCP, unless that is not listened for: terminals that register over TLS need not know `TCP/TLS/MSRP`.
public final class MediaSecurity {
  private static final Set<Integer> NOT_SO = Set.of(Status.NOT_ACCEPTABLE_HERE, Status.NOT_ACCEPTABLE_ANYWHERE, Status.UNSUPPORTED_MEDIA_TYPE);

  private MediaSecurity() {}

  /// Whether all of these are to be offered TLS.
  public static boolean of(List<Device> devices) {
    return !devices.isEmpty() && devices.stream().allMatch(Device::secure);
  }

  /// Whether an offer that was answered so is to be made again without TLS.
  public static boolean isToFallBack(boolean secure, Im7ClientServer media, Optional<SipResponse> answer) {
    return secure && media.serves(true) && media.serves(false) && answer.map(SipResponse::status).filter(NOT_SO::contains).isPresent();
  }
}
