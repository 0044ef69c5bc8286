// Two joined legs of a session whose media goes past the server.
package tucket.server.im.participating;

import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.server.reference.Call;
import tucket.transport.Deadline;

/// The participating function out of the media path by operator policy (OMA AD SIMPLE IM section 5.3.2.3.2, note 1): what the one side asks within
/// the session goes to the other with its own SDP, and so does its end. Thread-safe.
final class SessionSignalling implements Call.Peer {
  private final Call other;

  /// What the peer of one leg does is done to `other`.
  private SessionSignalling(Call other) {
    this.other = other;
  }

  /// Both dialogs stand.
  static void join(Call caller, Call callee) {
    caller.listen(new SessionSignalling(callee));
    callee.listen(new SessionSignalling(caller));
  }

  @Override
  public SipResponse requested(SipRequest request, Deadline by) {
    return other.isOver() ? SipResponse.to(request, Status.CALL_DOES_NOT_EXIST) : other.send(request, by);
  }

  @Override
  public void ended(String why) {
    other.end(why);
  }
}
