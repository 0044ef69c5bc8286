// The functions before there are any.
package tucket.server.core;

import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.server.reference.Im2ServerCore;
import tucket.server.reference.Leg;
import tucket.transport.Deadline;
import tucket.transport.Pending;

/// Answers 503 until the IM Server is there.
final class NobodyServes implements Im2ServerCore.Application {
  @Override
  public Pending<SipResponse> handle(SipRequest request, Leg leg, AddressOfRecord served, Deadline by) {
    return Pending.of(SipResponse.to(request, Status.SERVICE_UNAVAILABLE).with(Header.RETRY_AFTER, "5"));
  }

  @Override
  public void registered(AddressOfRecord user) {}
}
