// tucket doctor: says what is wrong with the configuration and the machine, and what to do about it.
package tucket.app.doctor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tucket.app.command.ConfigOptions;
import tucket.app.command.Exit;
import tucket.app.command.Output;
import tucket.app.config.BadConfiguration;
import tucket.app.config.Config;
import tucket.app.config.Version;
import tucket.app.doctor.Finding.Level;

@Command(
    name = "doctor",
    description = {
      "Look at ports, DNS, certificates, disk, limits of the operating system, clock and Java, and say what to do about what is wrong.",
      "Nothing is changed; a running server is not disturbed. Run it as the user of the server."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:no problem (there may be warnings)", "1:problems were found", "2:the command line is wrong"},
    footer = {
      "%nExamples:",
      "  tucket doctor",
      "  tucket doctor --config /etc/tucket/tucket.conf",
      "  tucket doctor --json | jq 'select(.level == \"problem\")'"
    })
public final class DoctorCommand implements Callable<Integer> {
  @Mixin private ConfigOptions options = new ConfigOptions();
  @Mixin private Output out = new Output();

  @Override
  public Integer call() {
    List<Finding> findings = findings();
    out.line("Tucket %s looks at its configuration and at this machine.", Version.NUMBER);
    String area = "";
    for (Finding finding : findings) {
      if (!finding.area().equals(area)) {
        area = finding.area();
        out.line("%n%s", area);
      }
      show(finding);
    }
    long problems = count(findings, Level.PROBLEM);
    long warnings = count(findings, Level.WARNING);
    long ok = count(findings, Level.OK);
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("problems", problems);
    summary.put("warnings", warnings);
    summary.put("ok", ok);
    out.event(summary, "%n%d problem%s, %d warning%s, %d ok", problems, problems == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s", ok);
    return problems == 0 ? Exit.OK : Exit.FAILED;
  }

  private List<Finding> findings() {
    Config config;
    try {
      config = options.read();
    } catch (BadConfiguration bad) {
      return bad.problems().stream()
          .map(p -> new Finding("configuration", Level.PROBLEM, p.toString(), "correct it; `tucket config` prints every setting with what it allows"))
          .toList();
    }
    return Doctor.examine(config);
  }

  private void show(Finding finding) {
    Map<String, Object> fields = new LinkedHashMap<>();
    String level = finding.level().name().toLowerCase(Locale.ROOT);
    fields.put("area", finding.area());
    fields.put("level", level);
    fields.put("what", finding.what());
    if (!finding.remedy().isEmpty()) {
      fields.put("remedy", finding.remedy());
    }
    out.event(fields, "  %-8s %s", level, finding.what());
    if (!finding.remedy().isEmpty()) {
      out.line("  %-8s -> %s", "", finding.remedy());
    }
  }

  private static long count(List<Finding> findings, Level level) {
    return findings.stream().filter(f -> f.level() == level).count();
  }
}
