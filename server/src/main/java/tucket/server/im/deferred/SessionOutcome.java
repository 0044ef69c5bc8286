// What became of a message in a session, in the words of SIP.
package tucket.server.im.deferred;

import tucket.protocol.msrp.MsrpStatus;
import tucket.protocol.sip.Status;

/// So that the queue judges a device by one measure, whichever way it was tried.
final class SessionOutcome {
  private SessionOutcome() {}

  /// The SIP status that says the same as an MSRP status.
  static int asSip(int msrp) {
    return switch (msrp) {
      case MsrpStatus.OK -> Status.OK;
      case MsrpStatus.BAD_REQUEST, MsrpStatus.FORBIDDEN, MsrpStatus.STOP_SENDING, MsrpStatus.UNSUPPORTED_TYPE -> Status.NOT_ACCEPTABLE_HERE;
      default -> Status.TEMPORARILY_UNAVAILABLE;
    };
  }
}
