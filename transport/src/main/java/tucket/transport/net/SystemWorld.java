// The real world, put together.
package tucket.transport.net;

import tucket.transport.World;

/// Owns the clock and the network of a [World]; closing it closes both.
public final class SystemWorld implements AutoCloseable {
  private final SystemClock clock = new SystemClock();
  private final NettyNetwork network;
  private final World world;

  public SystemWorld(NetworkSettings settings, TlsMaterial tls) {
    network = new NettyNetwork(settings, tls);
    world = new World(clock, network, new SecureChance(), new VirtualThreads());
  }

  public World world() {
    return world;
  }

  public NettyNetwork network() {
    return network;
  }

  @Override
  public void close() {
    network.close();
    clock.close();
  }
}
