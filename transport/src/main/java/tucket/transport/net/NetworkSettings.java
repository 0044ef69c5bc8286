// How the network is run: event loops, native sockets, UDP sockets, limits.
package tucket.transport.net;

/// @param loops event loops, each with a thread of its own; 0 means one a core.
/// @param nativeSockets use epoll where the machine has it (NIO otherwise, and on every other system).
/// @param datagramSocketPerLoop with epoll, open one UDP socket a loop on the same port (SO_REUSEPORT), so that the kernel spreads peers
///     over the loops.
/// @param datagramBufferBytes what the kernel is asked to buffer for a UDP socket in each direction; it may give less.
/// @param limits the bounds.
public record NetworkSettings(
    int loops, boolean nativeSockets, boolean datagramSocketPerLoop, int datagramBufferBytes, NetworkLimits limits) {
  public static final NetworkSettings DEFAULT = new NetworkSettings(0, true, true, 4 << 20, NetworkLimits.DEFAULT);

  public NetworkSettings {
    if (loops < 0 || loops > 1024) {
      throw new IllegalArgumentException("network loops must be 0 (one a core) to 1024");
    }
    if (datagramBufferBytes < 1) {
      throw new IllegalArgumentException("the datagram buffer must be positive");
    }
  }

  public NetworkSettings withLoops(int count) {
    return new NetworkSettings(count, nativeSockets, datagramSocketPerLoop, datagramBufferBytes, limits);
  }

  public NetworkSettings withLimits(NetworkLimits newLimits) {
    return new NetworkSettings(loops, nativeSockets, datagramSocketPerLoop, datagramBufferBytes, newLimits);
  }

  public NetworkSettings withNativeSockets(boolean on) {
    return new NetworkSettings(loops, on, datagramSocketPerLoop, datagramBufferBytes, limits);
  }
}
