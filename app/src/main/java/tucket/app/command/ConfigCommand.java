// tucket config: the reference, the check, and what is in force.
package tucket.app.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tucket.app.config.ConfigFile;

@Command(
    name = "config",
    description = "Print every setting with its default and its meaning; check a file; show what is in force.",
    footer = {
      "%nExamples:",
      "  tucket config > my.conf",
      "  tucket config check my.conf",
      "  tucket config print --effective --config my.conf --set http.listen=\\\"\\\""
    })
public final class ConfigCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    return print(false, new ConfigOptions());
  }

  @Command(name = "print", description = "Print the commented defaults, or with --effective what is in force.")
  int print(
      @Option(names = "--effective", description = "The values in force: the file and --set over the defaults.") boolean effective,
      @Mixin ConfigOptions options) {
    spec.commandLine().getOut().print(effective ? ConfigFile.effective(options.file(), options.settings()) : ConfigFile.reference());
    spec.commandLine().getOut().flush();
    return Exit.OK;
  }

  @Command(name = "check", description = "Say all that is wrong with a file, without starting anything; exit code 2 where something is.")
  int check(@Parameters(paramLabel = "FILE", description = "The configuration file.") Path file) {
    ConfigFile.read(Optional.of(file), List.of());
    spec.commandLine().getOut().println(file + ": nothing is wrong with it");
    return Exit.OK;
  }
}
