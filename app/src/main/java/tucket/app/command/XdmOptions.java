// The options of the commands that read and write a user's documents.
package tucket.app.command;

import java.net.URI;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tucket.app.config.Config;
import tucket.client.ImClient;
import tucket.client.xcap.XdmClient;
import tucket.transport.net.SystemWorld;

/// Mixed into `lists`, `block`, `profile` and `documents`.
public final class XdmOptions {
  @Mixin private ClientOptions client = new ClientOptions();

  @Option(names = "--xcap", paramLabel = "URI", description = "The XCAP root (default: the one of the configuration).")
  private @Nullable URI root;

  /// Does something with the documents of the user of `--as`.
  <T> T with(Function<XdmClient, T> use) {
    try (SystemWorld world = client.world();
        XdmClient xdm = new XdmClient(client.settings().account(), root(), Optional.of(client.tls()), world.world().chance())) {
      return use.apply(xdm);
    }
  }

  /// The same with a client that speaks SIP beside it, to be told of changes.
  int withSip(SipUse use) throws InterruptedException {
    try (SystemWorld world = client.world();
        ImClient im = new ImClient(world.world(), client.settings());
        XdmClient xdm = new XdmClient(client.settings().account(), root(), Optional.of(client.tls()), world.world().chance())) {
      return use.with(world, im, xdm);
    }
  }

  /// What a command does with both; returns its exit code.
  interface SipUse {
    int with(SystemWorld world, ImClient im, XdmClient xdm) throws InterruptedException;
  }

  /// A user as documents name him.
  String user(String text) {
    return client.anybody(text).toString();
  }

  private URI root() {
    if (root != null) {
      return root;
    }
    Config.Xdms xdms = client.config().xdms();
    if (!xdms.root().isEmpty()) {
      return URI.create(xdms.root());
    }
    return xdms.listen()
        .filter(at -> at.getPort() > 0)
        .map(at -> URI.create((xdms.tls() ? "https://" : "http://") + (at.getAddress().isAnyLocalAddress() ? "127.0.0.1" : at.getAddress().getHostAddress())
            + ":" + at.getPort() + "/xcap"))
        .orElseThrow(() -> new Failure(Exit.USAGE, "the configuration has no xdms.listen with a port: name the XCAP root with --xcap"));
  }
}
