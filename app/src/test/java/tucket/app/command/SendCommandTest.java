// `tucket send` against a server of its own.
package tucket.app.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tucket.app.Main;
import tucket.app.assembly.Assembly;
import tucket.app.config.ConfigFile;
import tucket.client.Account;
import tucket.client.ClientSettings;
import tucket.client.ImClient;
import tucket.client.Incoming;
import tucket.client.Outgoing;
import tucket.client.Pager;
import tucket.protocol.sip.Uri;
import tucket.transport.net.NetworkSettings;
import tucket.transport.net.SystemWorld;
import tucket.transport.net.TlsMaterial;
import tucket.transport.net.TlsSettings;

class SendCommandTest {
  private static final Uri ALICE = Uri.parse("sip:alice@tucket.example");

  @TempDir Path data;
  private final StringWriter shown = new StringWriter();

  @Test
  void whoWaitsForANotificationIsShownWhatComesMeanwhileAndIsNoDeviceAfterwards() {
    List<String> settings =
        List.of("data=\"" + data + "\"", "storage.engine=memory", "http.listen=\"\"", "sip.listen=[\"udp:127.0.0.1:0\"]", "lab.users=true");
    try (Assembly server = Assembly.start(ConfigFile.read(Optional.empty(), settings));
        SystemWorld world = new SystemWorld(NetworkSettings.DEFAULT.withLoops(1), TlsMaterial.load(TlsSettings.CLIENT));
        ImClient bob = client(server, world, "bob");
        ImClient alice = client(server, world, "alice")) {
      List<Incoming> toBob = new CopyOnWriteArrayList<>();
      List<Incoming> toAlice = new CopyOnWriteArrayList<>();
      bob.pager().listen(collect(toBob));
      alice.pager().listen(collect(toAlice));
      bob.register();

      CompletableFuture<Integer> sending = new CompletableFuture<>();
      String at = server.listening().getFirst().toString();
      Thread.ofVirtual().start(() -> sending.complete(tucket("send", "--as", "alice", "--server", at, "bob", "Hello", "--wait", "displayed")));
      await().atMost(Duration.ofSeconds(20)).until(() -> !toBob.isEmpty());
      assertThat(bob.pager().send(ALICE, Outgoing.text("Are you there?")).status()).isEqualTo(200);
      bob.pager().displayed(toBob.getFirst());
      await().atMost(Duration.ofSeconds(60)).until(sending::isDone);
      assertThat(sending.join()).isZero();
      assertThat(shown.toString()).contains("meanwhile sip:bob@tucket.example: Are you there?");

      assertThat(bob.pager().send(ALICE, Outgoing.text("Still?")).status()).isEqualTo(202);
      alice.register();
      await().atMost(Duration.ofSeconds(20)).until(() -> !toAlice.isEmpty());
      assertThat(toAlice).extracting(Incoming::text).containsExactly("Still?");
    }
  }

  private int tucket(String... args) {
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(shown, true));
    return line.execute(args);
  }

  private static ImClient client(Assembly server, SystemWorld world, String name) {
    Account account = Account.of("sip:" + name + "@tucket.example", name, name + "-lab");
    return new ImClient(world.world(), ClientSettings.of(account, server.listening().getFirst()));
  }

  private static Pager.Listener collect(List<Incoming> into) {
    return new Pager.Listener() {
      @Override
      public void message(Incoming message) {
        into.add(message);
      }
    };
  }
}
