// The typed configuration of a server.
package tucket.app.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.digest.Algorithm;
import tucket.server.Limits;
import tucket.transport.Endpoint;

/// What `tucket.conf` explains, as values. Made by [ConfigFile]; immutable.
public record Config(
    String domain, List<String> aliases, Path data, Sip sip, Msrp msrp, Optional<InetSocketAddress> http, Xdms xdms, Storage storage, Core core, Im im,
    Presence presence, Limits limits,
    Connections connections, Lab lab, Log log) {

  /// Bounds of the SIP sockets, and of those of HTTP. Over `outbox` bytes that wait for one peer its connection is cut, over `outboxes` in all the fullest are;
  /// `waiting` is how long a request may wait for its turn until new ones are refused, zero for any time; `message` is how long a message may take from its
  /// first byte to its last. `transactions` are remembered to answer repeats;
  /// `unlimited` are addresses from which any number of requests a second may come. `headers` counts the header lines of a message,
  /// `header` the bytes of all of them, `headerLine` those of one.
  public record Connections(
      int total, int fromOneAddress, int requestsPerSecond, List<InetAddress> unlimited, int http, int httpRequests, int transactions,
      int backlog, int outbox, long outboxes, int datagramOutbox, int headers, int header, int headerLine,
      Duration waiting, Duration connect, Duration handshake, Duration firstByte, Duration message, Duration stall, Duration idle, Duration httpRequest,
      Duration httpIdle) {}

  public record Sip(List<Endpoint> listen, String advertise, Tls tls, Timers timers, Map<String, InetAddress> hosts) {}

  /// Where MSRP is spoken; no session without.
  public record Msrp(List<Endpoint> listen, String advertise, Relay relay, Sessions sessions) {}

  /// For whom the server is an MSRP relay.
  public enum Relay {
    OFF,
    TLS,
    ANY
  }

  /// Bounds of sessions: of all; of one message; of what comes before its session; of one session: requests without response, messages that
  /// wait to be sent, messages that wait to be stored or taken; paths of the relay, those of one user, and next hops of one path.
  public record Sessions(
      int total, int message, int early, int requests, int queue, int undecided, int relayed, int relayedOfUser, int hopsOfPath,
      SessionTimes times) {}

  /// How long: nothing at all comes; a response; the peer's connection; ours; a device rings; a notification lags behind a refusal; a push
  /// session stays open; a path of the relay is good.
  public record SessionTimes(
      Duration idle, Duration response, Duration bind, Duration connect, Duration ringing, Duration grace, Duration linger, Duration relayed) {}

  /// Where XCAP is spoken, and whether over TLS. `root` is the XCAP root as clients know it, empty for one made of the address; `remote` the XCAP root of
  /// XDMSs in another process, which is told of as `remoteSip`; the last three are the largest document, and how many and how much a user has.
  public record Xdms(
      Optional<InetSocketAddress> listen, boolean tls, String root, List<InetAddress> trusted, List<String> certificates, Optional<URI> remote,
      Optional<SipUri> remoteSip, int documentBytes, int documents, long bytes) {}

  /// Empty certificate and key: none but the lab certificate where `lab` is set.
  public record Tls(Optional<Path> certificate, Optional<Path> key, boolean lab, Optional<Path> trust, boolean askPeers) {}

  public record Timers(Duration t1, Duration t2, Duration t4) {}

  /// Which engine keeps the data.
  public enum Storage {
    ROCKSDB,
    MEMORY
  }

  /// `realm` empty stands for the domain. `challenge...` as in the file.
  public record Core(
      Mode mode, String realm, String region, List<Algorithm> algorithms, Duration nonceLife, Challenge challengeStreams, Challenge challengeDatagrams,
      Duration registration, Duration flowTimer, boolean temporaryGruus, boolean foreign, List<Peer> peers, External external) {}

  /// Whose registrar and proxy it is.
  public enum Mode {
    EMBEDDED,
    EXTERNAL
  }

  /// When a request wants a password of its own.
  public enum Challenge {
    EVERY_REQUEST,
    REGISTERED_FLOW
  }

  /// Another core. A source with port 0 stands for any port. `defers`: its IM Server keeps what its users can't be given now.
  public record Peer(
      String name, List<String> domains, Optional<SipUri> route, boolean trusted, List<InetSocketAddress> sources, List<String> certificates,
      boolean defers) {}

  public record External(Optional<SipUri> route, List<InetSocketAddress> trusted) {}

  public record Im(
      Duration messageLife, Devices devices, CpimRewrite cpimRewrite, List<String> acceptedTypes, int pushParallel, Duration traceRetention,
      Duration chargingRetention, boolean deferral, boolean mediaPath, Anonymity anonymity) {}

  /// Whether a message may come without its sender's identity.
  public enum Anonymity {
    NEVER,
    BY_RULES
  }

  /// Which devices a message is kept for.
  public enum Devices {
    KNOWN,
    REGISTERED
  }

  /// How the CPIM wrapper leaves.
  public enum CpimRewrite {
    CANONICAL,
    VERBATIM
  }

  /// Whether the embedded presence server is on, how it handles watchers of users who have no rules, and the presence server to ask in its place.
  public record Presence(boolean on, Watchers unknownWatchers, Optional<SipUri> external) {}

  /// RFC 5025 section 3.2.1.
  public enum Watchers {
    ALLOW,
    CONFIRM,
    BLOCK
  }

  public record Lab(boolean users) {}

  public record Log(Format format, Level level, Map<String, String> levels) {}

  /// What a line of the log looks like.
  public enum Format {
    HUMAN,
    JSON
  }

  /// The least weight that is logged.
  public enum Level {
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE
  }

  /// Whether nothing can reach this server from another machine.
  public boolean onlyLoopback() {
    return sip.listen().stream().allMatch(e -> e.address().getAddress().isLoopbackAddress())
        && msrp.listen().stream().allMatch(e -> e.address().getAddress().isLoopbackAddress())
        && http.stream().allMatch(a -> a.getAddress().isLoopbackAddress())
        && xdms.listen().stream().allMatch(a -> a.getAddress().isLoopbackAddress());
  }
}
