// A request that arrived and wants an answer.
package tucket.transport.sip;

import java.util.Optional;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.transport.Flow;

/// Thread-safe.
public interface ServerTransaction {
  /// With `received` and `rport` filled into its topmost Via (RFC 3261 section 18.2.1, RFC 3581).
  SipRequest request();

  /// Where it came by.
  Flow flow();

  /// Sends a response: any number of provisional ones and then one final one (for an INVITE the 2xx may be repeated until its ACK comes).
  /// A To tag is added where it is missing, always the same one. Never blocks and never throws for what the peer or the network does; a
  /// response that comes after the final one is dropped. Provisional responses and a 408 to a non-INVITE are held back as RFC 4320
  /// demands.
  void respond(SipResponse response);

  /// The To tag that this transaction adds to its responses.
  String localTag();

  /// The final response, once there is one.
  Optional<SipResponse> finalResponse();

  /// Whether the peer has cancelled it (RFC 3261 section 9.2).
  boolean isCancelled();
}
