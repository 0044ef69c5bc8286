// The rules in their order.
package tucket.server.im.policy;

import java.util.List;
import tucket.server.Envelope;

/// The first refusal counts; without one, the first deferral. Immutable.
public record Policies(List<Policy> inOrder) implements Policy {
  public Policies {
    inOrder = List.copyOf(inOrder);
  }

  /// What every message meets; `messageBytes` is the allowed maximum, `acceptedTypes` as the operator set them.
  public static Policies standard(int messageBytes, List<String> acceptedTypes) {
    return new Policies(List.of(new ServiceAuthorised(), new SizeLimit(messageBytes), new AnonymityNotAllowed(),
        new AcceptedTypes(acceptedTypes)));
  }

  @Override
  public Verdict judge(Envelope message, Facts facts) {
    Verdict so = Verdict.ALLOW;
    for (Policy policy : inOrder) {
      Verdict verdict = policy.judge(message, facts);
      if (verdict instanceof Verdict.Refuse) {
        return verdict;
      }
      if (so instanceof Verdict.Allow) {
        so = verdict;
      }
    }
    return so;
  }
}
