// Every bound of the network: how much may be queued, how many may connect, how long a peer may keep silent.
package tucket.transport.net;

import java.time.Duration;

/// Over a limit a connection is cut, a datagram is dropped, and the event is counted in [NetworkFigures].
///
/// @param outboxBytes what may wait to be written to one connection; each message counts its length and 64 bytes. The next message over
///     it cuts the connection.
/// @param outboxTotalBytes what may wait for all connections together; looked at every sweep (at most once a second), the fullest are cut
///     first.
/// @param datagramOutboxBytes what may wait to be written to one UDP socket; datagrams over it are dropped.
/// @param connections connections in both directions; further ones are closed at once.
/// @param connectionsPerAddress accepted connections from one remote IP address.
/// @param backlog connections that the kernel holds before they are accepted.
/// @param handshake the time a TLS handshake may take.
/// @param firstByte the time an accepted connection may take to send its first byte (under TLS, after the handshake).
/// @param idle the time without a byte in either direction after which a connection is closed.
/// @param stall the time that queued bytes may make no progress before the peer counts as dead.
public record NetworkLimits(
    int outboxBytes,
    long outboxTotalBytes,
    int datagramOutboxBytes,
    int connections,
    int connectionsPerAddress,
    int backlog,
    Duration handshake,
    Duration firstByte,
    Duration idle,
    Duration stall) {

  /// For a server that faces the Internet.
  public static final NetworkLimits DEFAULT =
      new NetworkLimits(
          4 << 20,
          512L << 20,
          16 << 20,
          100_000,
          10_000,
          4096,
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofHours(1),
          Duration.ofSeconds(30));

  public NetworkLimits {
    if (outboxBytes < 1 || outboxTotalBytes < outboxBytes || datagramOutboxBytes < 1) {
      throw new IllegalArgumentException("outbox limits must be positive, and the total not smaller than the one of a connection");
    }
    if (connections < 1 || connectionsPerAddress < 1 || backlog < 1) {
      throw new IllegalArgumentException("connection limits must be positive");
    }
    positive(handshake);
    positive(firstByte);
    positive(idle);
    positive(stall);
  }

  public NetworkLimits withOutboxBytes(int bytes) {
    return new NetworkLimits(
        bytes,
        Math.max(bytes, outboxTotalBytes),
        datagramOutboxBytes,
        connections,
        connectionsPerAddress,
        backlog,
        handshake,
        firstByte,
        idle,
        stall);
  }

  public NetworkLimits withConnections(int all, int perAddress) {
    return new NetworkLimits(
        outboxBytes, outboxTotalBytes, datagramOutboxBytes, all, perAddress, backlog, handshake, firstByte, idle, stall);
  }

  public NetworkLimits withTimes(Duration newHandshake, Duration newFirstByte, Duration newIdle, Duration newStall) {
    return new NetworkLimits(
        outboxBytes,
        outboxTotalBytes,
        datagramOutboxBytes,
        connections,
        connectionsPerAddress,
        backlog,
        newHandshake,
        newFirstByte,
        newIdle,
        newStall);
  }

  /// How often connections are looked at: a quarter of the shortest time, between 20 ms and a second.
  Duration sweep() {
    long shortest = Math.min(Math.min(firstByte.toMillis(), idle.toMillis()), stall.toMillis());
    return Duration.ofMillis(Math.clamp(shortest / 4, 20, 1000));
  }

  private static void positive(Duration time) {
    if (time.isNegative() || time.isZero()) {
      throw new IllegalArgumentException("a time limit must be positive");
    }
  }
}
