// A data folder that is free, held by another server, or open to others.
package tucket.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tucket.app.doctor.Finding.Level;
import tucket.store.RocksEngine;
import tucket.store.RocksSettings;

@EnabledOnOs(OS.LINUX)
class DataCheckTest {
  @TempDir Path data = Path.of("");
  private final DataCheck check = new DataCheck(Machine.HERE);

  @Test
  void aFolderThatNobodyHoldsIsFine() throws IOException {
    close(data);
    assertThat(Patient.look(check, Patient.config(data))).extracting(Finding::level).containsOnly(Level.OK);
  }

  @Test
  void aDatabaseThatWasClosedIsHeldByNobody() throws IOException {
    close(data);
    new RocksEngine(data.resolve("db"), RocksSettings.DEFAULT).close();
    assertThat(Patient.look(check, Patient.config(data))).extracting(Finding::level).containsOnly(Level.OK);
  }

  @Test
  void anotherServerThatHoldsTheFolderIsAProblem() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      free = socket.getLocalPort();
    }
    try (RocksEngine engine = new RocksEngine(data.resolve("db"), RocksSettings.DEFAULT)) {
      List<Finding> found = Patient.look(check, Patient.config(data, "sip.listen=[\"tcp:127.0.0.1:" + free + "\"]"));
      Finding problem = Patient.of(found, Level.PROBLEM).getFirst();
      assertThat(problem.what()).contains("is held by").contains("pid " + ProcessHandle.current().pid());
      assertThat(engine.figures().trouble()).isEmpty();
    }
  }

  @Test
  void aHolderIsNoticedWhereTheSystemDoesNotNameIt(@TempDir Path nothing) throws IOException {
    Path lock = Files.createFile(Files.createDirectory(data.resolve("db")).resolve("LOCK"));
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process other = new ProcessBuilder(java, "-cp", System.getProperty("java.class.path"), LockHolder.class.getName(), lock.toString()).start();
    try {
      DataLock blind = new DataLock(new Machine(nothing));
      await().atMost(60, TimeUnit.SECONDS).until(() -> blind.holder(data).isPresent());
      assertThat(blind.holder(data)).contains(-1L);
      assertThat(new DataLock(Machine.HERE).holder(data)).contains(other.pid());
    } finally {
      other.destroyForcibly();
    }
  }

  @Test
  void anAdminTokenThatOthersReadIsAProblem() throws IOException {
    Path token = Files.writeString(data.resolve("admin.token"), "secret");
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-r--r--"));
    Finding problem = Patient.of(Patient.look(check, Patient.config(data)), Level.PROBLEM).getFirst();
    assertThat(problem.remedy()).contains("chmod 600 " + token);
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
    assertThat(Patient.of(Patient.look(check, Patient.config(data)), Level.PROBLEM)).isEmpty();
  }

  @Test
  void aFolderThatOthersEnterIsWarnedOf() throws IOException {
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-xr-x"));
    List<Finding> warnings = Patient.of(Patient.look(check, Patient.config(data)), Level.WARNING);
    assertThat(warnings).singleElement().satisfies(f -> assertThat(f.remedy()).contains("chmod o="));
  }

  private static void close(Path folder) throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-x---"));
  }
}
