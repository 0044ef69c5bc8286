// The commands as a script runs them: exit codes, output, and errors that say what to do.
package tucket.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tucket.app.Main;
import tucket.app.assembly.Assembly;
import tucket.app.config.ConfigFile;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CommandsTest {
  // Made before the server is, which an injected folder would not be.
  private final Path data = temporary();

  private Assembly server = Assembly.start(ConfigFile.read(Optional.empty(), settings("127.0.0.1:0", "127.0.0.1:0")));

  private List<String> settings(String sip, String http) {
    return List.of(
        "sip.listen=[\"udp:" + sip + "\"]", "http.listen=\"" + http + "\"", "xdms.listen=\"\"",
        "data=\"" + data + "\"", "storage.engine=memory", "log.level=error");
  }

  private record Result(int code, String out, String err) {}

  @AfterAll
  void close() {
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

  private static Result plain(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return new Result(line.execute(args), out.toString(), err.toString());
  }

  /// A command for the server of this test.
  private Result run(String... args) {
    List<String> all = new ArrayList<>(Arrays.asList(args));
    String http = "127.0.0.1:" + server.http().orElseThrow().getPort();
    String sip = "127.0.0.1:" + server.listening().getFirst().port();
    settings(sip, http).forEach(s -> all.addAll(List.of("--set", s)));
    return plain(all.toArray(String[]::new));
  }

  @Test
  void withoutACommandThereIsHelp() {
    Result result = plain();
    assertThat(result.code).isZero();
    assertThat(result.out).contains("serve").contains("demo").contains("First steps");
  }

  static List<String> commands() {
    return Main.commandLine().getSubcommands().keySet().stream().filter(c -> !Set.of("help", "generate-completion").contains(c)).toList();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void eachCommandHasHelpWithExamples(String command) {
    Result result = plain(command, "--help");
    assertThat(result.code).isZero();
    assertThat(result.out).contains("Examples:").contains("tucket " + command);
  }

  @Test
  void anUnknownCommandOrOptionIsAUsageError() {
    assertThat(plain("sevre").code).isEqualTo(Exit.USAGE);
    assertThat(plain("version", "--jsno").code).isEqualTo(Exit.USAGE);
  }

  @Test
  void aBadConfigurationIsAUsageErrorWithAllMistakes() {
    Result result = plain("health", "--set", "domian=x", "--set", "log.level=loud");
    assertThat(result.code).isEqualTo(Exit.USAGE);
    assertThat(result.err).contains("domian: there is no such setting").contains("log.level: wants one of");
  }

  @Test
  void theServerIsFoundHealthy() {
    assertThat(run("health").code).isZero();
    assertThat(json(run("health", "--json").out).path("ready").asBoolean()).isTrue();
  }

  @Test
  void aServerThatIsNotThereIsUnreachable() {
    Result result = plain("health", "--set", "http.listen=\"127.0.0.1:9\"");
    assertThat(result.code).isEqualTo(Exit.UNREACHABLE);
    assertThat(result.err).contains("./tucket serve");
  }

  @Test
  void aWrongPasswordIsRefused() {
    Result result = run("register", "--as", "alice", "--password", "wrong");
    assertThat(result.code).isEqualTo(Exit.REFUSED);
    assertThat(result.err).contains("wrong password");
  }

  @Test
  void aMessageIsSentStoredListedTracedAndReceived() {
    Result sent = run("send", "--as", "alice", "carol", "Hello, Carol", "--json");
    assertThat(sent.code).as(sent.err).isZero();
    assertThat(json(sent.out).path("status").asInt()).isEqualTo(202);
    String id = json(sent.out).path("messageId").asString();
    assertThat(run("queue", "list", "carol").out).contains(id);
    assertThat(run("trace", id).out).contains("accepted").contains("stored");
    Result heard = run("listen", "--as", "carol", "--count", "1", "--timeout", "20", "--json", "--displayed");
    assertThat(heard.code).as(heard.err).isZero();
    assertThat(heard.out).contains("Hello, Carol").contains(id);
    assertThat(run("queue", "list", "carol").out).contains("nothing waits");
    assertThat(run("queue", "list", "alice", "--json").out).contains("\"kind\":\"notification\"");
    assertThat(run("queue", "delete", "alice", "all").code).isZero();
    assertThat(run("queue", "delete", "alice", "all").code).isEqualTo(Exit.FAILED);
  }

  @Test
  void nothingIsKnownOfAMessageThatNeverWas() {
    assertThat(run("trace", "never-was").code).isEqualTo(Exit.FAILED);
  }

  @Test
  void aMessageToNobodyIsRefused() {
    Result result = run("send", "--as", "alice", "nobody", "Hello");
    assertThat(result.code).isEqualTo(Exit.REFUSED);
    assertThat(result.out).contains("404");
  }

  @Test
  void usersAreManagedOverTheApi() {
    assertThat(run("user", "add", "erin", "--password", "secret", "--name", "Erin").code).isZero();
    assertThat(run("user", "list").out).contains("sip:erin@tucket.example").contains("Erin");
    assertThat(run("user", "set", "erin", "--im", "false").code).isZero();
    assertThat(run("user", "set", "erin").code).isEqualTo(Exit.USAGE);
    assertThat(run("user", "password", "erin", "--password", "other").code).isZero();
    assertThat(run("user", "remove", "erin").code).isZero();
    assertThat(run("user", "remove", "erin").code).isEqualTo(Exit.FAILED);
  }

  @Test
  void usersAreManagedInTheDataFolderOfAServerThatDoesNotRun(@TempDir Path folder) {
    List<String> here = List.of("--set", "data=\"" + folder + "\"", "--set", "http.listen=\"127.0.0.1:9\"");
    assertThat(at(here, "user", "add", "frank", "--password", "secret").code).isZero();
    assertThat(at(here, "user", "list").out).contains("sip:frank@tucket.example");
    assertThat(at(here, "registrations").code).isEqualTo(Exit.UNREACHABLE);
  }

  private static Result at(List<String> options, String... args) {
    List<String> all = new ArrayList<>(Arrays.asList(args));
    all.addAll(options);
    return plain(all.toArray(String[]::new));
  }

  @Test
  void aSystemMessageReportsWhoHasIt() {
    Result result = run("system-message", "--to", "bob", "Your mailbox is full", "--json");
    assertThat(result.code).isZero();
    assertThat(json(result.out).path("stored").asInt() + json(result.out).path("delivered").asInt()).isEqualTo(1);
  }

  @Test
  void theDemoIsAsTold() {
    Result result = plain("demo");
    assertThat(result.code).as(result.out + result.err).isZero();
    assertThat(result.out).contains("All of it was as told.");
  }

  private static JsonNode json(String lines) {
    return JsonMapper.shared().readTree(lines.lines().findFirst().orElse(""));
  }
}
