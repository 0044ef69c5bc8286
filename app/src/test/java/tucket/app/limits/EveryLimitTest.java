// Holds the configuration, the tests of its limits and the page on them together.
package tucket.app.limits;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tucket.app.ProjectFiles;

class EveryLimitTest {
  private static final Pattern TIME_OR_SIZE = Pattern.compile("\\d+(ms|s|m|h|d|KiB|MiB|GiB)");
  private static final Pattern MARKED = Pattern.compile("\n  @Shows\\(([^)]*)\\)\n(.*?)\n  }\n", Pattern.DOTALL);
  private static final Pattern KEY = Pattern.compile("\"([^\"]+)\"");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z0-9.-]+)` \\| ([^|]*) \\|");

  /// Whatever is under `limits`, and every number, time and size elsewhere, with its default as it is written.
  private static Map<String, String> limits() {
    Path file = ProjectFiles.root().resolve("app/src/main/resources/tucket/app/config/tucket.conf");
    Map<String, String> found = new TreeMap<>();
    ConfigFactory.parseFile(file.toFile()).entrySet().forEach(e -> {
      String value = String.valueOf(e.getValue().unwrapped());
      boolean bound = e.getValue().valueType() == ConfigValueType.NUMBER || TIME_OR_SIZE.matcher(value).matches();
      if (bound || e.getKey().startsWith("limits.")) {
        found.put(e.getKey(), value);
      }
    });
    return found;
  }

  private static List<MatchResult> marked() throws Exception {
    List<MatchResult> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(ProjectFiles.root().resolve("app/src/test/java/tucket/app/limits"))) {
      for (Path file : files.filter(f -> f.toString().endsWith("Test.java")).sorted().toList()) {
        MARKED.matcher(ProjectFiles.text(file)).results().forEach(found::add);
      }
    }
    return found;
  }

  @Test
  void eachLimitHasATestThatShowsItsEffect() throws Exception {
    TreeSet<String> shown = new TreeSet<>();
    for (MatchResult test : marked()) {
      KEY.matcher(test.group(1)).results().forEach(k -> shown.add(k.group(1)));
    }
    assertThat(shown).as("settings that tests marked @Shows set, and those of tucket.conf").containsExactlyElementsOf(limits().keySet());
  }

  @Test
  void eachTestSetsWhatItShows() throws Exception {
    for (MatchResult test : marked()) {
      assertThat(test.group(2)).contains("Test\n");
      KEY.matcher(test.group(1)).results().forEach(k -> assertThat(test.group(2)).contains(k.group(1) + "="));
    }
  }

  @Test
  void thePageOnLimitsHasEachWithItsDefault() {
    Map<String, String> rows = new TreeMap<>();
    ROW.matcher(ProjectFiles.text(ProjectFiles.root().resolve("docs/limits.md"))).results().forEach(r -> rows.put(r.group(1), r.group(2).strip()));
    assertThat(rows).as("rows of docs/limits.md, and settings of tucket.conf").containsExactlyInAnyOrderEntriesOf(limits());
  }
}
