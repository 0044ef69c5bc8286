// A message has a greatest size, and the sender is told it.
package tucket.server.im.policy;

import tucket.protocol.sip.Status;
import tucket.server.Envelope;

/// OMA requirement S20. `maxBytes` bounds the body as it arrives.
public record SizeLimit(int maxBytes) implements Policy {
  @Override
  public Verdict judge(Envelope message, Facts facts) {
    return message.body().length <= maxBytes ? Verdict.ALLOW : refusal();
  }

  /// 403, as terminals expect it, with the allowed maximum in words.
  public Verdict.Refuse refusal() {
    String most = "the allowed maximum is " + maxBytes + " bytes";
    return new Verdict.Refuse(Status.FORBIDDEN, "Size exceeded, " + most, "133 Size exceeded, " + most);
  }
}
