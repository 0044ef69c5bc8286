// A user who wants to be left in peace.
package tucket.server.im.policy;

import tucket.protocol.sip.Status;
import tucket.server.Envelope;
import tucket.server.reference.Leg;

/// Step 4 of the checks of a terminating Participating Function, by the user's service settings: while he bars what comes in, sessions are answered 480,
/// and pager-mode messages too, unless he has asked for offline delivery: then they wait until he bars them no more. Who wants no offline delivery
/// is never stored for.
public record IncomingBarring() implements Policy {
  @Override
  public Verdict judge(Envelope message, Facts facts) {
    if (facts.leg() != Leg.TERMINATING || message.kind() != Envelope.Kind.MESSAGE) {
      return Verdict.ALLOW;
    }
    boolean stored = facts.settings().offlineDelivery().orElse(false);
    if (facts.settings().incomingBarring()) {
      return stored && facts.mode() == Facts.Mode.PAGER ? new Verdict.Defer() : new Verdict.Refuse(Status.TEMPORARILY_UNAVAILABLE, "Not available", "");
    }
    return facts.settings().offlineDelivery().orElse(true) ? Verdict.ALLOW : new Verdict.AtOnce();
  }
}
