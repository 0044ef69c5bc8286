// Where the program starts: finds the command and turns what goes wrong into a sentence and an exit code.
package tucket.app;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParseResult;
import tucket.app.command.BackupCommand;
import tucket.app.command.BlockCommand;
import tucket.app.command.ChatCommand;
import tucket.app.command.ConfigCommand;
import tucket.app.command.DemoCommand;
import tucket.app.command.Exit;
import tucket.app.command.Failure;
import tucket.app.command.DocumentsCommand;
import tucket.app.command.FetchCommand;
import tucket.app.command.HealthCommand;
import tucket.app.command.ListenCommand;
import tucket.app.command.ListsCommand;
import tucket.app.command.PresenceCommand;
import tucket.app.command.ProfileCommand;
import tucket.app.command.QueueCommand;
import tucket.app.command.RegisterCommand;
import tucket.app.command.RegistrationsCommand;
import tucket.app.command.ReloadCommand;
import tucket.app.command.SendCommand;
import tucket.app.command.ServeCommand;
import tucket.app.command.SettingsCommand;
import tucket.app.command.SystemMessageCommand;
import tucket.app.command.TraceCommand;
import tucket.app.command.UserCommand;
import tucket.app.command.VersionCommand;
import tucket.app.config.BadConfiguration;
import tucket.app.doctor.DoctorCommand;
import tucket.app.fuzz.FuzzCommand;
import tucket.app.load.LoadCommand;
import tucket.app.load.RehearseCommand;
import tucket.app.load.bench.BenchCommand;
import tucket.app.simulate.SimulateCommand;
import tucket.app.torture.TortureCommand;
import tucket.client.Refused;
import tucket.transport.Unavailable;

/// `tucket` without a command prints its help.
@Command(
    name = "tucket",
    description = "An OMA SIMPLE IM server with RCS-e store and forward.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "%nFirst steps:",
      "  tucket demo                          see messages wait for people",
      "  tucket serve                         run the server",
      "  tucket listen --as bob               in a second terminal: be bob",
      "  tucket send --as alice bob \"Hello\"   in a third: be alice"
    },
    subcommands = {
      ServeCommand.class, DemoCommand.class, ConfigCommand.class, UserCommand.class, RegisterCommand.class, SendCommand.class, ListenCommand.class,
      FetchCommand.class, ChatCommand.class, ListsCommand.class, BlockCommand.class, ProfileCommand.class, DocumentsCommand.class, SettingsCommand.class,
      PresenceCommand.class, TraceCommand.class, QueueCommand.class, SystemMessageCommand.class, RegistrationsCommand.class, HealthCommand.class,
      BackupCommand.class, ReloadCommand.class, DoctorCommand.class, LoadCommand.class, BenchCommand.class, TortureCommand.class,
      SimulateCommand.class, FuzzCommand.class, RehearseCommand.class, VersionCommand.class,
      AutoComplete.GenerateCompletion.class, CommandLine.HelpCommand.class
    })
public final class Main implements Runnable {
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  public static void main(String[] args) {
    System.exit(run(args));
  }

  /// Runs one command line and returns its exit code; for tests, and for programs that have a virtual machine already.
  public static int run(String... args) {
    return commandLine().execute(args);
  }

  /// The commands as picocli knows them.
  public static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Main());
    line.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    line.setExecutionExceptionHandler(Main::failed);
    line.setUsageHelpAutoWidth(true);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    everywhere(line);
    return line;
  }

  /// `--help` and the exit codes on each command.
  private static void everywhere(CommandLine line) {
    line.getCommandSpec().mixinStandardHelpOptions(false);
    if (line.getCommandSpec().findOption("--help") == null) {
      line.getCommandSpec()
          .addOption(CommandLine.Model.OptionSpec.builder("-h", "--help").usageHelp(true).description("Show this help.").build());
    }
    line.getCommandSpec().usageMessage().exitCodeListHeading("%nExit codes:%n").exitCodeList(Exit.LIST);
    line.getSubcommands().values().forEach(Main::everywhere);
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  private static int failed(Exception e, CommandLine line, ParseResult parsed) {
    PrintWriter err = line.getErr();
    return switch (e) {
      case Failure failure -> said(err, failure.getMessage(), failure.code());
      case BadConfiguration bad -> said(err, "the configuration can't be used:\n" + String.valueOf(bad.getMessage()).indent(2).stripTrailing(), Exit.USAGE);
      case Refused refused -> said(err, "the server refused: " + refused.getMessage() + hint(refused.status()), Exit.REFUSED);
      case Unavailable unavailable -> said(err, unavailable.getMessage(), Exit.UNREACHABLE);
      case tucket.store.Unavailable unavailable -> said(err, unavailable.getMessage(), Exit.FAILED);
      default -> {
        err.println("tucket: this is a mistake in the program; please report it:");
        e.printStackTrace(err);
        yield Exit.FAILED;
      }
    };
  }

  private static String hint(int status) {
    return switch (status) {
      case 401, 407 -> " (wrong password, or no such user)";
      case 403 -> " (not allowed, or too many wrong passwords: wait some minutes)";
      case 404 -> " (wrong domain? --as user@domain)";
      case 503 -> " (the server is full or stopping)";
      default -> "";
    };
  }

  private static int said(PrintWriter err, @org.jspecify.annotations.Nullable String what, int code) {
    err.println("tucket: " + what);
    return code;
  }
}
