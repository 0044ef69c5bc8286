// What a URI says about the next hop before any name is looked up.
package tucket.transport.dns;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tucket.protocol.sip.IpAddress;
import tucket.protocol.sip.SipUri;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;

/// RFC 3263 section 4: TARGET (the maddr parameter, else the host), port and transport.
///
/// @param host in lower case, without brackets and without a final dot
/// @param port -1 where none is written
/// @param transport empty where the URI leaves it open
record Wanted(SipUri uri, String host, int port, Optional<Protocol> transport) {
  static Wanted of(SipUri uri) {
    String host = IpAddress.bare(uri.params().value("maddr").filter(maddr -> !maddr.isEmpty()).orElse(uri.host())).toLowerCase(Locale.ROOT);
    String rooted = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    return new Wanted(uri, rooted, uri.port(), uri.transport().map(name -> transport(uri, name)));
  }

  private static Protocol transport(SipUri uri, String name) {
    return switch (name) {
      // RFC 3261 section 26.2.2: with sips, TCP means TLS over TCP; transport=tls is the deprecated spelling of it.
      case "tcp" -> uri.secure() ? Protocol.TLS : Protocol.TCP;
      case "tls" -> Protocol.TLS;
      // RFC 7118 section 5.2: the parameter is ws for both.
      case "ws" -> uri.secure() ? Protocol.WSS : Protocol.WS;
      case "wss" -> Protocol.WSS;
      case "udp" -> {
        if (uri.secure()) {
          throw new Unavailable("Can't send to " + uri + ": sips wants TLS, which UDP does not have.");
        }
        yield Protocol.UDP;
      }
      default -> throw new Unavailable("Can't send to " + uri + ": the transport \"" + name + "\" is not supported here.");
    };
  }

  /// The transport where neither the URI nor DNS says one.
  Protocol transportOrDefault() {
    return transport.orElse(uri.secure() ? Protocol.TLS : Protocol.UDP);
  }

  Optional<InetAddress> numeric() {
    return IpAddress.isIpv4(host) || IpAddress.isIpv6(host) ? Optional.of(InetAddress.ofLiteral(host)) : Optional.empty();
  }

  /// These addresses by the URI's own port and transport, or their defaults.
  List<Endpoint> at(List<InetAddress> addresses) {
    Protocol protocol = transportOrDefault();
    int to = port >= 0 ? port : defaultPort(protocol);
    return addresses.stream().map(address -> new Endpoint(protocol, new InetSocketAddress(address, to))).toList();
  }

  Unavailable unknown(String why) {
    return new Unavailable("Can't find where to send " + uri.scheme() + ":" + host + ": " + why + ".");
  }

  // RFC 3261 section 19.1.2, RFC 7118 section 5.5
  static int defaultPort(Protocol protocol) {
    return switch (protocol) {
      case UDP, TCP -> 5060;
      case TLS -> 5061;
      case WS -> 80;
      case WSS -> 443;
    };
  }
}
