// The programs among the examples compile and run; ConfigFileTest looks at the configurations.
package tucket.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tucket.app.assembly.Assembly;
import tucket.app.assembly.LabUsers;
import tucket.app.config.ConfigFile;
import tucket.client.Account;
import tucket.client.ClientSettings;
import tucket.client.ImClient;
import tucket.client.Incoming;
import tucket.client.Outgoing;
import tucket.client.Pager;
import tucket.protocol.sip.SipUri;
import tucket.transport.net.NetworkSettings;
import tucket.transport.net.SystemWorld;
import tucket.transport.net.TlsMaterial;
import tucket.transport.net.TlsSettings;

class ExamplesTest {
  private static final long SOON = 120;

  /// Java compiles it from its source, as the reader of the example would have it do.
  private static Process run(String example, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
        System.getProperty("java.class.path"), ProjectFiles.root().resolve("examples").resolve(example).toString()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  @Test
  void aServerIsEmbedded() throws Exception {
    Process program = run("embedding/Embedded.java");
    try (BufferedReader out = program.inputReader(StandardCharsets.UTF_8)) {
      List<String> lines = out.lines().toList();
      assertThat(program.waitFor(SOON, TimeUnit.SECONDS)).isTrue();
      assertThat(lines).anySatisfy(l -> assertThat(l).isEqualTo("sip:im-system@im.example: Welcome, Dave"));
      assertThat(program.exitValue()).isZero();
    } finally {
      program.destroyForcibly();
    }
  }

  @Test
  void aBotAnswersWhatCameWhileItWasAwayAndWhatComes() throws Exception {
    List<String> settings = List.of("sip.listen=[\"tcp:127.0.0.1:0\"]", "msrp.listen=[]", "http.listen=\"\"", "storage.engine=memory", "lab.users=true",
        "log.level=error");
    BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    try (SystemWorld world = new SystemWorld(NetworkSettings.DEFAULT.withLoops(1), TlsMaterial.load(TlsSettings.CLIENT));
        Assembly server = Assembly.start(ConfigFile.read(Optional.empty(), settings));
        ImClient alice = new ImClient(world.world(), ClientSettings.of(
            new Account(SipUri.of("alice", "tucket.example"), "alice", LabUsers.passwordOf("alice").orElseThrow()), server.listening().getFirst()))) {
      server.administration().add("echo", "echo-secret", "", List.of());
      alice.pager().listen(new Pager.Listener() {
        @Override
        public void message(Incoming message) {
          answers.add(message.text());
        }
      });
      alice.register();
      SipUri bot = SipUri.of("echo", "tucket.example");
      assertThat(alice.pager().send(bot, Outgoing.text("Are you there?")).status()).isEqualTo(202);
      Process program = run("bot/EchoBot.java", bot.toString(), "echo-secret", server.listening().getFirst().toString());
      try {
        assertThat(answers.poll(SOON, TimeUnit.SECONDS)).isEqualTo("You said: Are you there?");
        assertThat(alice.pager().send(bot, Outgoing.text("Good")).status()).isEqualTo(200);
        assertThat(answers.poll(SOON, TimeUnit.SECONDS)).isEqualTo("You said: Good");
      } finally {
        program.destroy();
        if (!program.waitFor(30, TimeUnit.SECONDS)) {
          program.destroyForcibly();
        }
      }
      server.stop(Duration.ofSeconds(5));
    }
  }
}
