// A transport address: protocol, IP address and port.
package tucket.transport;

import java.net.InetSocketAddress;

/// `address` is resolved (never a bare name). Port 0 when listening means: any free port.
public record Endpoint(Protocol protocol, InetSocketAddress address) {
  public String host() {
    return address.getAddress().getHostAddress();
  }

  public int port() {
    return address.getPort();
  }

  /// Host and port as SIP writes them: IPv6 in brackets.
  public String hostPort() {
    String host = host();
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port();
  }

  @Override
  public String toString() {
    return protocol.name().toLowerCase(java.util.Locale.ROOT) + ":" + hostPort();
  }
}
