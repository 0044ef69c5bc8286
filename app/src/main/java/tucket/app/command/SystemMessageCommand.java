// tucket system-message: a message from the operator.
package tucket.app.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tucket.app.admin.Administration.Announced;

@Command(
    name = "system-message",
    description = "Send a message from the operator to one, some or all users; it is stored for those who are away.",
    footer = {
      "%nExamples:", "  tucket system-message --to bob \"Your mailbox is full\"", "  tucket system-message --to all \"Maintenance at noon\""
    })
public final class SystemMessageCommand implements Callable<Integer> {
  @Mixin private AdminOptions admin = new AdminOptions();
  @Mixin private Output out = new Output();

  @Option(names = "--to", required = true, split = ",", paramLabel = "USER,...|all", description = "Who is to get it.")
  private List<String> to = List.of();

  @Option(names = "--type", paramLabel = "TYPE", defaultValue = "text/plain;charset=utf-8", description = "The media type (default: ${DEFAULT-VALUE}).")
  private String type = "";

  @Parameters(paramLabel = "TEXT", description = "What to say.")
  private String text = "";

  @Override
  public Integer call() {
    List<String> users = to.equals(List.of("all")) ? List.of() : to;
    Announced result = admin.with(a -> a.announce(users, type, text));
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("messageId", result.messageId());
    fields.put("delivered", result.delivered());
    fields.put("stored", result.stored());
    fields.put("failed", result.failed());
    out.event(
        fields,
        "%d have it, for %d it is stored, %d failed%s  Message-ID %s",
        result.delivered(),
        result.stored(),
        result.failed().size(),
        result.failed().isEmpty() ? "" : " " + result.failed(),
        result.messageId());
    return result.failed().isEmpty() ? Exit.OK : Exit.FAILED;
  }
}
