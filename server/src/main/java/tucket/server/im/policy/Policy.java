// One rule that a message meets.
package tucket.server.im.policy;

import tucket.server.Envelope;

/// Pure: the same message and facts always give the same verdict.
@FunctionalInterface
public interface Policy {
  Verdict judge(Envelope message, Facts facts);
}
