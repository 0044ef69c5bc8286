// The operating system's own files about itself.
package tucket.app.doctor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
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

  /// Tables of very many sockets are cut off here.
  private static final int LARGEST = 64 << 20;

  private final Path root;

  Machine(Path root) {
    this.root = root;
  }

  Path path(String name) {
    return root.resolve(name);
  }

  /// A file's text, if it is there and may be read. `name` is relative to the root: `proc/meminfo`.
  Optional<String> text(String name) {
    // In one piece: files under /proc/sys give only what the first read asks for.
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(path(name))) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (int n = in.read(buffer); n >= 0 && all.size() < LARGEST; n = in.read(buffer)) {
        all.write(buffer, 0, n);
      }
      return Optional.of(all.toString(StandardCharsets.UTF_8));
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
