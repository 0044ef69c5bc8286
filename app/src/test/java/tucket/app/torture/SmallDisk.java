// A small file system of its own for a test.
package tucket.app.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/// Only root can make one; elsewhere the test is skipped.
record SmallDisk(Path path) implements AutoCloseable {
  static SmallDisk mount(Path path, String size) {
    try {
      Files.createDirectories(path);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    Assumptions.assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", path.toString()), "this user cannot mount a small file system");
    return new SmallDisk(path);
  }

  void remount(String option) {
    assertThat(run("mount", "-o", "remount," + option, path.toString())).isTrue();
  }

  private static boolean run(String... command) {
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      return builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).start().onExit().join().exitValue() == 0;
    } catch (IOException notThere) {
      return false;
    }
  }

  @Override
  public void close() {
    run("umount", path.toString());
  }
}
