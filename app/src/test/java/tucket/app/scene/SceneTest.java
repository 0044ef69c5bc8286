// Plays every scene.
package tucket.app.scene;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// One test a scene and engine. `-Dscene=name` plays that one alone.
class SceneTest {
  @TestFactory
  Stream<DynamicNode> scenes() {
    String only = System.getProperty("scene", "");
    return files().stream().filter(f -> only.isEmpty() || String.valueOf(f.getFileName()).matches(only + ".scene")).map(SceneTest::node);
  }

  private static DynamicNode node(Path file) {
    String name = String.valueOf(file.getFileName()).replace(".scene", "");
    URI source = file.toUri();
    Scene scene;
    try {
      scene = Scene.read(file, Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (SceneFailure e) {
      return DynamicTest.dynamicTest(name, source, () -> {
        throw e;
      });
    }
    Stream<DynamicNode> tests = scene.engines().stream().map(engine -> DynamicTest.dynamicTest(engine, source, () -> play(scene, engine)));
    return DynamicContainer.dynamicContainer(name, source, tests);
  }

  private static void play(Scene scene, String engine) throws IOException {
    if (scene.wantsIpv6()) {
      Assumptions.assumeTrue(SceneTest::hasIpv6, "this machine has no ::1");
    }
    Path data = Files.createTempDirectory("scene");
    try (Stage stage = new Stage(scene, engine, data)) {
      Steps steps = new Steps(stage);
      Scene.Line last = scene.lines().getLast();
      for (Scene.Line line : scene.lines()) {
        try {
          steps.perform(line);
        } catch (SceneFailure e) {
          throw e;
        } catch (RuntimeException | AssertionError e) {
          SceneFailure failure = new SceneFailure(line.number(), line.text(), String.valueOf(e.getMessage()) + "\n" + stage.seen());
          failure.initCause(e);
          throw failure;
        }
      }
      try {
        stage.check();
      } catch (AssertionError e) {
        throw new SceneFailure(last.number(), "the end of the scene", String.valueOf(e.getMessage()));
      }
    } finally {
      remove(data);
    }
  }

  private static boolean hasIpv6() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("::1"))) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  private static List<Path> files() {
    URI folder;
    try {
      folder = java.util.Objects.requireNonNull(SceneTest.class.getResource("/scenes")).toURI();
    } catch (java.net.URISyntaxException e) {
      throw new IllegalStateException(e);
    }
    try (Stream<Path> all = Files.list(Path.of(folder))) {
      return all.filter(p -> p.toString().endsWith(".scene")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
