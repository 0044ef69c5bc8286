// Whether the disk under the data folder keeps what it is given, and how fast.
package tucket.app.doctor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;
import tucket.app.config.Config;
import tucket.transport.Clock;

/// Writes a file of some hundred KiB beside the database and removes it again. Each 2xx to a message that was stored waits for an fdatasync,
/// shared with the others that come in meanwhile.
final class DiskCheck implements Check {
  private static final int SYNCS = 256;
  private static final int BLOCK = 4096;
  private static final long MOST_NANOS = 3_000_000_000L;
  private static final long LEAST_ROOM = 64L << 20; // a write buffer and its log
  private static final long SCARCE_ROOM = 2L << 30;
  private static final long SLOW_MICROS = 10_000;
  private static final long MICROS_NO_DISK_REACHES = 3;

  private final Clock clock;

  DiskCheck(Clock clock) {
    this.clock = clock;
  }

  @Override
  public String area() {
    return "disk";
  }

  @Override
  public void look(Config config, Findings to) {
    if (config.storage() == Config.Storage.MEMORY) {
      to.warning("storage.engine = memory: everything is gone when the server stops", "set storage.engine = rocksdb");
      return;
    }
    Path folder = config.data().toAbsolutePath().normalize();
    Path there = folder;
    while (there.getParent() != null && !Files.exists(there)) {
      there = there.getParent();
    }
    if (!Files.isDirectory(there)) {
      to.problem(there + " is no folder", "name another one with the setting data");
      return;
    }
    fileSystem(there, to);
    Path probe = there.resolve("tucket-doctor-" + clock.nanos() + ".tmp");
    try {
      long[] syncs = measure(probe);
      to.ok(folder + (there.equals(folder) ? " can be written" : " is not there yet; it can be made"));
      speed(syncs, to);
    } catch (IOException failure) {
      to.problem(
          "can't write in " + there + " (" + failure.getMessage() + ")",
          "`chown -R " + System.getProperty("user.name", "tucket") + " " + there + "`, mount it writable, or name another folder with the setting data");
    }
  }

  private static void fileSystem(Path folder, Findings to) {
    try {
      FileStore store = Files.getFileStore(folder);
      kind(store.type().toLowerCase(Locale.ROOT), folder, to);
      room(store.getUsableSpace(), store.getTotalSpace(), to);
    } catch (IOException unknown) {
      to.warning("can't tell what file system " + folder + " is on (" + unknown.getMessage() + ")", "check the disk and its mount");
    }
  }

  static void room(long free, long total, Findings to) {
    String shown = size(free) + " of " + size(total) + " are free";
    String remedy = "free some space: without room nothing can be stored, and senders are answered 503";
    if (free < LEAST_ROOM) {
      to.problem(shown, remedy);
    } else {
      to.warningIf(free < SCARCE_ROOM, shown, remedy);
    }
  }

  static void kind(String type, Path folder, Findings to) {
    if (type.equals("tmpfs") || type.equals("ramfs")) {
      to.warning(folder + " is in memory (" + type + "): all that was acknowledged is lost when the machine stops", "set data to a folder on a disk");
    } else if (type.startsWith("nfs") || type.startsWith("cifs") || type.startsWith("smb") || type.startsWith("fuse") || type.equals("9p")) {
      to.warning(folder + " is on a network file system (" + type + "), whose locks and syncs may not hold", "set data to a folder on a local disk");
    } else if (type.startsWith("overlay") || type.equals("aufs")) {
      to.warning(folder + " is a container's own layer (" + type + "), which goes with the container", "mount a volume there (`-v tucket:/var/lib/tucket`)");
    } else {
      to.ok("the file system is " + type);
    }
  }

  /// Sorted times of an appended block and its fdatasync, in nanoseconds.
  private long[] measure(Path probe) throws IOException {
    long[] nanos = new long[SYNCS];
    int done = 0;
    try (FileChannel file = FileChannel.open(probe, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      byte[] filler = new byte[BLOCK];
      Arrays.fill(filler, (byte) 'T');
      long began = clock.nanos();
      while (done < SYNCS && clock.nanos() - began < MOST_NANOS) {
        long before = clock.nanos();
        ByteBuffer block = ByteBuffer.wrap(filler);
        while (block.hasRemaining()) {
          file.write(block);
        }
        file.force(false);
        nanos[done++] = clock.nanos() - before;
      }
    } finally {
      Files.deleteIfExists(probe);
    }
    long[] all = Arrays.copyOf(nanos, done);
    Arrays.sort(all);
    return all;
  }

  /// `nanos` are the times of syncs, sorted.
  static void speed(long[] nanos, Findings to) {
    long median = nanos[nanos.length / 2] / 1000;
    long p99 = nanos[Math.min(nanos.length - 1, nanos.length * 99 / 100)] / 1000;
    String shown = String.format(Locale.ROOT, "%d fdatasyncs of 4 KiB: median %d us, p99 %d us", nanos.length, median, p99);
    if (median > SLOW_MICROS) {
      to.warning(shown + ": each sender waits that long for his 202", "put data on an SSD, or on a controller whose cache has a battery");
    } else if (median < MICROS_NO_DISK_REACHES) {
      to.warning(shown + ": no disk is that fast, so nothing is synced", "mount with barriers and without nobarrier or libeatmydata, or use another disk");
    } else {
      to.ok(shown);
    }
  }

  static String size(long bytes) {
    return bytes >= 1L << 30 ? String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1 << 30)) : bytes / (1 << 20) + " MiB";
  }
}
