// An invitation that goes to somebody else than its Request-URI says.
package tucket.server.im.participating;

import java.util.Optional;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.server.reference.Call;
import tucket.server.reference.Invitation;

/// Answers go to the first sender's request, everything else sees `request`: the name in its Request-URI has been resolved.
record Readdressed(Invitation original, SipRequest request) implements Invitation {
  @Override
  public void ring(SipResponse provisional) {
    original.ring(provisional);
  }

  @Override
  public Optional<Call> accept(SipResponse answer) {
    return original.accept(answer);
  }

  @Override
  public void refuse(SipResponse answer) {
    original.refuse(answer);
  }

  @Override
  public void onCancelled(Runnable listener) {
    original.onCancelled(listener);
  }

  @Override
  public boolean isOver() {
    return original.isOver();
  }
}
