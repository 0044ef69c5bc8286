// What a command prints: lines for a person, or one JSON object a line for a script.
package tucket.app.command;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// Mixed into every command that offers `--json`.
public final class Output {
  @Option(names = "--json", description = "Print one JSON object a line, for scripts.")
  private boolean json;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  public boolean json() {
    return json;
  }

  /// A line for a person; nothing where the output is for a script.
  public void line(String format, @Nullable Object... args) {
    if (!json) {
      print(String.format(format, args));
    }
  }

  /// An object for a script; nothing where the output is for a person.
  public void object(Map<String, ?> fields) {
    if (json) {
      print(JsonMapper.shared().writeValueAsString(fields));
    }
  }

  /// Both ways: the object, or the line.
  public void event(Map<String, ?> fields, String format, @Nullable Object... args) {
    object(fields);
    line(format, args);
  }

  /// Rows under a heading, columns as wide as their widest cell; in JSON an object a row.
  public void table(List<String> columns, List<? extends Map<String, ?>> rows) {
    if (json) {
      rows.forEach(this::object);
      return;
    }
    int[] widths = columns.stream().mapToInt(String::length).toArray();
    for (Map<String, ?> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], cell(row, columns.get(i)).length());
      }
    }
    Map<String, String> head = new LinkedHashMap<>();
    columns.forEach(c -> head.put(c, c.toUpperCase(java.util.Locale.ROOT)));
    row(columns, widths, head);
    rows.forEach(row -> row(columns, widths, row));
  }

  private void row(List<String> columns, int[] widths, Map<String, ?> row) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String cell = cell(row, columns.get(i));
      line.append(cell).append(" ".repeat(i == widths.length - 1 ? 0 : widths[i] - cell.length() + 2));
    }
    print(line.toString());
  }

  private static String cell(Map<String, ?> row, String column) {
    Object value = row.get(column);
    return value == null ? "" : value.toString();
  }

  private synchronized void print(String text) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(text);
    out.flush();
  }
}
