// Sockets as the server sees them.
package tucket.transport;

import java.time.Duration;

/// Opens listening sockets and connections. Thread-safe.
public interface Network extends AutoCloseable {
  /// Listens at `local`; throws [Unavailable] with a sentence that says what to do where the address can't be bound.
  Listener listen(Endpoint local, FlowHandler handler);

  /// Connects to `remote` (TCP, TLS) and returns the open flow; blocks at most `within`. `name` is the host name whose certificate is
  /// wanted under TLS (empty: the IP address).
  Flow connect(Endpoint remote, String name, FlowHandler handler, Duration within);

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
