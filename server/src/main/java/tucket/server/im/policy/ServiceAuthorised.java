// Only users of the service send and get messages.
package tucket.server.im.policy;

import tucket.protocol.sip.Status;
import tucket.server.Envelope;

/// Step 2 of the checks of a Participating Function: the served user is authorised for IM by his service profile.
public record ServiceAuthorised() implements Policy {
  /// What terminals compare.
  public static final String WARNING = "127 Service not authorised";

  @Override
  public Verdict judge(Envelope message, Facts facts) {
    return facts.servedMayUseIm() ? Verdict.ALLOW : new Verdict.Refuse(Status.FORBIDDEN, "Service not authorised", WARNING);
  }
}
