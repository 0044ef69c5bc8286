// Large message mode: one message in a session of its own.
package tucket.server.im.participating;

import java.util.List;
import tucket.protocol.sdp.MessageMedia;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.server.im.message.EnvelopeWriter;
import tucket.server.im.policy.SizeLimit;
import tucket.server.im.policy.Verdict;
import tucket.server.reference.Device;

/// OMA-TS-SIMPLE_IM chapter 9: an INVITE whose Accept-Contact names `+g.oma.sip-im.large-message`, one MSRP message, BYE by who sends it. It
/// takes the way of a session, but only to devices that say that they know it; for all others the message is stored and pushed as they take
/// it. What is larger than allowed is refused before it is sent, where the offer says so.
public final class LargeMessageMode {
  /// The feature of OMA-TS-SIMPLE_IM section 5.2.
  public static final String FEATURE = "g.oma.sip-im.large-message";

  private LargeMessageMode() {}

  /// Step 1 of the determination of session handling (OMA-TS-SIMPLE_IM section 6.1.1.2.1).
  public static boolean isMeant(SipRequest invite) {
    return invite.lines(Header.ACCEPT_CONTACT).stream().anyMatch(v -> v.contains("+" + FEATURE));
  }

  /// The devices of these that an INVITE is sent to.
  static List<Device> able(SipRequest invite, List<Device> there) {
    String feature = isMeant(invite) ? FEATURE : EnvelopeWriter.IM_FEATURE;
    List<Device> able = there.stream().filter(d -> d.features().has(feature)).toList();
    return able.isEmpty() && !isMeant(invite) ? there : able;
  }

  /// Whether the announced size is allowed.
  static Verdict judge(SipRequest invite, MessageMedia offered, int most) {
    long size = offered.fileSelector().map(f -> f.size().orElse(0)).orElse(0L);
    return isMeant(invite) && size > most ? new SizeLimit(most).refusal() : Verdict.ALLOW;
  }
}
