// What the devices of a user answered to a request.
package tucket.server.reference;

import java.util.Map;
import tucket.protocol.sip.SipResponse;

/// One final response a device that was tried. Silence appears as 408 and a broken path as 503, as RFC 3261 section 16.9 has it, without headers; a device that
/// has no live binding does not appear. The map keeps the order in which devices were tried.
public record Delivery(Map<DeviceId, SipResponse> answers) {
  public boolean nobodyThere() {
    return answers.isEmpty();
  }
}
