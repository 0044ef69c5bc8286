// Which process holds the database of a data folder.
package tucket.app.doctor;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.OptionalLong;

/// The engine locks `<data>/db/LOCK` (fcntl). Linux tells the holder in `/proc/locks`; elsewhere, or where the holder is in another
/// container, taking the lock for a moment tells that there is one.
final class DataLock {
  private final Machine machine;

  DataLock(Machine machine) {
    this.machine = machine;
  }

  /// Who holds it: a process, or somebody who can't be seen (-1).
  Optional<Long> holder(Path data) {
    Path lock = data.resolve("db").resolve("LOCK");
    if (!Files.exists(lock)) {
      return Optional.empty();
    }
    OptionalLong told = told(lock);
    if (told.isPresent()) {
      return Optional.of(told.getAsLong());
    }
    return taken(lock) ? Optional.of(-1L) : Optional.empty();
  }

  String name(long holder) {
    return holder < 0 ? "a process that can't be seen from here" : machine.name(holder);
  }

  private OptionalLong told(Path lock) {
    String file;
    try {
      long device = ((Number) Files.getAttribute(lock, "unix:dev")).longValue();
      // The kernel's encoding of major and minor numbers in a dev_t, and /proc/locks' way of writing them.
      long major = device >>> 8 & 0xFFF;
      long minor = device & 0xFF | device >>> 12 & 0xFFF00;
      file = String.format("%02x:%02x:%s", major, minor, Files.getAttribute(lock, "unix:ino"));
    } catch (IOException | RuntimeException unknown) {
      return OptionalLong.empty();
    }
    for (String line : machine.lines("proc/locks")) {
      String[] fields = line.strip().split("\\s+");
      if (fields.length > 5 && fields[3].equals("WRITE") && fields[5].equals(file)) {
        return Machine.parse(fields[4]);
      }
    }
    return OptionalLong.empty();
  }

  private static boolean taken(Path lock) {
    try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
        FileLock mine = channel.tryLock()) {
      return mine == null;
    } catch (IOException | RuntimeException unknown) {
      return false;
    }
  }
}
