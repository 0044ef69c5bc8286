// Who uses an MSRP session.
package tucket.transport.msrp;

import tucket.protocol.msrp.IncomingMessage;
import tucket.protocol.msrp.SessionOutput;

/// Called for one session never at the same time twice, on event threads: must be short and must not block. It may call the session, and
/// other ones.
public interface MsrpOwner {
  /// A message is complete; the peer gets its response when [MsrpEnd#settle] is called with that ticket.
  void message(IncomingMessage message, long ticket);

  /// The peer has taken the whole message.
  void accepted(String messageId);

  /// The message is lost for this session.
  void failed(String messageId, SessionOutput.Failure failure);

  /// The session is over; nothing more comes.
  void ended(SessionOutput.Ending why);
}
