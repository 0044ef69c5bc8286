// `tucket chat` as a process of its own: at a terminal that knows nothing but lines, and in a script.
package tucket.app.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tucket.app.assembly.Assembly;
import tucket.app.config.ConfigFile;
import tucket.client.Account;
import tucket.client.ClientSettings;
import tucket.client.ImClient;
import tucket.client.Incoming;
import tucket.client.Outgoing;
import tucket.client.Session;
import tucket.client.Sessions;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.net.NetworkSettings;
import tucket.transport.net.SystemWorld;
import tucket.transport.net.TlsMaterial;
import tucket.transport.net.TlsSettings;

class ChatCommandTest {
  private static final long SECONDS = 60;

  /// What bob hears, and in which session.
  private record Heard(Session session, Incoming message) {}

  @TempDir private Path data;
  private final SystemWorld world = new SystemWorld(NetworkSettings.DEFAULT.withLoops(1), TlsMaterial.load(TlsSettings.CLIENT));
  private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();
  private final BlockingQueue<Boolean> composing = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> shown = new LinkedBlockingQueue<>();
  private final List<String> all = new ArrayList<>();
  private Optional<Process> running = Optional.empty();
  private Assembly server;
  private ImClient bob;

  @BeforeEach
  void start() {
    server = Assembly.start(ConfigFile.read(Optional.empty(), List.of("data=\"" + data + "\"", "storage.engine=memory", "http.listen=\"\"",
        "sip.listen=[\"tcp:127.0.0.1:0\"]", "lab.users=true")));
    Endpoint at = server.listening().stream().filter(e -> e.protocol() == Protocol.TCP).findFirst().orElseThrow();
    bob = new ImClient(world.world(), ClientSettings.of(Account.of("sip:bob@tucket.example", "bob", "bob-lab"), at));
    bob.sessions().listen(new Sessions.Listener() {
      @Override
      public void message(Session session, Incoming message) {
        heard.add(new Heard(session, message));
      }

      @Override
      public void composing(Session session, boolean active) {
        composing.add(active);
      }
    });
    bob.register();
  }

  @AfterEach
  void stop() {
    running.ifPresent(Process::destroyForcibly);
    bob.close();
    server.close();
    world.close();
  }

  /// Alice's program and her keyboard.
  private record Chat(Process process, Writer keyboard) {
    void type(String line) throws IOException {
      keyboard.write(line + "\n");
      keyboard.flush();
    }

    /// Ctrl-D, and what the program ends with.
    int end() throws IOException, InterruptedException {
      keyboard.close();
      assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).as("it ends").isTrue();
      return process.exitValue();
    }
  }

  private Chat chat(String... more) throws IOException {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Dstdout.encoding=UTF-8",
        "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"), "tucket.app.Main", "chat", "--as", "alice", "--server",
        server.listening().getFirst().toString(), "bob"));
    command.addAll(List.of(more));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("TERM", "dumb");
    Process alice = builder.start();
    running = Optional.of(alice);
    BufferedReader screen = new BufferedReader(new InputStreamReader(alice.getInputStream(), UTF_8));
    Thread.ofVirtual().start(() -> {
      try {
        for (String line = screen.readLine(); line != null; line = screen.readLine()) {
          shown.add(line);
        }
      } catch (IOException closed) {
        shown.add("(closed)");
      }
    });
    return new Chat(alice, alice.outputWriter(UTF_8));
  }

  /// The line that is like that, whenever it came: ticks may overtake the answer to the INVITE.
  private String sees(Predicate<String> what, String wanted) throws InterruptedException {
    while (true) {
      Optional<String> there = all.stream().filter(what).findFirst();
      if (there.isPresent()) {
        return there.get();
      }
      String line = shown.poll(SECONDS, TimeUnit.SECONDS);
      if (line == null) {
        throw new AssertionError("not shown: " + wanted + "; but " + all);
      }
      all.add(line);
    }
  }

  private String sees(String text) throws InterruptedException {
    return sees(l -> l.contains(text), text);
  }

  private Heard bobHears() throws InterruptedException {
    Heard next = heard.poll(SECONDS, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("bob heard nothing; alice saw " + all + shown);
    }
    return next;
  }

  @Test
  void inAScriptLinesGoOutAndEventsComeBack() throws Exception {
    Chat chat = chat("--json", "--stay", "60");
    sees("\"registered\"");
    chat.type("Hello, Bob");
    Heard hello = bobHears();
    assertThat(hello.message().text()).isEqualTo("Hello, Bob");
    assertThat(sees("\"sent\"")).contains("\"status\":200").contains("\"number\":1");
    sees("\"delivered\"");
    hello.session().composing(true);
    sees("\"composing\"");
    assertThat(hello.session().send(Outgoing.text("Hello, Alice")).status()).isEqualTo(200);
    assertThat(sees("\"message\"")).contains("Hello, Alice").contains("sip:bob@tucket.example");
    chat.type("Bye");
    Heard bye = bobHears();
    assertThat(bye.session()).as("the same session").isSameAs(hello.session());
    chat.keyboard().close();
    hello.session().displayed(hello.message());
    bye.session().displayed(bye.message());
    sees(l -> l.contains("\"displayed\"") && l.contains(bye.message().messageId()), "displayed");
    assertThat(chat.end()).as("it ends when all is displayed").isZero();
  }

  @Test
  void atATerminalTicksAndAnswersAreShown() throws Exception {
    Chat chat = chat();
    sees("talking to");
    chat.type("Hello, Bob");
    Heard hello = bobHears();
    sees("[1] sent");
    sees(l -> l.endsWith("[1] \u2713"), "one tick");
    hello.session().displayed(hello.message());
    sees("[1] \u2713\u2713");
    assertThat(hello.session().send(Outgoing.text("Hello, Alice")).status()).isEqualTo(200);
    sees("Hello, Alice");
    hello.session().end();
    sees("the session has ended");
    chat.type("Are you still there?");
    assertThat(bobHears().message().text()).as("in a session that is opened again").isEqualTo("Are you still there?");
    sees("[2] sent");
    assertThat(chat.end()).isZero();
  }
}
