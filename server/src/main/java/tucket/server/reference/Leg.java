// The side of a request that a Participating Function serves.
package tucket.server.reference;

/// 3GPP TS 23.218: a request is first handled for the user who sends it, then for the user who is to get it.
public enum Leg {
  /// The served user is the sender.
  ORIGINATING,
  /// The served user is the recipient.
  TERMINATING
}
