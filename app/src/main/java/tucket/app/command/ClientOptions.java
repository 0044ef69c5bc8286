// The options of the commands that act as a user's client.
package tucket.app.command;

import java.io.Console;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tucket.app.assembly.LabUsers;
import tucket.app.config.Config;
import tucket.client.Account;
import tucket.client.ClientSettings;
import tucket.protocol.Malformed;
import tucket.protocol.msrp.MsrpUri;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.Uri;
import tucket.transport.Endpoint;
import tucket.transport.net.NetworkSettings;
import tucket.transport.net.SystemWorld;
import tucket.transport.net.TlsMaterial;
import tucket.transport.net.TlsSettings;

/// Mixed into `register`, `send`, `listen` and, by [XdmOptions], `lists`, `block` and `profile`.
public final class ClientOptions {
  @Option(names = "--as", required = true, paramLabel = "USER", description = "Who you are: alice, alice@domain or sip:alice@domain.")
  private String user = "";

  @Option(
      names = "--password",
      paramLabel = "PASSWORD",
      arity = "0..1",
      fallbackValue = "",
      description = "The password; without a value it is asked for. Otherwise TUCKET_PASSWORD is taken, and for lab users on loopback the lab password.")
  private @Nullable String password;

  @Option(names = "--password-file", paramLabel = "FILE", description = "A file whose first line is the password.")
  private @Nullable Path passwordFile;

  @Option(
      names = "--server",
      paramLabel = "[udp:|tcp:|tls:]HOST[:PORT]",
      description = "Where the server is (default: the first listener of the configuration).")
  private @Nullable String server;

  @Option(names = "--transport", paramLabel = "udp|tcp|tls", description = "How to speak to it (default: as the listener does).")
  private @Nullable String transport;

  @Option(names = "--trust", paramLabel = "FILE|any", description = "For tls: a PEM file of trusted authorities, or any for a lab certificate.")
  private @Nullable String trust;

  @Option(
      names = "--media-tls",
      paramLabel = "auto|always|never",
      defaultValue = "auto",
      description = "Whether the media of sessions goes over TLS; auto: as the signalling does (default: ${DEFAULT-VALUE}).")
  private String mediaTls = "auto";

  @Option(
      names = "--msrp-relay",
      paramLabel = "URI",
      description = "Have sessions relayed, from behind a NAT: msrps://192.0.2.7:2855;tcp. The password is the same.")
  private @Nullable String relay;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = "terminal",
      description = "The name of this device; another name is another device of the user (default: ${DEFAULT-VALUE}).")
  private String device = "terminal";

  @Mixin private ConfigOptions configOptions = new ConfigOptions();

  /// The outside of a client: one event loop, the TLS trust that was asked for.
  SystemWorld world() {
    return new SystemWorld(NetworkSettings.DEFAULT.withLoops(1), tls());
  }

  Config config() {
    return configOptions.read();
  }

  /// The TLS trust that was asked for.
  TlsMaterial tls() {
    TlsSettings tls = TlsSettings.CLIENT;
    if ("any".equals(trust)) {
      tls = tls.withTrust(new TlsSettings.Anyone());
    } else if (trust != null) {
      tls = tls.withTrust(new TlsSettings.Authorities(Path.of(trust)));
    }
    return TlsMaterial.load(tls);
  }

  ClientSettings settings() {
    Config config = configOptions.read();
    SipUri address = address(user, config.domain());
    Endpoint endpoint = ServerAddress.of(server, transport, config, "--server");
    ClientSettings settings = ClientSettings.of(new Account(address, address.user(), password(address, endpoint)), endpoint)
        .withInstance(instance(address)).withMediaTls(mediaTls());
    try {
      return relay == null ? settings : settings.withRelay(MsrpUri.parse(relay));
    } catch (Malformed e) {
      throw new Failure(Exit.USAGE, "--msrp-relay " + relay + " is no address such as msrps://192.0.2.7:2855;tcp: " + e.getMessage());
    }
  }

  private ClientSettings.MediaTls mediaTls() {
    return switch (mediaTls) {
      case "auto" -> ClientSettings.MediaTls.AS_SIGNALLING;
      case "always" -> ClientSettings.MediaTls.ALWAYS;
      case "never" -> ClientSettings.MediaTls.NEVER;
      default -> throw new Failure(Exit.USAGE, "--media-tls is auto, always or never, not \"" + mediaTls + "\"");
    };
  }

  /// The same for each start of the same user's device here, so that the server knows it again (RFC 5626 section 4.1).
  private String instance(SipUri address) {
    String name = String.join(" ", "tucket", address.toString(), device, System.getProperty("user.name", ""), System.getProperty("user.home", ""));
    return "urn:uuid:" + UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
  }

  /// `alice`, `alice@domain` or a URI, as a URI.
  SipUri address(String text) {
    return address(text, configOptions.read().domain());
  }

  /// Anybody's URI; also `tel:`, also a bare number with a plus sign; a name with a blank in it, or behind `name:`, is a display name.
  Uri anybody(String text) {
    if (text.startsWith("name:") || text.strip().indexOf(' ') > 0) {
      String name = text.startsWith("name:") ? text.substring(5) : text;
      return SipUri.of(name.strip(), configOptions.read().domain()).withParam("user", "display-name");
    }
    if (text.startsWith("+")) {
      return uri("tel:" + text);
    }
    return text.startsWith("tel:") ? uri(text) : address(text);
  }

  private static SipUri address(String text, String domain) {
    String full = text.startsWith("sip:") || text.startsWith("sips:") ? text : "sip:" + text + (text.indexOf('@') >= 0 ? "" : "@" + domain);
    if (uri(full) instanceof SipUri sip && !sip.user().isEmpty()) {
      return sip;
    }
    throw new Failure(Exit.USAGE, "\"" + text + "\" is no user: write alice, alice@domain or sip:alice@domain");
  }

  private static Uri uri(String text) {
    try {
      return Uri.parse(text);
    } catch (Malformed e) {
      throw new Failure(Exit.USAGE, "\"" + text + "\" is no address: " + e.getMessage());
    }
  }

  private String password(SipUri address, Endpoint endpoint) {
    if (passwordFile != null) {
      try {
        return Files.readString(passwordFile).lines().findFirst().orElse("");
      } catch (IOException e) {
        throw new Failure(Exit.USAGE, "can't read the password from " + passwordFile);
      }
    }
    if (password != null) {
      return password.isEmpty() ? ask(address) : password;
    }
    String fromEnvironment = System.getenv("TUCKET_PASSWORD");
    if (fromEnvironment != null) {
      return fromEnvironment;
    }
    return Optional.of(address.user())
        .filter(u -> endpoint.address().getAddress().isLoopbackAddress())
        .flatMap(LabUsers::passwordOf)
        .orElseThrow(() -> new Failure(Exit.USAGE, "no password: give --password, --password-file or TUCKET_PASSWORD"));
  }

  private static String ask(SipUri address) {
    Console console = System.console();
    char[] typed = console == null ? null : console.readPassword("Password of %s: ", address.user());
    if (typed == null) {
      throw new Failure(Exit.USAGE, "no terminal to ask for the password: give --password-file or TUCKET_PASSWORD");
    }
    return new String(typed);
  }
}
