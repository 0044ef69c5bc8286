// A scene as it stands in its file.
package tucket.app.scene;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// `engines` are the storage engines it is played on, `settings` what is set over the defaults (`path=value`), `lines` the steps.
record Scene(String name, List<String> engines, List<String> settings, List<Line> lines) {

  /// One step: its number in the file, its text, and the block of `|` lines under it.
  record Line(int number, String text, List<String> block) {}

  /// Reads a file. Blank lines and comments (`#`) are left out; `on ENGINE, ENGINE` and `with PATH = VALUE` stand before the steps.
  static Scene read(Path file, String text) {
    List<String> engines = List.of("memory");
    List<String> settings = new ArrayList<>();
    List<Line> lines = new ArrayList<>();
    int number = 0;
    for (String raw : text.split("\n", -1)) {
      number++;
      String line = raw.strip();
      if (line.startsWith("|")) {
        if (lines.isEmpty()) {
          throw new SceneFailure(number, raw, "a block belongs to a step");
        }
        lines.getLast().block().add(line.length() > 1 && line.charAt(1) == ' ' ? line.substring(2) : line.substring(1));
      } else if (line.isEmpty() || line.startsWith("#")) {
        continue;
      } else if (line.startsWith("on ") && lines.isEmpty()) {
        engines = Stream.of(line.substring(3).split(",")).map(String::strip).toList();
      } else if (line.startsWith("with ") && lines.isEmpty()) {
        settings.add(line.substring(5).strip());
      } else {
        lines.add(new Line(number, line, new ArrayList<>()));
      }
    }
    if (lines.isEmpty()) {
      throw new SceneFailure(number, "", "a scene needs at least one step");
    }
    return new Scene(String.valueOf(file.getFileName()).replace(".scene", ""), engines, List.copyOf(settings), List.copyOf(lines));
  }

  boolean kills() {
    return lines.stream().anyMatch(l -> l.text().startsWith("the server is killed"));
  }
}
