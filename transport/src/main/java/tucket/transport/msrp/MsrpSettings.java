// What can be set about MSRP, with its limits.
package tucket.transport.msrp;

import java.time.Duration;
import java.util.List;
import tucket.protocol.msrp.MsrpAssembly;
import tucket.protocol.msrp.MsrpUri;
import tucket.protocol.msrp.SessionSettings;

/// `advertise` is the host in our URIs and SDP (empty: the address listened at). `share` is how many sessions
/// may use a connection that we open; terminals want one for each. With
/// `trustRelays` the 200 of a relay counts as the receiver's, who is then not asked to report: for measuring relays.
public record MsrpSettings(String advertise, Bounds bounds, Times times, int share, boolean trustRelays) {

  /// `sessions` bounds the sessions of all, `messageBytes` one message, `earlyBytes` what a peer may send before its session has begun here.
  /// Of one session: `requests` without response, `queue` messages that wait to be sent, `undecided` messages that wait for their verdict: then
  /// nothing more is read.
  public record Bounds(int sessions, int messageBytes, int earlyBytes, int requests, int queue, int undecided) {
    public static final Bounds DEFAULT = new Bounds(50_000, 1 << 20, 256 * 1024, 32, 1000, 1000);
  }

  /// A session ends when nothing came for `idle`, or no connection of a peer that is to connect within `bind`. A response may take `response`
  /// (RFC 4975 section 7.1.1), a connection that we open `connect`.
  public record Times(Duration idle, Duration response, Duration bind, Duration connect) {
    public static final Times DEFAULT = new Times(Duration.ofSeconds(300), Duration.ofSeconds(30), Duration.ofSeconds(20), Duration.ofSeconds(8));
  }

  public static final MsrpSettings DEFAULT = new MsrpSettings("", Bounds.DEFAULT, Times.DEFAULT);

  /// With a connection for each session.
  public MsrpSettings(String advertise, Bounds bounds, Times times) {
    this(advertise, bounds, times, 1, false);
  }

  public MsrpSettings withAdvertise(String host) {
    return new MsrpSettings(host, bounds, times, share, trustRelays);
  }

  public MsrpSettings withTimes(Times to) {
    return new MsrpSettings(advertise, bounds, to, share, trustRelays);
  }

  public MsrpSettings withBounds(Bounds to) {
    return new MsrpSettings(advertise, to, times, share, trustRelays);
  }

  public MsrpSettings withShare(int sessions) {
    return new MsrpSettings(advertise, bounds, times, sessions, trustRelays);
  }

  public MsrpSettings withTrustRelays(boolean on) {
    return new MsrpSettings(advertise, bounds, times, share, on);
  }

  public MsrpSettings withMessageBytes(int most) {
    return withBounds(new Bounds(bounds.sessions, most, bounds.earlyBytes, bounds.requests, bounds.queue, bounds.undecided));
  }

  /// What one session is made with.
  SessionSettings session(MsrpUri self, List<MsrpUri> remote, boolean active) {
    MsrpAssembly.Limits usual = MsrpAssembly.Limits.DEFAULT;
    MsrpAssembly.Limits assembly = new MsrpAssembly.Limits(bounds.messageBytes, 2 * bounds.messageBytes, usual.messages(), usual.gaps());
    return SessionSettings.of(self, remote, active).withAssembly(assembly).withIdle(times.idle.toNanos())
        .withWindow(bounds.requests, bounds.queue, bounds.undecided).withTimes(times.response.toNanos(), times.bind.toNanos()).withTrustRelays(trustRelays);
  }
}
