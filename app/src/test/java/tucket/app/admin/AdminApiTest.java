// The admin API of a server that runs, over HTTP, as programs see it; and its description.
package tucket.app.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tucket.app.ProjectFiles;
import tucket.app.assembly.Assembly;
import tucket.app.config.ConfigFile;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AdminApiTest {
  // Made before the server is, which an injected folder would not be.
  private final Path data = temporary();

  private Assembly server = start();
  private AdminClient admin = client();

  private Assembly start() {
    return Assembly.start(
        ConfigFile.read(
            Optional.empty(),
            List.of(
                "sip.listen=[\"udp:127.0.0.1:0\"]", "http.listen=\"127.0.0.1:0\"", "data=\"" + data + "\"", "storage.engine=memory", "log.level=error")));
  }

  private AdminClient client() {
    return new AdminClient(server.http().orElseThrow(), AdminToken.find(data).orElseThrow());
  }

  @BeforeAll
  void isUp() {
    assertThat(admin.get("/ready").status()).isEqualTo(200);
  }

  @AfterAll
  void close() {
    admin.close();
    server.close();
    remove(data);
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("tucket");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void remove(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void healthAndMetricsAreOpen() {
    try (AdminClient anybody = new AdminClient(server.http().orElseThrow(), null)) {
      assertThat(anybody.get("/health").body()).contains("\"status\":\"up\"");
      assertThat(anybody.get("/metrics").body()).contains("# TYPE tucket_registered_users gauge")
          .contains("tucket_sip_events_total{event=\"refused\"} 0.0").contains("tucket_network_events_total{event=\"bytes_in\"}");
    }
  }

  @Test
  void everythingElseWantsTheToken() {
    try (AdminClient anybody = new AdminClient(server.http().orElseThrow(), null);
        AdminClient guesser = new AdminClient(server.http().orElseThrow(), new AdminToken("guess"))) {
      assertThatThrownBy(anybody::users).isInstanceOf(NotPossible.class).hasMessageContaining("admin.token");
      assertThatThrownBy(guesser::users).isInstanceOf(NotPossible.class).hasMessageContaining("admin.token");
    }
  }

  @Test
  void theTokenIsForTheOwnersEyesOnly() throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("admin.token")))).isEqualTo("rw-------");
  }

  @Test
  void usersAreAddedChangedAndRemoved() {
    Administration.User added = admin.add("dave", "secret", "Dave", List.of("+4915112345678"));
    assertThat(added.identities()).containsExactly("sip:dave@tucket.example", "tel:+4915112345678");
    Administration.User changed = admin.change("dave", new Administration.Changes(null, "D.", null, null, false, Map.of("storePagerMessages", "true")));
    assertThat(changed.displayName()).isEqualTo("D.");
    assertThat(changed.im()).isFalse();
    assertThat(changed.settings()).containsEntry("storePagerMessages", "true");
    assertThat(admin.users()).extracting(Administration.User::address).contains("sip:dave@tucket.example");
    admin.remove("dave");
    assertThat(admin.users()).extracting(Administration.User::address).doesNotContain("sip:dave@tucket.example");
  }

  @Test
  void whatCannotBeDoneIsSaid() {
    assertThatThrownBy(() -> admin.add("alice", "x", "", List.of())).isInstanceOf(NotPossible.class).hasMessageContaining("is there already");
    assertThatThrownBy(() -> admin.queue("nobody")).isInstanceOf(NotPossible.class).hasMessageContaining("there is no user");
    assertThatThrownBy(() -> admin.announce(List.of("alice"), "nonsense", "x")).isInstanceOf(NotPossible.class).hasMessageContaining("media type");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "GET;/nothing;;404",
        "POST;/health;;405",
        "GET;/api/v1/nothing;;404",
        "PUT;/api/v1/users;;405",
        "POST;/api/v1/users;{\"user\":\"x\"};400",
        "POST;/api/v1/users;no json;400",
        "POST;/api/v1/users;{\"user\":\"x\",\"password\":\"y\",\"colour\":\"red\"};400",
        "PATCH;/api/v1/users/nobody;{\"im\":true};404",
      })
  void wrongRequestsGetAStatusAndASentence(String method, String path, String body, int status) throws IOException, InterruptedException {
    HttpRequest.BodyPublisher content = body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body);
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.http().orElseThrow().getPort() + path))
            .method(method, content)
            .header("Authorization", "Bearer " + AdminToken.find(data).orElseThrow().value())
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).isEqualTo(status);
      assertThat(JsonMapper.shared().readTree(response.body()).path("error").asString()).isNotBlank().doesNotContain("Exception");
    }
  }

  @Test
  void theDescriptionKnowsEveryPath() {
    JsonNode paths = JsonMapper.shared().readTree(ProjectFiles.text(ProjectFiles.root().resolve("docs/openapi.json"))).path("paths");
    assertThat(paths.propertyNames())
        .containsExactlyInAnyOrder(
            "/health", "/ready", "/metrics", "/api/v1/users", "/api/v1/users/{user}", "/api/v1/trace/{messageId}", "/api/v1/queue/{user}",
            "/api/v1/queue/{user}/{messageId}", "/api/v1/registrations", "/api/v1/tls/reload", "/api/v1/system-messages",
            "/api/v1/backups");
  }
}
