// Folders that can be written, that can't, and that are on no disk.
package tucket.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tucket.app.doctor.Finding.Level;

class DiskCheckTest {
  @TempDir Path data = Path.of("");
  private final DiskCheck check = new DiskCheck(Patient.clock(Duration.ZERO, Duration.ZERO));

  @Test
  void syncsAreMeasuredAndNothingIsLeftBehind() throws IOException {
    List<Finding> found = Patient.look(check, Patient.config(data));
    assertThat(Patient.of(found, Level.PROBLEM)).isEmpty();
    assertThat(found).extracting(Finding::what).anyMatch(w -> w.matches("\\d+ fdatasyncs of 4 KiB: median \\d+ us, p99 \\d+ us.*"));
    try (Stream<Path> left = Files.list(data)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void aFolderThatIsNotThereYetIsMeasuredWhereItWillBe() {
    List<Finding> found = Patient.look(check, Patient.config(data.resolve("a").resolve("b")));
    assertThat(Patient.of(found, Level.PROBLEM)).isEmpty();
    assertThat(found).extracting(Finding::what).anyMatch(w -> w.contains("not there yet"));
    assertThat(data.resolve("a")).doesNotExist();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFolderThatNobodyCanWriteIsAProblem() {
    // Not even root makes a file here.
    List<Finding> found = Patient.look(check, Patient.config(Path.of("/proc/tucket")));
    assertThat(Patient.of(found, Level.PROBLEM)).extracting(Finding::what).anyMatch(w -> w.contains("can't write in /proc"));
  }

  @Test
  void aFileInPlaceOfTheFolderIsAProblem() throws IOException {
    Path file = Files.writeString(data.resolve("file"), "");
    assertThat(Patient.look(check, Patient.config(file))).extracting(Finding::level).containsExactly(Level.PROBLEM);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFolderInMemoryIsWarnedOf() throws IOException {
    Path memory = Path.of("/dev/shm");
    assumeTrue(Files.isWritable(memory) && Files.getFileStore(memory).type().equals("tmpfs"));
    List<Finding> found = Patient.look(check, Patient.config(memory.resolve("tucket-doctor-test")));
    assertThat(Patient.of(found, Level.WARNING)).extracting(Finding::what).anyMatch(w -> w.contains("in memory (tmpfs)"));
  }

  private static Finding only(Consumer<Findings> look) {
    Findings found = new Findings("disk");
    look.accept(found);
    assertThat(found.all()).hasSize(1);
    return found.all().getFirst();
  }

  private static long[] syncs(long micros) {
    long[] nanos = new long[100];
    Arrays.fill(nanos, micros * 1000);
    return nanos;
  }

  @Test
  void aDiskThatSyncsSlowlyIsWarnedOf() {
    Finding slow = only(to -> DiskCheck.speed(syncs(12_000), to));
    assertThat(slow.level()).isEqualTo(Level.WARNING);
    assertThat(slow.what()).contains("median 12000 us").contains("each sender waits that long for his 202");
    assertThat(slow.remedy()).contains("SSD");
    assertThat(only(to -> DiskCheck.speed(syncs(9_000), to)).level()).isEqualTo(Level.OK);
  }

  @Test
  void aDiskThatSyncsFasterThanAnyCanIsWarnedOf() {
    Finding fast = only(to -> DiskCheck.speed(syncs(1), to));
    assertThat(fast.level()).isEqualTo(Level.WARNING);
    assertThat(fast.what()).contains("nothing is synced");
    assertThat(fast.remedy()).contains("libeatmydata");
  }

  @Test
  void littleRoomIsWarnedOfAndNoneIsAProblem() {
    assertThat(only(to -> DiskCheck.room(10L << 30, 100L << 30, to)).level()).isEqualTo(Level.OK);
    assertThat(only(to -> DiskCheck.room(1L << 30, 100L << 30, to)).level()).isEqualTo(Level.WARNING);
    Finding full = only(to -> DiskCheck.room(1L << 20, 100L << 30, to));
    assertThat(full.level()).isEqualTo(Level.PROBLEM);
    assertThat(full.what()).isEqualTo("1 MiB of 100.0 GiB are free");
    assertThat(full.remedy()).contains("free some space");
  }

  @Test
  void fileSystemsThatDoNotKeepWhatTheyAreGivenAreWarnedOf() {
    assertThat(only(to -> DiskCheck.kind("ext4", data, to)).level()).isEqualTo(Level.OK);
    assertThat(only(to -> DiskCheck.kind("tmpfs", data, to)).remedy()).contains("a folder on a disk");
    assertThat(only(to -> DiskCheck.kind("nfs4", data, to)).remedy()).contains("a local disk");
    assertThat(only(to -> DiskCheck.kind("overlay", data, to)).remedy()).contains("mount a volume");
  }

  @Test
  void theEngineInMemoryIsWarnedOf() {
    assertThat(Patient.look(check, Patient.config(data, "storage.engine=memory"))).extracting(Finding::level).containsExactly(Level.WARNING);
  }
}
