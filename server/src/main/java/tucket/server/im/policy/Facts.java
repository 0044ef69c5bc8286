// What a rule may know besides the message.
package tucket.server.im.policy;

import tucket.server.reference.Leg;

/// `leg` is the side that is judged; `servedMayUseIm` whether the served user may use the service by his profile.
public record Facts(Leg leg, boolean servedMayUseIm) {}
