// Gives the server and the load generator cores of their own.
package tucket.app.load.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// By taskset(1): the server gets the last core, this process all others. Where there is but one core, or no taskset, both share what there is.
/// Closing gives this process all cores back.
record Cores(Path folder, boolean apart) implements AutoCloseable {
  private static final Path TASKSET = Path.of("/usr/bin/taskset");
  private static final int ALL = Runtime.getRuntime().availableProcessors();

  static Cores take(Path folder) {
    Cores cores = new Cores(folder, ALL > 1 && Files.isExecutable(TASKSET));
    if (cores.apart) {
      cores.keepTo(ALL - 2);
    }
    return cores;
  }

  /// What the server's command is to begin with.
  List<String> server() {
    return apart ? List.of(TASKSET.toString(), "-c", Integer.toString(ALL - 1)) : List.of();
  }

  String shown() {
    return apart ? "the server has one core, the generator the other" + (ALL > 2 ? "s" : "") : "server and generator share all cores";
  }

  private void keepTo(int last) {
    Processes.run(folder, List.of(TASKSET.toString(), "-a", "-c", "-p", "0-" + last, Long.toString(ProcessHandle.current().pid())));
  }

  @Override
  public void close() {
    if (apart) {
      keepTo(ALL - 1);
    }
  }
}
