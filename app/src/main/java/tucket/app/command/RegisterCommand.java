// tucket register: registers a user once and shows what the registrar granted.
package tucket.app.command;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tucket.client.ImClient;
import tucket.client.Registration;
import tucket.transport.net.SystemWorld;

@Command(
    name = "register",
    description = "Register a user, to see whether address, password and server fit.",
    footer = {
      "%nExamples:",
      "  tucket register --as alice",
      "  tucket register --as alice@im.example --server tls:im.example --password",
      "  tucket register --as alice --keep --expires 60"
    })
public final class RegisterCommand implements Callable<Integer> {
  @Mixin private ClientOptions client = new ClientOptions();
  @Mixin private Output out = new Output();

  @Option(names = "--expires", paramLabel = "SECONDS", defaultValue = "3600", description = "The life of the registration (default: ${DEFAULT-VALUE}).")
  private int expires = 3600;

  @Option(names = "--keep", description = "Leave the registration in place; else it is taken back at the end, for nobody listens here.")
  private boolean keep;

  @Override
  public Integer call() {
    try (SystemWorld world = client.world();
        ImClient im = new ImClient(world.world(), client.settings().withExpires(Duration.ofSeconds(expires)))) {
      Registration granted = im.register();
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("address", im.settings().account().address().toString());
      fields.put("contact", im.local().toString());
      fields.put("instance", im.instance());
      fields.put("expires", granted.expires().toSeconds());
      granted.gruu().ifPresent(g -> fields.put("gruu", g.toString()));
      out.event(fields, "%s may register, for %d s", fields.get("address"), granted.expires().toSeconds());
      if (!keep) {
        im.leave();
      }
      return Exit.OK;
    }
  }
}
