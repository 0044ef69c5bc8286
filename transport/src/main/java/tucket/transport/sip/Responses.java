// Who hears the responses to a request that was begun.
package tucket.transport.sip;

import tucket.protocol.sip.SipResponse;

/// Called on event threads: must be short and must not block.
public interface Responses {
  /// A response, our own Via taken off: each provisional one, then the final one; for an INVITE each 2xx of a fork and each repetition of
  /// it, even after [#failed] (they want an ACK).
  void response(SipResponse response);

  /// There will be no final response; never called after one.
  void failed(Outcome outcome);
}
