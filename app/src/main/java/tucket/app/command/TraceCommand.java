// tucket trace: the life of one message.
package tucket.app.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tucket.app.admin.Administration.Happened;

@Command(
    name = "trace",
    description = "Show where a message is, who acknowledged what, and when. Exit code 1 where nothing is known of it.",
    footer = {"%nExamples:", "  tucket trace 3f9c0a7be1d24c5f90ab12cd", "  tucket trace 3f9c0a7be1d24c5f90ab12cd --json"})
public final class TraceCommand implements Callable<Integer> {
  @Mixin private AdminOptions admin = new AdminOptions();
  @Mixin private Output out = new Output();

  @Parameters(paramLabel = "MESSAGE-ID", description = "The Message-ID, as ./tucket send prints it.")
  private String messageId = "";

  @Override
  public Integer call() {
    List<Happened> life = admin.with(a -> a.trace(messageId));
    if (life.isEmpty()) {
      out.line("nothing is known of %s", messageId);
      return Exit.FAILED;
    }
    out.table(List.of("at", "what", "who", "detail"), life.stream().map(TraceCommand::row).toList());
    return Exit.OK;
  }

  private static Map<String, String> row(Happened h) {
    Map<String, String> row = new LinkedHashMap<>();
    row.put("at", h.at());
    row.put("what", h.what());
    row.put("who", h.who());
    row.put("detail", h.detail());
    return row;
  }
}
