// What can happen to an MSRP session.
package tucket.protocol.msrp;

/// Input of [MsrpSession]. `connection` is any number that tells connections apart.
public sealed interface SessionEvent {
  /// Our connection to the peer stands (we are the active end).
  record Connected(long connection) implements SessionEvent {}

  /// A request for this session begins on that connection.
  record Head(long connection, MsrpRequest head) implements SessionEvent {}

  /// A piece of its body; the array is read during the call only.
  record Body(long connection, byte[] data, int from, int to) implements SessionEvent {}

  /// Its end line.
  record End(long connection, Continuation continuation) implements SessionEvent {}

  /// A response came in.
  record Answered(MsrpResponse response) implements SessionEvent {}

  /// A message is to be sent.
  record Submit(OutgoingMessage message) implements SessionEvent {}

  /// The owner's decision about a delivered message or request: 200 once it is safe, else the status that tells why not.
  /// With `reportLater` the success report that the peer wishes for comes with a [Report].
  record Verdict(long ticket, int status, boolean reportLater) implements SessionEvent {
    public Verdict(long ticket, int status) {
      this(ticket, status, false);
    }
  }

  /// What the receiver himself says of a message that was delivered to us on its way to him.
  record Report(long ticket, int status) implements SessionEvent {}

  /// The time asked for has come (or some other time: harmless).
  record Fired() implements SessionEvent {}

  /// That connection is gone.
  record Lost(long connection) implements SessionEvent {}

  /// The owner ends the session.
  record Stop() implements SessionEvent {}
}
