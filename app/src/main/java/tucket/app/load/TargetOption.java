// Which server the load goes to.
package tucket.app.load;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import tucket.app.command.Exit;
import tucket.app.command.Failure;
import tucket.app.command.ServerAddress;
import tucket.app.config.Config;
import tucket.transport.Endpoint;

/// A [ServerAddress] that is one of one's own machines.
final class TargetOption {
  private final Endpoint endpoint;
  private final String domain;

  TargetOption(@Nullable String text, @Nullable String transport, Config config) {
    domain = config.domain();
    endpoint = ServerAddress.of(text, transport, config, "--target");
    InetAddress address = endpoint.address().getAddress();
    boolean unique = address.getAddress().length == 16 && (address.getAddress()[0] & 0xfe) == 0xfc; // RFC 4193
    if (!address.isLoopbackAddress() && !address.isSiteLocalAddress() && !address.isLinkLocalAddress() && !unique) {
      throw new Failure(Exit.USAGE, address.getHostAddress() + " is no private address: load is for machines of your own");
    }
  }

  Endpoint endpoint() {
    return endpoint;
  }

  /// The domain of the configuration.
  String domain() {
    return domain;
  }
}
