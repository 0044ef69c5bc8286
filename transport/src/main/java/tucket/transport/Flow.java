// One path to one peer: a connection, or a local UDP socket together with a remote address.
package tucket.transport;

import java.net.InetSocketAddress;

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

  /// Closes a connection after what is queued has left; without effect on UDP.
  void close();
}
