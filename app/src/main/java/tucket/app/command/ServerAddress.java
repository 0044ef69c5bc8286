// Which server a command speaks to.
package tucket.app.command;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tucket.app.config.Config;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;

/// `[udp:|tcp:|tls:]HOST[:PORT]`, IPv6 in brackets; nothing means the first listener of the configuration that speaks the transport, on loopback where it
/// listens everywhere. The ports are 5060, and 5061 for TLS, where none is said.
public final class ServerAddress {
  private static final Pattern FORM = Pattern.compile("(?:(udp|tcp|tls):)?(\\[[^]]+]|[^:\\[\\]]+)(?::(\\d{1,5}))?");

  private ServerAddress() {}

  /// The server that `text` names, `transport` where that says none; `option` is what the user is told to name it with. Throws [Failure].
  public static Endpoint of(@Nullable String text, @Nullable String transport, Config config, String option) {
    Optional<Protocol> wanted = Optional.ofNullable(transport).map(ServerAddress::protocol);
    return text == null ? configured(config, wanted, option) : parse(text, wanted);
  }

  private static Endpoint configured(Config config, Optional<Protocol> wanted, String option) {
    Endpoint found =
        config.sip().listen().stream()
            .filter(e -> wanted.isEmpty() || e.protocol() == wanted.get())
            .findFirst()
            .orElseThrow(() -> new Failure(Exit.USAGE,
                "the configuration has no listener for " + wanted.map(Protocol::name).orElse("SIP") + ": name the server with " + option));
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
