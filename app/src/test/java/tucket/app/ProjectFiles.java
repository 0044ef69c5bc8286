// Finds the files of the project from wherever the tests run.
package tucket.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The tests of this module that read sources, documents and classes of the whole project start here.
public final class ProjectFiles {
  static final List<String> MODULES = List.of("protocol", "store", "transport", "server", "client", "app");

  private ProjectFiles() {}

  /// The folder that holds all modules.
  public static Path root() {
    Path at = Path.of("").toAbsolutePath();
    while (at != null && !Files.isDirectory(at.resolve("protocol/src"))) {
      at = at.getParent();
    }
    if (at == null) {
      throw new IllegalStateException("not inside the project: " + Path.of("").toAbsolutePath());
    }
    return at;
  }

  /// All Java sources of all modules, tests included.
  static List<Path> javaSources() {
    return MODULES.stream().flatMap(module -> under(root().resolve(module).resolve("src"), ".java").stream()).toList();
  }

  /// Regular files under `folder` whose name ends with `suffix`, in a stable order; none where the folder is not there.
  static List<Path> under(Path folder, String suffix) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(p -> p.toString().endsWith(suffix) && Files.isRegularFile(p)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  /// The path as a person names it: from the root of the project.
  static String name(Path file) {
    return root().relativize(file.toAbsolutePath()).toString();
  }
}
