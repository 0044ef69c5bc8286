// Why a transaction has ended.
package tucket.protocol.sip.transaction;

/// The reason handed to [Output#ended].
public enum Ending {
  /// It has done what it was there for.
  NORMAL,
  /// Timer B, F or H has fired, or the transaction user never answered.
  TIMEOUT,
  /// The transport could not send (RFC 3261 section 17.1.4).
  TRANSPORT
}
