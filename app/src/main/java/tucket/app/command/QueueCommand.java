// tucket queue: what waits for a user.
package tucket.app.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tucket.app.admin.Administration.Waiting;

@Command(
    name = "queue",
    description = "List and delete the messages and notifications that wait for a user.",
    footer = {"%nExamples:", "  tucket queue list bob", "  tucket queue delete bob 3f9c0a7be1d24c5f90ab12cd", "  tucket queue delete bob all"})
public final class QueueCommand implements Runnable {
  @picocli.CommandLine.Spec private picocli.CommandLine.Model.CommandSpec spec = picocli.CommandLine.Model.CommandSpec.create();

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  @Command(name = "list", description = "What waits, oldest first.", footer = {"%nExamples:", "  tucket queue list bob", "  tucket queue list bob --json"})
  int list(@Mixin AdminOptions admin, @Mixin Output out, @Parameters(paramLabel = "USER") String user) {
    List<Waiting> waiting = admin.with(a -> a.queue(user));
    if (waiting.isEmpty()) {
      out.line("nothing waits for %s", user);
    } else {
      out.table(List.of("received", "kind", "from", "messageId", "bytes", "expires", "awaited"), waiting.stream().map(QueueCommand::row).toList());
    }
    return Exit.OK;
  }

  @Command(
      name = "delete",
      description = "Take one message out of the queue by its Message-ID, or all; exit code 1 where there was none.",
      footer = {"%nExamples:", "  tucket queue delete bob 3f9c0a7be1d24c5f90ab12cd", "  tucket queue delete bob all"})
  int delete(
      @Mixin AdminOptions admin,
      @Mixin Output out,
      @Parameters(index = "0", paramLabel = "USER") String user,
      @Parameters(index = "1", paramLabel = "MESSAGE-ID|all") String which) {
    int deleted = admin.with(a -> a.delete(user, which.equals("all") ? "" : which));
    out.event(Map.of("deleted", deleted), "%d deleted", deleted);
    return deleted > 0 ? Exit.OK : Exit.FAILED;
  }

  private static Map<String, Object> row(Waiting w) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("received", w.received());
    row.put("kind", w.kind());
    row.put("from", w.from());
    row.put("messageId", w.messageId());
    row.put("bytes", w.bytes());
    row.put("expires", w.expires());
    row.put("awaited", w.awaited().isEmpty() ? "the first device" : String.join(" ", w.awaited()));
    return row;
  }
}
