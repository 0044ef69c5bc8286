// Holds docs/conformance.tsv to the truth: each requirement has a row, and each class, test and scene it names exists.
package tucket.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The columns are id, level, where (section of the OMA architecture document), state (yes, partial, no), class, test, note. Several
/// classes
/// or tests are separated by a comma and a blank. A test is `Class#method` with the full class name, or `scenes/name.scene`.
class SpecTest {
  private static final String HEAD = "id\tlevel\twhere\tstate\tclass\ttest\tnote";
  private static final Set<String> STATES = Set.of("yes", "partial", "no");

  private record Row(String id, String level, String where, String state, List<String> classes, List<String> tests, String note) {}

  @Test
  void eachRequirementHasOneRow() {
    List<String> wanted =
        Stream.of(
                numbered("S", 24), numbered("F", 4), numbered("D", 10), numbered("U", 7), numbered("M", 9), lettered("I1", 'h'), lettered("I2", 'f'),
                lettered("I3", 'b'), lettered("I4", 'd'), lettered("I5", 'a'), lettered("I6", 'a'), lettered("I7", 'b'), lettered("I8", 'b'))
            .flatMap(s -> s)
            .toList();
    assertThat(rows().stream().map(Row::id)).containsExactlyElementsOf(wanted);
  }

  @Test
  void statesAreKnownAndWhatIsThereIsShown() {
    List<String> found = new ArrayList<>();
    for (Row row : rows()) {
      if (!STATES.contains(row.state)) {
        found.add(row.id + ": state " + row.state);
      }
      if (!row.state.equals("no") && (row.classes.isEmpty() || row.tests.isEmpty())) {
        found.add(row.id + ": is " + row.state + " but names no class or no test");
      }
      if (!row.state.equals("yes") && row.note.length() < 10) {
        found.add(row.id + ": is " + row.state + " but the note does not say what is missing");
      }
    }
    assertThat(found).isEmpty();
  }

  @Test
  void eachClassExists() {
    List<String> found = new ArrayList<>();
    for (Row row : rows()) {
      for (String name : row.classes) {
        if (source("main", name) == null) {
          found.add(row.id + ": there is no class " + name);
        }
      }
    }
    assertThat(found).isEmpty();
  }

  @Test
  void eachTestExists() {
    List<String> found = new ArrayList<>();
    for (Row row : rows()) {
      for (String test : row.tests) {
        if (!exists(test)) {
          found.add(row.id + ": there is no test " + test);
        }
      }
    }
    assertThat(found).isEmpty();
  }

  @Test
  void whatIsThereIsShownByAScene() {
    assertThat(rows().stream().filter(r -> !r.state.equals("no") && r.tests.stream().noneMatch(t -> t.startsWith("scenes/"))).map(Row::id)).isEmpty();
  }

  @Test
  void eachSceneIsNamedByARow() {
    List<String> named = rows().stream().flatMap(r -> r.tests.stream()).filter(t -> t.startsWith("scenes/")).toList();
    Path folder = ProjectFiles.root().resolve("app/src/test/resources/scenes");
    assertThat(ProjectFiles.under(folder, ".scene").stream().map(p -> "scenes/" + p.getFileName())).allMatch(named::contains);
  }

  private static boolean exists(String test) {
    if (test.startsWith("scenes/")) {
      return Files.isRegularFile(ProjectFiles.root().resolve("app/src/test/resources").resolve(test));
    }
    String[] parts = test.split("#", 2);
    Path file = source("test", parts[0]);
    return file != null && (parts.length == 1 || ProjectFiles.text(file).contains(" " + parts[1] + "("));
  }

  private static @org.jspecify.annotations.Nullable Path source(String kind, String name) {
    for (String module : ProjectFiles.MODULES) {
      Path file = ProjectFiles.root().resolve(module).resolve("src").resolve(kind).resolve("java").resolve(name.replace('.', '/') + ".java");
      if (Files.isRegularFile(file)) {
        return file;
      }
    }
    return null;
  }

  private static List<Row> rows() {
    List<String> lines = ProjectFiles.text(ProjectFiles.root().resolve("docs/conformance.tsv")).lines().toList();
    assertThat(lines.getFirst()).isEqualTo(HEAD);
    return lines.stream().skip(1).map(SpecTest::row).toList();
  }

  private static Row row(String line) {
    String[] cells = line.split("\t", -1);
    assertThat(cells).as(line).hasSize(7);
    return new Row(cells[0], cells[1], cells[2], cells[3], list(cells[4]), list(cells[5]), cells[6]);
  }

  private static List<String> list(String cell) {
    return cell.isEmpty() || cell.equals("-") ? List.of() : List.of(cell.split(", "));
  }

  private static Stream<String> numbered(String letter, int last) {
    return IntStream.rangeClosed(1, last).mapToObj(n -> "%s%02d".formatted(letter, n));
  }

  private static Stream<String> lettered(String stem, char last) {
    return IntStream.rangeClosed('a', last).mapToObj(c -> stem + (char) c);
  }
}
