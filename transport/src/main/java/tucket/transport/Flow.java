// One path to one peer: a connection, or a local UDP socket together with a remote address.
package tucket.transport;

import java.net.InetSocketAddress;
import java.util.Optional;

/// A flow as RFC 5626 means it. Thread-safe. Two UDP flows with the same local socket and remote address are equal.
public interface Flow {
  Protocol protocol();

  InetSocketAddress local();

  InetSocketAddress remote();

  /// Queues `data` for sending and returns at once; bytes of several calls leave in order and are coalesced. Returns false where the flow
  /// is closed or its outbox is full (the flow is then closed: a peer that does not read is cut); the data is then not sent.
  boolean send(byte[] data);

  boolean isOpen();

  /// The name that the peer proved by its TLS certificate, or empty text.
  String provenName();

  /// Whether the peer's TLS certificate was issued for `domain` by an authority that is trusted here (RFC 5922 section 7.1); a certificate may name
  /// several domains, of which [#provenName] is but one.
  default boolean proves(String domain) {
    return !domain.isEmpty() && domain.equalsIgnoreCase(provenName());
  }

  /// The certificate that the peer has shown under TLS, as DER; empty where it has shown none.
  default Optional<byte[]> certificate() {
    return Optional.empty();
  }

  /// Whether an authority that is trusted here vouches for the peer being that host: a name, or the address itself. Always true where the
  /// configuration trusts anyone.
  default boolean provesHost(String host) {
    return proves(host);
  }

  /// Stops or resumes reading from a stream, so that a peer which sends faster than its bytes are worked off is slowed by TCP itself; without effect on
  /// UDP. Bytes that were read already may still arrive.
  default void reading(boolean on) {}

  /// Closes a connection after what is queued has left; without effect on UDP.
  void close();
}
