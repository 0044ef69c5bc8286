// What can be set about the SIP stack, with its limits.
package tucket.transport.sip;

import java.time.Duration;
import tucket.protocol.sip.SipLimits;
import tucket.protocol.sip.transaction.Timers;

/// `sentBy` is the host that our Via names (empty: the address listened at). `datagramLimit` is how many bytes a request may have to go
/// by UDP (RFC 3261 section 18.1.1: 1300 where the MTU is unknown). `aliasOverTcp` lets peers ask without a certificate that requests to
/// them use the connection they opened (RFC 5923 asks for TLS; the sent-by must then be the very address the connection comes from).
public record SipSettings(
    Timers timers, SipLimits messages, Limits limits, String sentBy, int datagramLimit, boolean aliasOverTcp) {
  public static final SipSettings DEFAULT = new SipSettings(Timers.DEFAULT, SipLimits.DEFAULT, Limits.DEFAULT, "", 1300, false);

  /// The bounds. Over `pending` unanswered requests or `remembered` server transactions in all, a new request gets a stateless 503 with
  /// `Retry-After: retryAfter` seconds. Over `connections` in all or `connectionsPerPeer` from one IP address, a new connection is closed
  /// at once. A connection attempt takes at most `connectWithin`; a connection is closed when nothing has arrived for `idle`, or when a
  /// message that began to arrive has not ended after `messageWithin`.
  public record Limits(
      int pending, int remembered, int connections, int connectionsPerPeer, int retryAfter, Duration connectWithin, Duration idle,
      Duration messageWithin) {
    public static final Limits DEFAULT =
        new Limits(20_000, 1_000_000, 50_000, 5_000, 5, Duration.ofSeconds(4), Duration.ofHours(1), Duration.ofSeconds(30));

    public Limits withPending(int most) {
      return new Limits(most, remembered, connections, connectionsPerPeer, retryAfter, connectWithin, idle, messageWithin);
    }

    public Limits withConnections(int most, int mostPerPeer) {
      return new Limits(pending, remembered, most, mostPerPeer, retryAfter, connectWithin, idle, messageWithin);
    }

    public Limits withTimes(Duration connect, Duration idleFor, Duration message) {
      return new Limits(pending, remembered, connections, connectionsPerPeer, retryAfter, connect, idleFor, message);
    }
  }

  public SipSettings withTimers(Timers other) {
    return new SipSettings(other, messages, limits, sentBy, datagramLimit, aliasOverTcp);
  }

  public SipSettings withLimits(Limits other) {
    return new SipSettings(timers, messages, other, sentBy, datagramLimit, aliasOverTcp);
  }

  public SipSettings withMessages(SipLimits other) {
    return new SipSettings(timers, other, limits, sentBy, datagramLimit, aliasOverTcp);
  }

  public SipSettings withSentBy(String host) {
    return new SipSettings(timers, messages, limits, host, datagramLimit, aliasOverTcp);
  }

  public SipSettings withDatagramLimit(int bytes) {
    return new SipSettings(timers, messages, limits, sentBy, bytes, aliasOverTcp);
  }

  public SipSettings withAliasOverTcp(boolean allowed) {
    return new SipSettings(timers, messages, limits, sentBy, datagramLimit, allowed);
  }
}
