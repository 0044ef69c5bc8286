// What came of an INVITE that was sent onward.
package tucket.server.reference;

import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import tucket.protocol.sip.SipResponse;

/// The first 2xx, or all that was answered instead.
public sealed interface Reached {
  /// Somebody took it. `answer` is his 2xx, `device` which of the user's devices he is, where that is known; everybody else was cancelled.
  record Accepted(SipResponse answer, Optional<DeviceId> device, Call call) implements Reached {}

  /// Nobody took it: the final response of each device that was tried (another domain counts as one); silence is 408, a broken path 503, and
  /// 487 stands for those that were cancelled because the caller gave up. Empty where nobody is there.
  record Refused(Map<DeviceId, SipResponse> answers) implements Reached {
    /// RFC 3261 section 16.7 step 6: a 6xx, else the lowest class, within it the lowest number.
    public Optional<SipResponse> best() {
      return answers.values().stream().min(Comparator.comparingInt(r -> r.status() >= 600 ? 0 : r.status()));
    }
  }

  /// What the sender of an INVITE hears and says meanwhile.
  interface Ringing {
    /// Somebody rings.
    void provisional(SipResponse response);

    /// `cancel` is to be run when the sender gives up; it does not block.
    void whenGivenUp(Runnable cancel);

    /// Nobody listens, and nobody gives up before the deadline.
    Ringing QUIETLY = new Ringing() {
      @Override
      public void provisional(SipResponse response) {}

      @Override
      public void whenGivenUp(Runnable cancel) {}
    };
  }
}
