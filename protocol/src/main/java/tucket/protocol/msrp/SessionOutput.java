// What an MSRP session wants done.
package tucket.protocol.msrp;

/// Output of [MsrpSession], called while an event is handled.
public interface SessionOutput {
  /// Write these bytes to that connection, behind what was written before.
  void transmit(long connection, byte[] data);

  /// A message is complete. It is answered only when a [SessionEvent.Verdict] with that ticket comes: after delivery or the commit, not
  /// before.
  void deliver(IncomingMessage message, long ticket);

  /// A request of a method that the settings name, such as NICKNAME. To be answered by a verdict too.
  default void request(MsrpRequest head, byte[] body, long ticket) {}

  /// The peer has taken the whole message: all its chunks were answered 200 (or are not to be answered). Where relays stand between, whose answers
  /// are not his: he has reported so.
  void accepted(String messageId);

  /// The message is lost for this session.
  void failed(String messageId, Failure failure);

  /// The peer, or somebody behind it, reported about a part of a message.
  default void reported(String messageId, int status, ByteRange range) {}

  /// Send [SessionEvent.Fired] at that time, on the clock whose readings come with the events; replaces an earlier wish.
  void schedule(long atNanos);

  /// The session is over; nothing more will come out. Close the connection if no other session uses it.
  void ended(Ending ending);

  /// Why a message failed; `status` is 0 unless the peer gave one.
  record Failure(Why why, int status) {
    /// The kinds.
    public enum Why {
      /// The peer answered with an error.
      REFUSED,
      /// No response in time.
      SILENT,
      /// The connection or the session ended before.
      LOST,
      /// The queue was full.
      FULL
    }
  }

  /// Why a session ended.
  enum Ending {
    /// The owner wanted it.
    STOPPED,
    /// The peer answered that it does not know the session, or another error that ends it.
    REFUSED,
    /// The connection was lost.
    LOST,
    /// The peer, who is to connect, did not.
    UNBOUND,
    /// Nothing came for too long.
    IDLE
  }
}
