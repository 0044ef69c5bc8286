// The timers of SIP transactions by the letters the standard gives them.
package tucket.protocol.sip.transaction;

/// RFC 3261 table 4 and RFC 6026 section 8.11. Two are not lettered there: [#TRYING], after which a server transaction sends a 100 by
/// itself, and [#ABANDON], after which nobody waits any more for a response that the transaction user did not give.
public enum TimerName {
  A,
  B,
  D,
  E,
  F,
  G,
  H,
  I,
  J,
  K,
  L,
  M,
  TRYING,
  ABANDON
}
