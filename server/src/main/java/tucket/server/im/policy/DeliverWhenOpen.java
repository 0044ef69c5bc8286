// Presence decides when a message is delivered.
package tucket.server.im.policy;

import tucket.server.Envelope;
import tucket.server.reference.Leg;

/// OMA requirement S21: while the user's presence is `closed` for instant messages, what comes for him waits; it is delivered at once when he is `open`
/// again, or when he has said nothing any more.
public record DeliverWhenOpen() implements Policy {
  @Override
  public Verdict judge(Envelope message, Facts facts) {
    boolean closed = facts.leg() == Leg.TERMINATING && message.kind() == Envelope.Kind.MESSAGE && !facts.openForIm().orElse(true);
    return closed ? new Verdict.Defer() : Verdict.ALLOW;
  }
}
