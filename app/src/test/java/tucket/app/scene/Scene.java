// A scene as it stands in its file.
package tucket.app.scene;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// `engines` are the storage engines it is played on, `settings` what is set over the defaults (`path=value`), `own` what is set for
/// one domain alone, `lines` the steps. Where there are `peers`, these are two domains with a server each; where it is `behindCore`,
/// the server has another core before it.
record Scene(
    String name, List<String> engines, List<String> settings, Map<String, List<String>> own, List<String> peers, boolean behindCore, boolean wantsIpv6,
    List<Line> lines) {
  private static final Pattern FOR_EACH = Pattern.compile("for each ([A-Z]+) of (.+)");

  /// One step: its number in the file, its text, and the block under it.
  record Line(int number, String text, Block block) {
    Line with(String name, String value) {
      return new Line(number, text.replace("{" + name + "}", value), block.with(name, value));
    }
  }

  /// Reads a file; docs/scenes.md has its form.
  static Scene read(Path file, String text) {
    Reader reader = new Reader();
    int number = 0;
    for (String raw : text.split("\n", -1)) {
      reader.line(++number, raw);
    }
    reader.endLoop();
    if (reader.lines.isEmpty()) {
      throw new SceneFailure(number, "", "a scene needs at least one step");
    }
    String name = String.valueOf(file.getFileName()).replace(".scene", "");
    return new Scene(
        name, reader.engines, List.copyOf(reader.settings), Map.copyOf(reader.own), reader.peers, reader.behindCore, reader.wantsIpv6,
        List.copyOf(reader.lines));
  }

  boolean kills() {
    return lines.stream().anyMatch(l -> l.text().matches("the server(?: of \\S+)? is killed.*"));
  }

  /// Whether that server performs the Deferred Messaging Function.
  boolean defers(String domain) {
    return own.getOrDefault(domain, List.of()).stream().noneMatch(s -> s.replace(" ", "").equals("im.deferral=false"));
  }

  /// Line by line; the steps under a `for each` are collected until a line stands at the margin again.
  private static final class Reader {
    private List<String> engines = List.of("memory");
    private List<String> peers = List.of();
    private boolean behindCore;
    private boolean wantsIpv6;
    private final List<String> settings = new ArrayList<>();
    private final Map<String, List<String>> own = new LinkedHashMap<>();
    private final List<Line> lines = new ArrayList<>();
    private final List<Line> loop = new ArrayList<>();
    private String loopName = "";
    private List<String> loopValues = List.of();

    void line(int number, String raw) {
      String line = raw.strip();
      boolean inLoop = !loopName.isEmpty() && raw.startsWith("  ");
      if (line.startsWith("|") || line.startsWith(":")) {
        List<Line> steps = loopName.isEmpty() ? lines : loop;
        if (steps.isEmpty()) {
          throw new SceneFailure(number, raw, "a block belongs to a step");
        }
        steps.getLast().block().add(line);
      } else if (!line.isEmpty() && !line.startsWith("#")) {
        if (!inLoop) {
          endLoop();
        }
        Matcher each = FOR_EACH.matcher(line);
        if (each.matches()) {
          loopName = each.group(1);
          loopValues = split(each.group(2));
        } else if (inLoop) {
          loop.add(new Line(number, line, new Block()));
        } else if (!lines.isEmpty() || !head(line)) {
          lines.add(new Line(number, line, new Block()));
        }
      }
    }

    private boolean head(String line) {
      if (line.startsWith("on ")) {
        engines = split(line.substring(3));
      } else if (line.startsWith("with ")) {
        settings.add(line.substring(5).strip());
      } else if (line.matches("at \\S+ with .+")) {
        String[] parts = line.split(" ", 4);
        own.computeIfAbsent(parts[1], d -> new ArrayList<>()).add(parts[3]);
      } else if (line.startsWith("peers ")) {
        peers = split(line.substring(6));
      } else if (line.equals("behind another core")) {
        behindCore = true;
      } else if (line.equals("needs IPv6")) {
        wantsIpv6 = true;
      } else {
        return false;
      }
      return true;
    }

    private static List<String> split(String text) {
      return Stream.of(text.split(",")).map(String::strip).toList();
    }

    void endLoop() {
      for (String value : loopName.isEmpty() ? List.<String>of() : loopValues) {
        loop.forEach(step -> lines.add(step.with(loopName, value)));
      }
      loop.clear();
      loopName = "";
    }
  }
}
