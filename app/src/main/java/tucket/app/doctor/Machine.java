// The operating system's own files about itself.
package tucket.app.doctor;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Reads `/proc`, `/sys` and `/etc` under a root folder; on systems that have no such files everything is empty. Tests give a root of
/// their own.
final class Machine {
  static final Machine HERE = new Machine(Path.of("/"));

  private final Path root;

  Machine(Path root) {
    this.root = root;
  }

  Path path(String name) {
    return root.resolve(name);
  }

  /// A file's text, if it is there and may be read. `name` is relative to the root: `proc/meminfo`.
  Optional<String> text(String name) {
    try {
      return Optional.of(Files.readString(path(name)));
    } catch (IOException | RuntimeException unreadable) {
      return Optional.empty();
    }
  }

  List<String> lines(String name) {
    return text(name).stream().flatMap(String::lines).toList();
  }

  /// A file that holds one number.
  OptionalLong number(String name) {
    return text(name).map(t -> parse(t.strip())).orElse(OptionalLong.empty());
  }

  static OptionalLong parse(String digits) {
    try {
      return OptionalLong.of(Long.parseLong(digits));
    } catch (NumberFormatException no) {
      return OptionalLong.empty();
    }
  }

  /// The processes that can be seen from here.
  List<Long> processes() {
    List<Long> all = new ArrayList<>();
    try (DirectoryStream<Path> there = Files.newDirectoryStream(path("proc"), "[0-9]*")) {
      there.forEach(p -> parse(String.valueOf(p.getFileName())).ifPresent(all::add));
    } catch (IOException | RuntimeException none) {
      return List.of();
    }
    return all;
  }

  /// `java (pid 4711)`, as far as it may be known.
  String name(long pid) {
    return text("proc/" + pid + "/comm").map(String::strip).orElse("a process") + " (pid " + pid + ")";
  }
}
