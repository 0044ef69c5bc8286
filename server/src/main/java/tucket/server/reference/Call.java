// One leg of a session: a dialog that an INVITE has begun.
package tucket.server.reference;

import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.transport.Deadline;

/// A confirmed dialog with a client or another server (RFC 3261 section 12). Thread-safe.
public interface Call {
  /// Says who hears what the peer does from now on. To be called once; an end that came before is told at once.
  void listen(Peer peer);

  /// Sends a request within the dialog: method, body and end-to-end headers are those of `like`. Blocks; silence is 408, a broken path 503.
  SipResponse send(SipRequest like, Deadline by);

  /// Sends BYE, with that text as its Reason where it is not empty. Returns at once; idempotent. The peer's [Peer#ended] is not called.
  void end(String reason);

  boolean isOver();

  /// What the peer of a dialog does. Calls come on virtual threads and may block.
  interface Peer {
    /// A request within the dialog other than BYE; returns its final response.
    SipResponse requested(SipRequest request, Deadline by);

    /// The peer has sent BYE, or the dialog is lost; `why` is a phrase for logs and the other leg.
    void ended(String why);
  }
}
