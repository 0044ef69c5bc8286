// A request that has been sent and may be cancelled.
package tucket.transport.sip;

/// The sender's handle; thread-safe.
public interface ClientTransaction {
  /// Cancels an INVITE (RFC 3261 section 9.1): the CANCEL leaves as soon as a provisional response has come, and never after a final one.
  /// The INVITE then ends by its 487, or after 64*T1 without any response. Without effect on other methods.
  void cancel();

  /// The same with a Reason header in the CANCEL (RFC 3326), such as `SIP;cause=200;text="Call completed elsewhere"`.
  void cancel(String reason);

  /// Forgets the transaction: the listener hears nothing more.
  void abandon();
}
