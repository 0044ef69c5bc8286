// What a device's final response means for the message it was handed.
package tucket.server.im.message;

import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;

/// "Offline" is never only a clean unregister: whatever says that a device cannot be reached now leads to the deferred function.
public enum Answer {
  /// 2xx: it has the message.
  ACKNOWLEDGED,
  /// It cannot take it now: 3xx, 404, 408 (also silence), 410, 480, 486, 487, most 5xx. Tried again.
  FAILING,
  /// 403, 405, 501: RCS-e clients answer so to every MESSAGE that is no notification. Another device may take it, this one never will.
  WRONG_CLIENT,
  /// It will never take this message: 400, 413, 415, 488 and the like.
  REFUSED,
  /// 6xx: the user does not want it, on no device (RFC 3261 section 21.6).
  DECLINED;

  public static Answer of(SipResponse response) {
    return of(response.status());
  }

  public static Answer of(int status) {
    if (status < 300) {
      return ACKNOWLEDGED;
    }
    if (status < 400) {
      return FAILING;
    }
    return switch (status) {
      case Status.FORBIDDEN, Status.METHOD_NOT_ALLOWED, Status.NOT_IMPLEMENTED -> WRONG_CLIENT;
      case Status.NOT_FOUND, Status.REQUEST_TIMEOUT, Status.GONE, Status.FLOW_FAILED, Status.TEMPORARILY_UNAVAILABLE, Status.LOOP_DETECTED,
          Status.TOO_MANY_HOPS, Status.BUSY_HERE, Status.REQUEST_TERMINATED, Status.REQUEST_PENDING -> FAILING;
      case Status.VERSION_NOT_SUPPORTED, Status.MESSAGE_TOO_LARGE -> REFUSED;
      default -> status < 500 ? REFUSED : status < 600 ? FAILING : DECLINED;
    };
  }

  /// Whether the device will never take this message.
  public boolean isForGood() {
    return this == WRONG_CLIENT || this == REFUSED || this == DECLINED;
  }
}
