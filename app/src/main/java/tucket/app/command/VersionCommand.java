// tucket version: which program and which Java.
package tucket.app.command;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tucket.app.config.Version;

@Command(name = "version", description = "Print the version.", footer = {"%nExamples:", "  tucket version", "  tucket version --json"})
public final class VersionCommand implements Callable<Integer> {
  @Mixin private Output out = new Output();

  @Override
  public Integer call() {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("version", Version.NUMBER);
    fields.put("java", Runtime.version().toString());
    out.event(fields, "Tucket %s on Java %s", Version.NUMBER, Runtime.version());
    return Exit.OK;
  }
}
