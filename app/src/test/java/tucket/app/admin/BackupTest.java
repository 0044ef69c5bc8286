// A copy of the data that is made while the server runs is one that a server goes on from.
package tucket.app.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tucket.app.assembly.Assembly;
import tucket.app.config.Config;
import tucket.app.config.ConfigFile;

class BackupTest {
  @TempDir Path folder = Path.of("");

  @Test
  void aServerGoesOnFromACopyMadeWhileAnotherOneRan() {
    String copy = folder.resolve("copies").resolve("today").toString();
    try (Assembly server = Assembly.start(config(folder.resolve("data")))) {
      AdminToken token = AdminToken.find(folder.resolve("data")).orElseThrow();
      try (AdminClient admin = new AdminClient(server.http().orElseThrow(), token)) {
        admin.add("dave", "secret", "Dave", List.of());
        assertThat(admin.backup(copy).bytes()).isPositive();
        admin.add("erin", "secret", "Erin", List.of()); // after the copy
        assertThatThrownBy(() -> admin.backup(copy)).isInstanceOf(NotPossible.class).hasMessageContaining("already");
        assertThatThrownBy(() -> admin.backup("here")).isInstanceOf(NotPossible.class).hasMessageContaining("absolute");
      }
    }
    try (Assembly other = Assembly.start(config(Path.of(copy)))) {
      assertThat(other.administration().users()).extracting(Administration.User::displayName).contains("Dave").doesNotContain("Erin");
    }
  }

  @Test
  void whatIsInMemoryHasNoCopy() {
    try (Assembly server = Assembly.start(config(folder.resolve("data"), "storage.engine=memory"))) {
      assertThatThrownBy(() -> server.administration().backup(folder.resolve("copy").toString())).isInstanceOf(NotPossible.class);
    }
  }

  private static Config config(Path data, String... more) {
    List<String> all = new java.util.ArrayList<>(List.of(more));
    all.addAll(List.of("sip.listen=[\"udp:127.0.0.1:0\"]", "http.listen=\"127.0.0.1:0\"", "data=\"" + data + "\""));
    return ConfigFile.read(Optional.empty(), all);
  }
}
