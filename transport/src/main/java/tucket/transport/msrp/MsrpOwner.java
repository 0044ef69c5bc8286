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

  /// The receiver's own report of a message that asked for it (RFC 4975 section 7.1.2); it may come in parts, `whole` for the last.
  default void reported(String messageId, int status, boolean whole) {}

  /// The message is lost for this session.
  void failed(String messageId, SessionOutput.Failure failure);

  /// The session is over; nothing more comes.
  void ended(SessionOutput.Ending why);
}
