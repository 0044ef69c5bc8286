// tucket demo: plays a narrated exchange with people who are away, on a server of its own.
package tucket.app.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tucket.app.assembly.Assembly;
import tucket.app.config.Config;
import tucket.app.config.ConfigFile;

@Command(
    name = "demo",
    description = {
      "Watch messages and notifications reach people who are there, and wait for those who are away.",
      "The server, its data and its ports are temporary. Exit code 1 where anything is not as told."
    },
    footer = {"%nExamples:", "  tucket demo"})
public final class DemoCommand implements Callable<Integer> {
  @Mixin private Output out = new Output();

  @Override
  public Integer call() {
    Path data = temporary();
    try (Assembly server = Assembly.start(config(data));
        DemoPlay play = new DemoPlay(server, out)) {
      play.perform();
      out.event(java.util.Map.of("event", "done"), "%nAll of it was as told.");
      return Exit.OK;
    } catch (DemoPlay.NotAsTold e) {
      out.event(java.util.Map.of("event", "failed", "what", String.valueOf(e.getMessage())), "%nNOT AS TOLD: %s", String.valueOf(e.getMessage()));
      return Exit.FAILED;
    } finally {
      remove(data);
    }
  }

  private static Config config(Path data) {
    List<String> settings =
        List.of(
            "sip.listen=[\"udp:127.0.0.1:0\",\"tcp:127.0.0.1:0\"]",
            "http.listen=\"127.0.0.1:0\"",
            "data=\"" + data.toString().replace("\\", "\\\\") + "\"",
            "limits.push-time=2s", // so that nobody waits long for a phone that is gone
            "lab.users=true");
    return ConfigFile.read(Optional.empty(), settings);
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("tucket-demo");
    } catch (IOException e) {
      throw new Failure(Exit.FAILED, "can't make a temporary folder: " + e.getMessage());
    }
  }

  private static void remove(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("can't remove " + folder, e);
    }
  }
}
