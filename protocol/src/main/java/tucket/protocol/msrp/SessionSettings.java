// What an MSRP session is made with.
package tucket.protocol.msrp;

import java.util.List;
import java.util.Set;

/// `self` is our URI of this session, `remotePath` the a=path of the peer, leftmost the next hop. `active` says that we open the
/// connection. `window` bounds the requests without response, `queue` the messages that wait behind them, `undecided` the delivered
/// messages that have no verdict yet. `timeoutNanos` is how long a response may take (RFC 4975 section 7.1.1: 30 s), `idleNanos` how long
/// nothing at all may come, `bindNanos` how long the peer's connection may take to come; 0 for ever. `methods` are those beside SEND and
/// REPORT that are handed up; others get 501. With `trustRelays` the 200 of a relay counts as the receiver's.
public record SessionSettings(
    MsrpUri self,
    List<MsrpUri> remotePath,
    boolean active,
    MsrpAssembly.Limits assembly,
    int chunkBytes,
    int window,
    int queue,
    int undecided,
    long timeoutNanos,
    long idleNanos,
    long bindNanos,
    Set<String> methods,
    boolean trustRelays) {
  public SessionSettings {
    remotePath = List.copyOf(remotePath);
    methods = Set.copyOf(methods);
  }

  public static SessionSettings of(MsrpUri self, List<MsrpUri> remotePath, boolean active) {
    return new SessionSettings(self, remotePath, active, MsrpAssembly.Limits.DEFAULT, MsrpChunker.CHUNK_BYTES, 32, 1000, 1000,
        30_000_000_000L, 0, 0, Set.of(), false);
  }

  public SessionSettings withIdle(long nanos) {
    return new SessionSettings(self, remotePath, active, assembly, chunkBytes, window, queue, undecided, timeoutNanos, nanos, bindNanos, methods, trustRelays);
  }

  public SessionSettings withWindow(int requests, int waiting, int verdicts) {
    return new SessionSettings(self, remotePath, active, assembly, chunkBytes, requests, waiting, verdicts, timeoutNanos, idleNanos, bindNanos,
        methods, trustRelays);
  }

  public SessionSettings withAssembly(MsrpAssembly.Limits limits) {
    return new SessionSettings(self, remotePath, active, limits, chunkBytes, window, queue, undecided, timeoutNanos, idleNanos, bindNanos,
        methods, trustRelays);
  }

  public SessionSettings withMethods(Set<String> more) {
    return new SessionSettings(self, remotePath, active, assembly, chunkBytes, window, queue, undecided, timeoutNanos, idleNanos, bindNanos, more, trustRelays);
  }

  /// How long a response may take, and how long the peer's connection.
  public SessionSettings withTimes(long response, long binding) {
    return new SessionSettings(self, remotePath, active, assembly, chunkBytes, window, queue, undecided, response, idleNanos, binding, methods, trustRelays);
  }

  /// Without reports of the receivers where relays stand between.
  public SessionSettings withTrustRelays(boolean on) {
    return new SessionSettings(
        self, remotePath, active, assembly, chunkBytes, window, queue, undecided, timeoutNanos, idleNanos, bindNanos, methods, on);
  }
}
