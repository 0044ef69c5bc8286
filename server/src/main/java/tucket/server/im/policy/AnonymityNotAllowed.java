// Nobody may hide who he is.
package tucket.server.im.policy;

import java.util.Locale;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.Status;
import tucket.server.Envelope;

/// RCS always denies anonymity. Only what asks for it by `Privacy: id` (RFC 3325 section 9.3) or `user` (RFC 3323 section 4.2) is meant.
public record AnonymityNotAllowed() implements Policy {
  @Override
  public Verdict judge(Envelope message, Facts facts) {
    for (Envelope.Carried c : message.carried()) {
      if (c.name().equals(Header.PRIVACY.name()) && hides(c.value())) {
        return new Verdict.Refuse(Status.FORBIDDEN, "Anonymity not allowed", "119 Anonymity not allowed");
      }
    }
    return Verdict.ALLOW;
  }

  /// Whether a Privacy header wants the sender hidden.
  public static boolean hides(String privacy) {
    for (String value : privacy.toLowerCase(Locale.ROOT).split("[;,]")) {
      if (value.strip().equals("id") || value.strip().equals("user")) {
        return true;
      }
    }
    return false;
  }
}
