// The server of a scene: in this process, or in one of its own that can be killed.
package tucket.app.scene;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tucket.app.admin.AdminClient;
import tucket.app.admin.AdminToken;
import tucket.app.assembly.Assembly;
import tucket.app.config.ConfigFile;

/// Where it listens is chosen at the first start and kept over restarts, so that phones find it again.
interface SceneServer extends AutoCloseable {
  /// `udp:127.0.0.1:40000` and so on.
  List<String> listening();

  String http();

  /// The XCAP root; empty text where XCAP is not spoken.
  String xcap();

  /// As SIGTERM does.
  void stop();

  /// As SIGKILL does.
  void kill();

  @Override
  void close();

  /// Its admin API.
  default AdminClient admin(Path data) {
    URI uri = URI.create(http());
    AdminToken token = AdminToken.find(data).orElseThrow(() -> new AssertionError("there is no admin token in the data folder"));
    return new AdminClient(new InetSocketAddress(uri.getHost(), uri.getPort()), token);
  }

  /// In this process.
  final class InProcess implements SceneServer {
    private final Assembly assembly;

    InProcess(List<String> settings) {
      assembly = Assembly.start(ConfigFile.read(Optional.empty(), settings));
    }

    @Override
    public List<String> listening() {
      return assembly.listening().stream().map(Object::toString).toList();
    }

    @Override
    public String http() {
      InetSocketAddress at = assembly.http().orElseThrow();
      return "http://" + at.getAddress().getHostAddress() + ":" + at.getPort();
    }

    @Override
    public String xcap() {
      return assembly.xcap().map(at -> "http://" + at.getAddress().getHostAddress() + ":" + at.getPort() + "/xcap").orElse("");
    }

    @Override
    public void stop() {
      assembly.stop(Duration.ofSeconds(20));
    }

    @Override
    public void kill() {
      throw new AssertionError("only a server in a process of its own can be killed");
    }

    @Override
    public void close() {
      assembly.close();
    }
  }

  /// In a process of its own.
  final class OwnProcess implements SceneServer {
    private final Process process;
    private final List<String> listening = new ArrayList<>();
    private final String http;
    private final String xcap;

    OwnProcess(List<String> settings) {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
      command.addAll(List.of("-cp", System.getProperty("java.class.path"), "tucket.app.Main", "serve", "--json"));
      settings.forEach(s -> command.addAll(List.of("--set", s)));
      try {
        process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        if (line == null) {
          throw new AssertionError("the server did not start: exit code " + process.waitFor());
        }
        JsonNode ready = JsonMapper.shared().readTree(line);
        ready.path("sip").forEach(at -> listening.add(at.asString()));
        http = ready.path("http").asString();
        xcap = ready.path("xcap").asString("");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted");
      }
    }

    @Override
    public List<String> listening() {
      return listening;
    }

    @Override
    public String http() {
      return http;
    }

    @Override
    public String xcap() {
      return xcap;
    }

    @Override
    public void stop() {
      process.destroy();
      await();
    }

    @Override
    public void kill() {
      process.destroyForcibly();
      await();
    }

    private void await() {
      try {
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new AssertionError("the server did not stop within 30 s");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() {
      process.destroyForcibly();
      await();
    }
  }
}
