// What a figure was measured on.
package tucket.app.load.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// Without names: only what a figure depends on. `load` is the number of processes that wanted to run, as an average of the last minute.
public record Machine(int cores, String model, long memoryMib, String system, String java, double load) {
  /// Above this share of the cores the machine was not quiet before we began, and the figures suffer.
  private static final double QUIET = 0.25;

  static Machine here() {
    return new Machine(
        Runtime.getRuntime().availableProcessors(),
        field("/proc/cpuinfo", "model name"),
        number(field("/proc/meminfo", "MemTotal")) / 1024,
        System.getProperty("os.name", "") + " " + System.getProperty("os.version", ""),
        System.getProperty("java.vm.name", "") + " " + System.getProperty("java.vm.version", ""),
        average());
  }

  boolean isQuiet() {
    return load <= QUIET * cores;
  }

  static double average() {
    String text = text(Path.of("/proc/loadavg"));
    return text.isEmpty() ? 0 : Double.parseDouble(text.substring(0, text.indexOf(' ')));
  }

  private static String field(String file, String name) {
    return text(Path.of(file)).lines().filter(l -> l.startsWith(name)).findFirst().map(l -> l.substring(l.indexOf(':') + 1).strip()).orElse("");
  }

  private static long number(String text) {
    String digits = text.replaceAll("\\D", "");
    return digits.isEmpty() ? 0 : Long.parseLong(digits);
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }

  @Override
  public String toString() {
    return cores + " cores " + model + ", " + memoryMib + " MiB, " + system + ", " + java + ", load average at start " + load;
  }

  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("cores", cores);
    fields.put("model", model);
    fields.put("memoryMib", memoryMib);
    fields.put("system", system);
    fields.put("java", java);
    fields.put("load", load);
    fields.put("quiet", isQuiet());
    return fields;
  }
}
