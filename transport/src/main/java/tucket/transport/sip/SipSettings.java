// What can be set about the SIP stack, with its limits.
package tucket.transport.sip;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Set;
import tucket.protocol.sip.SipLimits;
import tucket.protocol.sip.transaction.Timers;

/// `sentBy` is the host that our Via names (empty: the address listened at). `datagramLimit` is how many bytes a request may have to go
/// by UDP (RFC 3261 section 18.1.1: 1300 where the MTU is unknown). `aliasOverTcp` lets peers ask without a certificate that requests to
/// them use the connection they opened (RFC 5923 asks for TLS; the sent-by must then be the very address the connection comes from).
/// `unpaced` are the addresses from which any number of requests a second may come: other cores, which speak for many users.
public record SipSettings(
    Timers timers, SipLimits messages, Limits limits, String sentBy, int datagramLimit, boolean aliasOverTcp, Set<InetAddress> unpaced) {
  public static final SipSettings DEFAULT = new SipSettings(Timers.DEFAULT, SipLimits.DEFAULT, Limits.DEFAULT, "", 1300, false, Set.of());

  public SipSettings {
    unpaced = Set.copyOf(unpaced);
  }

  /// The bounds. Over `pending` unanswered requests or `remembered` server transactions in all, a new request gets a stateless 503 with
  /// `Retry-After: retryAfter` seconds; likewise where one IP address sends more than `requestsPerSecond` (0: any number) over time.
  /// Over `connections` in all or `connectionsPerPeer` from one IP address, a new connection is closed
  /// at once. A connection attempt takes at most `connectWithin`; a connection is closed when nothing has arrived for `idle`, or when a
  /// message that began to arrive has not ended after `messageWithin`. `waiting` is how long a request may wait for its handler to begin: where it
  /// would be longer, new requests outside of dialogs get the 503 too (zero: any time).
  public record Limits(
      int pending, int remembered, int requestsPerSecond, int connections, int connectionsPerPeer, int retryAfter, Duration connectWithin,
      Duration idle, Duration messageWithin, Duration waiting) {
    public static final Limits DEFAULT =
        new Limits(20_000, 1_000_000, 0, 50_000, 5_000, 5, Duration.ofSeconds(4), Duration.ofHours(1), Duration.ofSeconds(30),
            Duration.ZERO);

    public Limits withPending(int most) {
      return new Limits(most, remembered, requestsPerSecond, connections, connectionsPerPeer, retryAfter, connectWithin, idle, messageWithin, waiting);
    }

    public Limits withConnections(int most, int mostPerPeer) {
      return new Limits(pending, remembered, requestsPerSecond, most, mostPerPeer, retryAfter, connectWithin, idle, messageWithin, waiting);
    }

    public Limits withTimes(Duration connect, Duration idleFor, Duration message) {
      return new Limits(pending, remembered, requestsPerSecond, connections, connectionsPerPeer, retryAfter, connect, idleFor, message, waiting);
    }

    public Limits withRemembered(int most) {
      return new Limits(pending, most, requestsPerSecond, connections, connectionsPerPeer, retryAfter, connectWithin, idle, messageWithin, waiting);
    }

    public Limits withWaiting(Duration most) {
      return new Limits(pending, remembered, requestsPerSecond, connections, connectionsPerPeer, retryAfter, connectWithin, idle, messageWithin, most);
    }

    public Limits withRequestsPerSecond(int mostFromOneAddress) {
      return new Limits(pending, remembered, mostFromOneAddress, connections, connectionsPerPeer, retryAfter, connectWithin, idle, messageWithin, waiting);
    }
  }

  public SipSettings withTimers(Timers other) {
    return new SipSettings(other, messages, limits, sentBy, datagramLimit, aliasOverTcp, unpaced);
  }

  public SipSettings withLimits(Limits other) {
    return new SipSettings(timers, messages, other, sentBy, datagramLimit, aliasOverTcp, unpaced);
  }

  public SipSettings withMessages(SipLimits other) {
    return new SipSettings(timers, other, limits, sentBy, datagramLimit, aliasOverTcp, unpaced);
  }

  public SipSettings withSentBy(String host) {
    return new SipSettings(timers, messages, limits, host, datagramLimit, aliasOverTcp, unpaced);
  }

  public SipSettings withDatagramLimit(int bytes) {
    return new SipSettings(timers, messages, limits, sentBy, bytes, aliasOverTcp, unpaced);
  }

  public SipSettings withAliasOverTcp(boolean allowed) {
    return new SipSettings(timers, messages, limits, sentBy, datagramLimit, allowed, unpaced);
  }

  public SipSettings withUnpaced(Set<InetAddress> addresses) {
    return new SipSettings(timers, messages, limits, sentBy, datagramLimit, aliasOverTcp, addresses);
  }
}
