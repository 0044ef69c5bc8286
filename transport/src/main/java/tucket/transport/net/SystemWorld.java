// The real world, put together.
package tucket.transport.net;

import tucket.transport.World;

/// Owns the clock and the network of a [World]; closing it closes both.
public final class SystemWorld implements AutoCloseable {
  private final SystemClock clock = new SystemClock();
  private final NettyNetwork network;
  private final World world;

  /// Work runs on the JDK's own virtual threads.
  public SystemWorld(NetworkSettings settings, TlsMaterial tls) {
    this(settings, tls, false);
  }

  /// @param workOnLoops run work on the event loops ([LoopThreads], where its price is told) instead of on the JDK's own scheduler.
  public SystemWorld(NetworkSettings settings, TlsMaterial tls, boolean workOnLoops) {
    network = new NettyNetwork(settings, tls);
    world = new World(clock, network, new SecureChance(), workOnLoops ? LoopThreads.over(network) : new VirtualThreads());
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
