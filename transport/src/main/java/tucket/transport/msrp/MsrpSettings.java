// What can be set about MSRP, with its limits.
package tucket.transport.msrp;

import java.time.Duration;
import tucket.protocol.msrp.MsrpAssembly;

/// `advertise` is the host in our URIs and SDP (empty: the address listened at). `sessions` bounds the sessions of all, `messageBytes` one
/// message, `earlyBytes` what a peer may send before its session has begun here. A session ends when nothing came for `idle`; a response may
/// take `response` (RFC 4975 section 7.1.1), a connection `connectWithin`.
public record MsrpSettings(
    String advertise, int sessions, int messageBytes, int earlyBytes, Duration idle, Duration response, Duration connectWithin) {
  public static final MsrpSettings DEFAULT =
      new MsrpSettings("", 50_000, 10 << 20, 256 * 1024, Duration.ofSeconds(300), Duration.ofSeconds(30), Duration.ofSeconds(8));

  public MsrpSettings withAdvertise(String host) {
    return new MsrpSettings(host, sessions, messageBytes, earlyBytes, idle, response, connectWithin);
  }

  public MsrpSettings withTimes(Duration idleFor, Duration responseWithin) {
    return new MsrpSettings(advertise, sessions, messageBytes, earlyBytes, idleFor, responseWithin, connectWithin);
  }

  public MsrpSettings withMessageBytes(int most) {
    return new MsrpSettings(advertise, sessions, most, earlyBytes, idle, response, connectWithin);
  }

  MsrpAssembly.Limits assembly() {
    return new MsrpAssembly.Limits(messageBytes, 2 * messageBytes, MsrpAssembly.Limits.DEFAULT.messages(), MsrpAssembly.Limits.DEFAULT.gaps());
  }
}
