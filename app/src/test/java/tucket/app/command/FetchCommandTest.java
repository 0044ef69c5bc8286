// The command fetch against a running server, for somebody who keeps his messages.
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
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tucket.app.Main;
import tucket.app.assembly.Assembly;
import tucket.app.config.ConfigFile;

class FetchCommandTest {
  @TempDir private Path data;
  private Optional<Assembly> server = Optional.empty();

  private record Result(int code, String out) {
    List<JsonNode> events(String field) {
      return out.lines().map(l -> JsonMapper.shared().readTree(l)).filter(n -> n.has(field)).toList();
    }

    List<String> texts() {
      return events("text").stream().map(n -> n.path("text").asString()).toList();
    }
  }

  @BeforeEach
  void threeMessagesWait() {
    server = Optional.of(Assembly.start(ConfigFile.read(Optional.empty(), settings("127.0.0.1:0"))));
    assertThat(run("settings", "--as", "bob", "--store", "on").code).isEqualTo(Exit.OK);
    for (String text : List.of("One", "Two", "Three")) {
      assertThat(run("send", "--as", "alice", "bob", text).code).isEqualTo(Exit.OK);
    }
  }

  @AfterEach
  void close() {
    server.ifPresent(Assembly::close);
  }

  private List<String> settings(String sip) {
    return List.of("sip.listen=[\"tcp:" + sip + "\"]", "http.listen=\"\"", "data=\"" + data + "\"", "storage.engine=memory", "log.level=error",
        "lab.users=true");
  }

  private Result run(String... args) {
    List<String> all = new ArrayList<>(Arrays.asList(args));
    settings("127.0.0.1:" + server.orElseThrow().listening().getFirst().port()).forEach(s -> all.addAll(List.of("--set", s)));
    StringWriter out = new StringWriter();
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(new StringWriter(), true));
    return new Result(line.execute(all.toArray(String[]::new)), out.toString());
  }

  private List<JsonNode> listed() {
    Result result = run("fetch", "--as", "bob", "--list", "--json");
    assertThat(result.code).isEqualTo(Exit.OK);
    return result.events("reference");
  }

  @Test
  void whatWaitsIsListedAndGotAllInOrder() {
    List<JsonNode> items = listed();
    assertThat(items).hasSize(3).allMatch(i -> i.path("from").asString().contains("alice") && i.path("bytes").asInt() > 0);
    Result got = run("fetch", "--as", "bob", "--json");
    assertThat(got.code).isEqualTo(Exit.OK);
    assertThat(got.texts()).containsExactly("One", "Two", "Three");
    assertThat(listed()).isEmpty();
    assertThat(run("fetch", "--as", "bob").out).contains("nothing waits");
  }

  @Test
  void oneIsGotByItsReferenceAnotherByItsMessageIdAndTheRestDeleted() {
    List<JsonNode> items = listed();
    assertThat(run("fetch", "--as", "bob", "--json", "--message", items.get(1).path("reference").asString()).texts()).containsExactly("Two");
    assertThat(run("fetch", "--as", "bob", "--json", "--message", items.get(2).path("messageId").asString()).texts()).containsExactly("Three");
    assertThat(listed()).hasSize(1);
    assertThat(run("fetch", "--as", "bob", "--delete", "--message", "d999").code).isEqualTo(Exit.FAILED);
    assertThat(run("fetch", "--as", "bob", "--delete").code).isEqualTo(Exit.OK);
    assertThat(listed()).isEmpty();
  }

  @Test
  void theSameInASession() {
    List<JsonNode> items = listed();
    Result one = run("fetch", "--as", "bob", "--json", "--in-session", "--message", items.get(1).path("messageId").asString());
    assertThat(one.code).isEqualTo(Exit.OK);
    assertThat(one.texts()).containsExactly("Two");
    assertThat(run("fetch", "--as", "bob", "--json", "--in-session").texts()).containsExactly("One", "Three");
    assertThat(listed()).isEmpty();
  }

  @Test
  void whatDoesNotWaitIsSaidSo() {
    assertThat(run("fetch", "--as", "bob", "--message", "d999").out).contains("refused: 404");
    assertThat(run("fetch", "--as", "bob", "--in-session", "--message", "d999").out).contains("refused: 404");
    assertThat(run("fetch", "--as", "bob", "--delete", "--list").code).isEqualTo(Exit.USAGE);
  }
}
