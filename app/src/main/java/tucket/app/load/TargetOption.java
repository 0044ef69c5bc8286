// Which server the load goes to.
package tucket.app.load;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tucket.app.command.Exit;
import tucket.app.command.Failure;
import tucket.app.config.Config;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;

/// `[udp:|tcp:|tls:]HOST[:PORT]`, IPv6 in brackets; nothing means the first listener of the configuration that speaks the transport.
final class TargetOption {
  private static final Pattern FORM = Pattern.compile("(?:(udp|tcp|tls):)?(\\[[^]]+]|[^:\\[\\]]+)(?::(\\d{1,5}))?");

  private final Endpoint endpoint;
  private final String domain;

  TargetOption(@Nullable String text, @Nullable String transport, Config config) {
    domain = config.domain();
    Optional<Protocol> wanted = Optional.ofNullable(transport).map(TargetOption::protocol);
    endpoint = text == null ? configured(config, wanted) : parse(text, wanted);
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

  private static Endpoint configured(Config config, Optional<Protocol> wanted) {
    Endpoint found =
        config.sip().listen().stream()
            .filter(e -> wanted.isEmpty() || e.protocol() == wanted.get())
            .findFirst()
            .orElseThrow(() -> new Failure(Exit.USAGE, "the configuration has no such listener: name the server with --target"));
    return found.address().getAddress().isAnyLocalAddress()
        ? new Endpoint(found.protocol(), new InetSocketAddress(InetAddress.getLoopbackAddress(), found.port()))
        : found;
  }

  private static Endpoint parse(String text, Optional<Protocol> wanted) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      throw new Failure(Exit.USAGE, "\"" + text + "\" is no server: write udp:127.0.0.1:5060");
    }
    Protocol protocol = parts.group(1) != null ? protocol(parts.group(1)) : wanted.orElse(Protocol.UDP);
    int port = parts.group(3) != null ? Integer.parseInt(parts.group(3)) : protocol.secure() ? 5061 : 5060;
    try {
      return new Endpoint(protocol, new InetSocketAddress(InetAddress.getByName(parts.group(2)), port));
    } catch (UnknownHostException e) {
      throw new Failure(Exit.UNREACHABLE, "the name " + parts.group(2) + " is not known here");
    }
  }

  private static Protocol protocol(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "udp" -> Protocol.UDP;
      case "tcp" -> Protocol.TCP;
      case "tls" -> Protocol.TLS;
      default -> throw new Failure(Exit.USAGE, "\"" + text + "\" is no transport: udp, tcp or tls");
    };
  }
}
