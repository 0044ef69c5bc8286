// Ports for servers and phones that are switched off and on again.
package tucket.app.torture;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import tucket.transport.Endpoint;
import tucket.transport.FlowHandler;
import tucket.transport.Flow;
import tucket.transport.Network;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;

/// Below the range from which systems choose ports for outgoing connections (RFC 6335 section 6: 49152 and up; Linux 32768 and up), so that
/// nobody takes one while its owner is off. Not thread-safe.
final class FreePorts {
  private static final int LOWEST = 20_000;
  private static final int HIGHEST = 32_000;
  private static final int TRIES = 1_000;
  private static final FlowHandler NOBODY = new FlowHandler() {
    @Override
    public void opened(Flow flow) {}

    @Override
    public void received(Flow flow, byte[] data) {}

    @Override
    public void closed(Flow flow, String why) {}
  };

  private final Network network;
  private final SplittableRandom random;
  private final Set<Integer> given = new HashSet<>();

  FreePorts(Network network, SplittableRandom random) {
    this.network = network;
    this.random = random;
  }

  /// A loopback endpoint that nobody listens at now. Throws [Unavailable] where none is found.
  Endpoint take(Protocol protocol) {
    for (int i = 0; i < TRIES; i++) {
      int port = random.nextInt(LOWEST, HIGHEST);
      Endpoint endpoint = new Endpoint(protocol, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      if (given.add(port) && isFree(endpoint)) {
        return endpoint;
      }
    }
    throw new Unavailable("no free port from " + LOWEST + " to " + HIGHEST);
  }

  private boolean isFree(Endpoint endpoint) {
    try {
      network.listen(endpoint, NOBODY).close();
      return true;
    } catch (Unavailable taken) {
      return false;
    }
  }
}
