// Sockets as the server sees them.
package tucket.transport;

import java.time.Duration;
import java.util.Optional;

/// Opens listening sockets and connections. Thread-safe.
public interface Network extends AutoCloseable {
  /// Listens at `local`; throws [Unavailable] with a sentence that says what to do where the address can't be bound.
  Listener listen(Endpoint local, FlowHandler handler);

  /// Connects to `remote` (TCP, TLS) and returns the open flow; blocks at most `within`. `name` is the host name whose certificate is
  /// wanted under TLS (empty: the IP address).
  Flow connect(Endpoint remote, String name, FlowHandler handler, Duration within);

  /// The same for peers whose certificates their signalling vouches for (RFC 8122): under TLS any certificate is taken, and none too; the
  /// caller judges by [Flow#certificate] and [Flow#provesHost].
  default Listener listenForAny(Endpoint local, FlowHandler handler) {
    return listen(local, handler);
  }

  /// The same for who connects.
  default Flow connectToAny(Endpoint remote, FlowHandler handler, Duration within) {
    return connect(remote, "", handler, within);
  }

  /// What we show in these, as DER: the certificate that is configured, else one made for this process. Empty without TLS.
  default Optional<byte[]> certificate() {
    return Optional.empty();
  }

  @Override
  void close();

  /// A socket that listens.
  interface Listener extends AutoCloseable {
    /// Where it really listens (the chosen port where 0 was asked for).
    Endpoint local();

    /// The flow from this UDP socket to `remote`; for streams it throws [IllegalStateException].
    Flow flowTo(java.net.InetSocketAddress remote);

    @Override
    void close();
  }
}
