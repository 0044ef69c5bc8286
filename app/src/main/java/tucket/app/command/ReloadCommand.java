// tucket reload: has the running server read its certificates again.
package tucket.app.command;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tucket.app.admin.Administration;

@Command(
    name = "reload",
    description = {
      "Have the running server read its certificates and keys (sip.tls) again: for connections that are made from now on; open ones keep theirs.",
      "Where the new ones are no good, the server keeps the old ones and says why."
    },
    footer = {"%nExamples:", "  tucket reload", "  tucket reload --config my.conf"})
public final class ReloadCommand implements Callable<Integer> {
  @Mixin private AdminOptions admin = new AdminOptions();
  @Mixin private Output out = new Output();

  @Override
  public Integer call() {
    admin.with(
        (Administration a) -> {
          a.reloadTls();
          return true;
        });
    out.event(Map.of("event", "reloaded"), "the server has read its certificates again");
    return Exit.OK;
  }
}
