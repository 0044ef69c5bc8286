// tucket block: whom a user does not want to hear from.
package tucket.app.command;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tucket.client.xcap.ContactLists;

@Command(
    name = "block",
    description = "Block users, let them through again, or show who is blocked. It is in force for the very next message.",
    footer = {
      "%nExamples:", "  tucket block --as alice mallory", "  tucket block --as alice --undo mallory", "  tucket block --as alice"
    })
public final class BlockCommand implements Callable<Integer> {
  @Mixin private XdmOptions xdm = new XdmOptions();
  @Mixin private Output out = new Output();

  @Option(names = "--undo", description = "Let them through again.")
  private boolean undo;

  @Parameters(arity = "0..*", paramLabel = "USER", description = "Whom: bob, bob@domain, sip:bob@domain, tel:+4912345; none: show who is blocked.")
  private List<String> users = List.of();

  @Override
  public Integer call() {
    return xdm.with(client -> {
      ContactLists lists = new ContactLists(client);
      if (users.isEmpty()) {
        out.table(List.of("user"), lists.blocked().stream().map(c -> Map.of("user", c.uri())).toList());
        return Exit.OK;
      }
      int count = 0;
      for (String user : users) {
        if (!undo) {
          lists.block(xdm.user(user));
          count++;
        } else if (lists.unblock(xdm.user(user))) {
          count++;
        }
      }
      String what = undo ? "unblocked" : "blocked";
      out.event(Map.of(what, count), "%d %s", count, what);
      return count > 0 ? Exit.OK : Exit.FAILED;
    });
  }
}
