// Whom the recipient keeps away.
package tucket.server.im.policy;

import tucket.protocol.sip.Status;
import tucket.server.Envelope;
import tucket.server.reference.Leg;

/// Step 3 of the checks of a terminating Participating Function: block lists and access rules. Notifications pass: they answer what the user himself has
/// sent. System messages pass.
public record AccessRules() implements Policy {
  /// What terminals know; it does not tell that the sender is blocked.
  public static final String WARNING = "129 No destinations";

  @Override
  public Verdict judge(Envelope message, Facts facts) {
    if (facts.leg() != Leg.TERMINATING || message.kind() != Envelope.Kind.MESSAGE) {
      return Verdict.ALLOW;
    }
    if (facts.access().isBlocked()) {
      return new Verdict.Refuse(Status.FORBIDDEN, "No destinations", WARNING);
    }
    return facts.access().mayBeStored() ? Verdict.ALLOW : new Verdict.AtOnce();
  }
}
