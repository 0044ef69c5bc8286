// Nobody may hide who he is.
package tucket.server.im.policy;

import java.util.Locale;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.Status;
import tucket.server.Envelope;
import tucket.server.reference.Leg;

/// RCS always denies anonymity. `byRules`: in pager mode a message may be anonymous where a rule of its recipient for anonymous requests fits. Only
/// what asks for it by `Privacy: id` (RFC 3325 section 9.3) or `user` (RFC 3323 section 4.2) is meant.
public record AnonymityNotAllowed(boolean byRules) implements Policy {
  @Override
  public Verdict judge(Envelope message, Facts facts) {
    if (byRules && facts.mode() == Facts.Mode.PAGER && (facts.leg() == Leg.ORIGINATING || facts.access().anonymous())) {
      return Verdict.ALLOW;
    }
    boolean anonymous = isAnonymous(message);
    return anonymous ? new Verdict.Refuse(Status.FORBIDDEN, "Anonymity not allowed", "119 Anonymity not allowed") : Verdict.ALLOW;
  }

  /// Whether its sender wants not to be known.
  public static boolean isAnonymous(Envelope message) {
    for (Envelope.Carried c : message.carried()) {
      if (c.name().equals(Header.PRIVACY.name()) && hides(c.value())) {
        return true;
      }
    }
    return false;
  }

  private static boolean hides(String privacy) {
    for (String value : privacy.toLowerCase(Locale.ROOT).split("[;,]")) {
      if (value.strip().equals("id") || value.strip().equals("user")) {
        return true;
      }
    }
    return false;
  }
}
