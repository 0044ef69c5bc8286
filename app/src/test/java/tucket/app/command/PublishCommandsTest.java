// The commands settings and presence against a running server.
package tucket.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tucket.app.Main;
import tucket.app.assembly.Assembly;
import tucket.app.config.ConfigFile;

class PublishCommandsTest {
  @TempDir Path data = Path.of("");
  private Optional<Assembly> server = Optional.empty();

  private record Result(int code, String out, String err) {
    JsonNode json() {
      return JsonMapper.shared().readTree(out.lines().findFirst().orElse("{}"));
    }
  }

  @BeforeEach
  void start() {
    server = Optional.of(Assembly.start(ConfigFile.read(Optional.empty(), settings("127.0.0.1:0"))));
  }

  @AfterEach
  void close() {
    server.ifPresent(Assembly::close);
  }

  private List<String> settings(String sip) {
    return List.of("sip.listen=[\"udp:" + sip + "\"]", "http.listen=\"\"", "data=\"" + data + "\"", "storage.engine=memory", "log.level=error",
        "presence.unknown-watchers=allow");
  }

  private Result run(String... args) {
    List<String> all = new ArrayList<>(Arrays.asList(args));
    settings("127.0.0.1:" + server.orElseThrow().listening().getFirst().port()).forEach(s -> all.addAll(List.of("--set", s)));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return new Result(line.execute(all.toArray(String[]::new)), out.toString(), err.toString());
  }

  private int send() {
    return run("send", "--as", "alice", "bob", "hello", "--json").json().path("status").asInt();
  }

  @Test
  void settingsAreInForceFromTheAnswerOnAndTheLastOnesOfADeviceCount() {
    assertThat(send()).isEqualTo(202); // bob is away
    Result barred = run("settings", "--as", "bob", "--barring", "on", "--json");
    assertThat(barred.code).isEqualTo(Exit.OK);
    assertThat(barred.json().path("event").asString()).isEqualTo("published");
    assertThat(send()).isEqualTo(480);
    assertThat(run("settings", "--as", "bob", "--barring", "on", "--offline-delivery", "on").code).isEqualTo(Exit.OK);
    assertThat(send()).isEqualTo(202);
    assertThat(run("settings", "--as", "bob", "--offline-delivery", "off").code).isEqualTo(Exit.OK);
    assertThat(send()).isEqualTo(480);
    assertThat(run("settings", "--as", "bob", "--clear").out).contains("no settings");
    assertThat(send()).isEqualTo(202);
  }

  @Test
  void presenceIsPublishedSeenChangedByItsTagAndTakenBack() {
    Result set = run("presence", "--as", "bob", "--say", "closed", "--json");
    assertThat(set.code).isEqualTo(Exit.OK);
    String tag = set.json().path("tag").asString();
    assertThat(run("presence", "--as", "alice", "bob").out).contains("closed for messages");
    Result open = run("presence", "--as", "bob", "--say", "open", "--if-match", tag, "--json");
    Result seen = run("presence", "--as", "alice", "bob", "--json");
    assertThat(seen.code).isEqualTo(Exit.OK);
    assertThat(seen.json().path("im").asString()).isEqualTo("open");
    assertThat(seen.json().path("state").asString()).startsWith("active");
    assertThat(run("presence", "--as", "bob", "--say", "open", "--if-match", tag).code).isEqualTo(Exit.REFUSED);
    assertThat(run("presence", "--as", "bob", "--clear", "--if-match", open.json().path("tag").asString()).code).isEqualTo(Exit.OK);
    assertThat(run("presence", "--as", "alice", "bob", "--json").json().path("im").asString()).isEqualTo("closed"); // no device is there
  }

  @ParameterizedTest
  @ValueSource(strings = {"settings --as bob", "settings --as bob --barring perhaps", "settings --as bob --history all", "presence --as bob",
      "presence --as bob --say away", "presence --as bob --clear", "presence --as bob alice --say open"})
  void whatMakesNoSenseIsAUsageError(String line) {
    assertThat(run(line.split(" ")).code).isEqualTo(Exit.USAGE);
  }

  @Test
  void aWrongPasswordIsARefusal() {
    assertThat(run("settings", "--as", "bob", "--password", "wrong", "--barring", "on").code).isEqualTo(Exit.REFUSED);
  }
}
