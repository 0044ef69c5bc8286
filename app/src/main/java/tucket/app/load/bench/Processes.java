// Processes that a benchmark starts, and what the operating system has counted for them.
package tucket.app.load.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tucket.app.command.Exit;
import tucket.app.command.Failure;

/// CPU time is utime and stime of /proc/PID/stat (proc(5)): all threads of a process, in hundredths of a second.
final class Processes {
  private static final long TICKS_A_SECOND = 100; // USER_HZ, the same on every Linux that Java runs on
  private static final long PATIENCE = 20;

  private Processes() {}

  static Process start(Path log, List<String> command) {
    return start(log, command, java.util.Map.of());
  }

  static Process start(Path log, List<String> command, java.util.Map<String, String> environment) {
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
      builder.environment().putAll(environment);
      return builder.start();
    } catch (IOException e) {
      throw new Failure(Exit.FAILED, "can't start " + command.getFirst() + ": " + e.getMessage());
    }
  }

  /// Runs a command to its end and returns what it printed.
  static String run(Path folder, List<String> command) {
    Path log = folder.resolve("command.log");
    Process process = start(log, command);
    try {
      if (!process.waitFor(120, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new Failure(Exit.FAILED, String.join(" ", command) + " failed:\n" + Machine.text(log).indent(2));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
      throw new Failure(Exit.FAILED, "interrupted");
    }
    return Machine.text(log);
  }

  /// Ends the process and what it has started, first gently.
  static void end(Process process) {
    List<ProcessHandle> children = new ArrayList<>(process.descendants().toList());
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
    children.forEach(ProcessHandle::destroyForcibly);
  }

  /// CPU seconds of the process and all its descendants so far.
  static double cpu(ProcessHandle process) {
    long ticks = ticks(process.pid());
    for (ProcessHandle child : process.descendants().toList()) {
      ticks += ticks(child.pid());
    }
    return (double) ticks / TICKS_A_SECOND;
  }

  /// CPU seconds of this process alone.
  static double own() {
    return (double) ticks(ProcessHandle.current().pid()) / TICKS_A_SECOND;
  }

  private static long ticks(long pid) {
    String stat = Machine.text(Path.of("/proc/" + pid + "/stat"));
    int name = stat.lastIndexOf(')'); // a name may hold anything
    if (name < 0) {
      return 0;
    }
    String[] fields = stat.substring(name + 2).split(" ");
    return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
  }

  /// KiB in memory (VmRSS).
  static long residentKib(ProcessHandle process) {
    return Machine.text(Path.of("/proc/" + process.pid() + "/status"))
        .lines()
        .filter(l -> l.startsWith("VmRSS:"))
        .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")))
        .findFirst()
        .orElse(0);
  }
}
