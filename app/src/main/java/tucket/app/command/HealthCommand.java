// tucket health: whether the server is up and takes requests.
package tucket.app.command;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tucket.app.admin.AdminClient;
import tucket.app.config.Config;

@Command(
    name = "health",
    description = "Ask the running server whether it is ready: exit code 0 ready, 1 up but not ready, 3 not there.",
    footer = {"%nExamples:", "  tucket health", "  tucket health --json"})
public final class HealthCommand implements Callable<Integer> {
  @Mixin private AdminOptions admin = new AdminOptions();
  @Mixin private Output out = new Output();

  @Override
  public Integer call() {
    Config config = admin.config();
    var at = config.http().orElseThrow(() -> new Failure(Exit.USAGE, "the configuration has no http.listen, so there is nothing to ask"));
    try (AdminClient client = new AdminClient(at, null)) {
      boolean ready = client.get("/ready").status() == 200;
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("up", true);
      fields.put("ready", ready);
      out.event(fields, ready ? "the server is up and ready" : "the server is up, but takes no requests");
      return ready ? Exit.OK : Exit.FAILED;
    }
  }
}
