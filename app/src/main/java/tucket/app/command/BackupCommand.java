// tucket backup: a copy of the data while the server runs.
package tucket.app.command;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tucket.app.admin.Administration.BackedUp;

@Command(
    name = "backup",
    description = {
      "Copy users, registrations and all that waits to a new folder on the server's machine, while the server runs (or when it does not).",
      "On the same file system it is a matter of hard links. To go on from it: stop the server, put FOLDER/db in place of <data>/db, start it."
    },
    footer = {"%nExamples:", "  tucket backup /var/lib/tucket/backups/2026-11-22", "  tucket backup --json \"$PWD/copy\""})
public final class BackupCommand implements Callable<Integer> {
  @Mixin private AdminOptions admin = new AdminOptions();
  @Mixin private Output out = new Output();

  @Parameters(paramLabel = "FOLDER", description = "A new folder that the user of the server may write.")
  private Path folder = Path.of("");

  @Override
  public Integer call() {
    String target = folder.toAbsolutePath().normalize().toString();
    BackedUp done = admin.with(a -> a.backup(target));
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("folder", done.folder());
    fields.put("bytes", done.bytes());
    out.event(fields, "%s has a copy of the data, %s", done.folder(), String.format(Locale.ROOT, "%.1f MiB", done.bytes() / (double) (1 << 20)));
    return Exit.OK;
  }
}
