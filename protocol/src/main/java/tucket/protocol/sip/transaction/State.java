// The states of the four transaction machines.
package tucket.protocol.sip.transaction;

/// RFC 3261 figures 5 to 8 as RFC 6026 amends them; each machine uses some of these.
public enum State {
  CALLING,
  TRYING,
  PROCEEDING,
  COMPLETED,
  CONFIRMED,
  ACCEPTED,
  TERMINATED
}
