// The command documents against a running server.
package tucket.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
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

class DocumentsCommandTest {
  private static final String LISTS = "resource-lists/index";
  private static final String DOCUMENT = "<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\"><list name=\"a/b\"/></resource-lists>";
  private static final String ENTRY = "resource-lists/list[@name=\"a/b\"]/entry[@uri=\"sip:bob@tucket.example\"]";

  @TempDir private Path data;
  private Optional<Assembly> server = Optional.empty();

  private record Result(int code, String out, String err) {
    JsonNode json() {
      return JsonMapper.shared().readTree(out.lines().findFirst().orElse(""));
    }
  }

  @BeforeEach
  void start() {
    server = Optional.of(Assembly.start(ConfigFile.read(Optional.empty(), settings("127.0.0.1:0", "127.0.0.1:0"))));
  }

  @AfterEach
  void close() {
    server.ifPresent(Assembly::close);
  }

  private List<String> settings(String sip, String xcap) {
    return List.of("sip.listen=[\"tcp:" + sip + "\"]", "http.listen=\"\"", "xdms.listen=\"" + xcap + "\"", "data=\"" + data + "\"",
        "storage.engine=memory", "log.level=error", "lab.users=true");
  }

  private Result run(String... args) {
    return run(new StringWriter(), args);
  }

  private Result run(StringWriter out, String... args) {
    List<String> all = new ArrayList<>(List.of("documents"));
    all.addAll(Arrays.asList(args));
    Assembly running = server.orElseThrow();
    settings("127.0.0.1:" + running.listening().getFirst().port(), "127.0.0.1:" + running.xcap().orElseThrow().getPort())
        .forEach(s -> all.addAll(List.of("--set", s)));
    StringWriter err = new StringWriter();
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return new Result(line.execute(all.toArray(String[]::new)), out.toString(), err.toString());
  }

  private Result put(String... more) {
    List<String> all = new ArrayList<>(List.of("put", "--as", "alice", LISTS));
    all.addAll(Arrays.asList(more));
    return run(all.toArray(String[]::new));
  }

  @Test
  void aDocumentIsWrittenListedReadAndRemoved(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("lists.xml"), DOCUMENT);
    Result written = put("--file", file.toString(), "--json");
    assertThat(written.code).as(written.err).isEqualTo(Exit.OK);
    String etag = written.json().path("etag").asString();
    JsonNode listed = run("list", "--as", "alice", "--json").json();
    assertThat(listed.path("document").asString()).isEqualTo(LISTS);
    assertThat(listed.path("etag").asString()).isEqualTo(etag);
    assertThat(listed.path("size").asString()).isEqualTo(Integer.toString(DOCUMENT.length()));
    assertThat(run("get", "--as", "alice", LISTS).out.strip()).isEqualTo(DOCUMENT);
    assertThat(run("delete", "--as", "alice", LISTS, "--if-match", "another").code).isEqualTo(Exit.REFUSED);
    assertThat(run("delete", "--as", "alice", LISTS, "--if-match", etag).code).isEqualTo(Exit.OK);
    Result gone = run("get", "--as", "alice", LISTS);
    assertThat(gone.code).isEqualTo(Exit.FAILED);
    assertThat(gone.err).contains("there is no resource-lists/index");
    assertThat(run("delete", "--as", "alice", LISTS).code).isEqualTo(Exit.FAILED);
    assertThat(run("list", "--as", "alice", "--json").out).isEmpty();
  }

  @Test
  void partsOfADocumentAreWrittenReadAndRemoved() {
    put("--text", DOCUMENT);
    String entry = "<entry uri=\"sip:bob@tucket.example\"/>";
    Result made = put("--node", ENTRY, "--text", entry);
    assertThat(made.code).as(made.err).isEqualTo(Exit.OK);
    assertThat(run("get", "--as", "alice", LISTS, "--node", ENTRY).out.strip()).isEqualTo(entry);
    Result attribute = put("--node", "resource-lists/list[1]/@name", "--text", "\"c\"");
    assertThat(attribute.code).as(attribute.err).isEqualTo(Exit.OK);
    Result bound = run("get", "--as", "alice", LISTS, "--node", "r:resource-lists/r:list/@name", "--ns", "r=urn:ietf:params:xml:ns:resource-lists", "--json");
    assertThat(bound.json().path("content").asString()).as(bound.err).isEqualTo("\"c\"");
    assertThat(run("delete", "--as", "alice", LISTS, "--node", "resource-lists/list[@name=\"c\"]").code).isEqualTo(Exit.OK);
    assertThat(run("get", "--as", "alice", LISTS).out).doesNotContain("<list ");
  }

  @Test
  void whatIsWrongIsSaidWithWhatToDo() {
    assertThat(run("get", "--as", "alice", "index").err).contains("write resource-lists/index for your own");
    assertThat(run("get", "--as", "alice", "index").code).isEqualTo(Exit.USAGE);
    assertThat(run("get", "--as", "alice", LISTS, "--node", "x:y").err).contains("--ns PREFIX=NAMESPACE");
    assertThat(run("get", "--as", "alice", LISTS, "--node", "y[last()]").err).contains("is no selector");
    assertThat(run("put", "--as", "alice", "unheard-of/index", "--text", "<a/>").err).contains("--type");
    assertThat(put("--text", "<a/>", "--file", "b").code).isEqualTo(Exit.USAGE);
    assertThat(put("--file", "there-is-no-such-file").err).contains("can't read there-is-no-such-file");
    Result refused = put("--text", "<resource-lists/>");
    assertThat(refused.code).isEqualTo(Exit.REFUSED);
    assertThat(refused.err).contains("schema-validation-error");
    assertThat(run("get", "--as", "alice", "resource-lists/users/sip:bob@tucket.example/index").code).isEqualTo(Exit.REFUSED);
    assertThat(run("watch", "--as", "alice", "--password", "wrong", "--timeout", "30").code).isEqualTo(Exit.REFUSED);
    assertThat(run("watch", "--as", "alice", "--count", "1", "--timeout", "1").code).as("nothing has changed").isEqualTo(Exit.FAILED);
  }

  @Test
  void changesArePrintedAsTheyHappen() throws Exception {
    put("--text", DOCUMENT);
    StringWriter out = new StringWriter();
    CompletableFuture<Result> watching =
        CompletableFuture.supplyAsync(() -> run(out, "watch", "--as", "alice", "--json", "--count", "3", "--timeout", "100"));
    await(out, "\"watching\"");
    assertThat(out.toString()).contains("\"there\"").contains(LISTS);
    put("--node", ENTRY, "--text", "<entry uri=\"sip:bob@tucket.example\"/>");
    await(out, "\"changed\"");
    run("put", "--as", "alice", "org.openmobilealliance.user-profile/user-profile", "--text",
        "<user-profiles xmlns=\"urn:oma:xml:xdm:user-profile\"><user-profile uri=\"sip:alice@tucket.example\"/></user-profiles>");
    await(out, "\"new\"");
    run("delete", "--as", "alice", LISTS);
    Result result = watching.get(100, TimeUnit.SECONDS);
    assertThat(result.code).as(result.err).isEqualTo(Exit.OK);
    List<JsonNode> events = result.out.lines().map(l -> JsonMapper.shared().readTree(l)).toList();
    assertThat(events).extracting(e -> e.path("event").asString()).containsExactly("there", "watching", "changed", "new", "removed");
    JsonNode changed = events.get(2);
    assertThat(changed.path("content").asString()).isEqualTo(DOCUMENT.replace("\"a/b\"/>", "\"a/b\"><entry uri=\"sip:bob@tucket.example\"/></list>"));
    assertThat(changed.path("patches").get(0).path("kind").asString()).isEqualTo("add");
    assertThat(changed.path("patches").get(0).path("selector").asString()).isEqualTo("*/*[1]");
  }

  @Test
  void forAPersonTheyAreLines() throws Exception {
    put("--text", DOCUMENT);
    StringWriter out = new StringWriter();
    CompletableFuture<Result> watching = CompletableFuture.supplyAsync(() -> run(out, "watch", "--as", "alice", LISTS, "--count", "1", "--timeout", "100"));
    await(out, "watching; 1 documents");
    put("--node", ENTRY, "--text", "<entry uri=\"sip:bob@tucket.example\"/>");
    Result result = watching.get(100, TimeUnit.SECONDS);
    assertThat(result.code).as(result.err).isEqualTo(Exit.OK);
    assertThat(result.out).contains("resource-lists/index is changed").contains("add      */*[1] prepend <entry uri=\"sip:bob@tucket.example\"/>");
  }

  private static void await(StringWriter out, String what) {
    Awaitility.await().atMost(100, TimeUnit.SECONDS).until(() -> out.toString().contains(what));
  }
}
