// The rules in their order.
package tucket.server.im.policy;

import java.util.List;
import tucket.protocol.sip.Status;
import tucket.server.Envelope;

/// The first refusal counts; without one, a deferral; without that, that something is not to be kept. What would have to be kept and is not to be is
/// refused. Immutable.
public record Policies(List<Policy> inOrder) implements Policy {
  public Policies {
    inOrder = List.copyOf(inOrder);
  }

  /// What every message meets, without anonymity.
  public static Policies standard(int messageBytes, List<String> acceptedTypes) {
    return standard(messageBytes, acceptedTypes, false);
  }

  /// What every message meets; `messageBytes` is the allowed maximum, `acceptedTypes` as the operator set them, `anonymity` whether rules may allow it.
  public static Policies standard(int messageBytes, List<String> acceptedTypes, boolean anonymity) {
    return new Policies(List.of(new ServiceAuthorised(), new SizeLimit(messageBytes), new AnonymityNotAllowed(anonymity),
        new AcceptedTypes(acceptedTypes), new AccessRules(), new IncomingBarring(), new DeliverWhenOpen()));
  }

  @Override
  public Verdict judge(Envelope message, Facts facts) {
    boolean defer = false;
    boolean atOnce = false;
    for (Policy policy : inOrder) {
      Verdict verdict = policy.judge(message, facts);
      if (verdict instanceof Verdict.Refuse) {
        return verdict;
      }
      defer |= verdict instanceof Verdict.Defer;
      atOnce |= verdict instanceof Verdict.AtOnce;
    }
    if (defer && atOnce) {
      return new Verdict.Refuse(Status.TEMPORARILY_UNAVAILABLE, "Not available", "");
    }
    return defer ? new Verdict.Defer() : atOnce ? new Verdict.AtOnce() : Verdict.ALLOW;
  }
}
