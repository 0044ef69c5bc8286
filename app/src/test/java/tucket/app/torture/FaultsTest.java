// What a disk can do to a server in a process of its own: be full, be read-only, lose the end of the last write.
package tucket.app.torture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tucket.app.admin.Administration;
import tucket.app.assembly.DataFolder;
import tucket.app.config.ConfigFile;
import tucket.client.Account;
import tucket.client.ClientSettings;
import tucket.client.ImClient;
import tucket.client.Incoming;
import tucket.client.Pager;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;
import tucket.transport.net.NetworkSettings;
import tucket.transport.net.SystemWorld;
import tucket.transport.net.TlsMaterial;
import tucket.transport.net.TlsSettings;

class FaultsTest {
  private static final Duration LONG = Duration.ofSeconds(90);
  private static final int LARGE = 48_000;

  @TempDir Path folder = Path.of("");

  private final SystemWorld system = new SystemWorld(NetworkSettings.DEFAULT.withLoops(1), TlsMaterial.load(TlsSettings.CLIENT));
  private final FreePorts ports = new FreePorts(system.world().network(), new SplittableRandom());
  private final Endpoint tcp = ports.take(Protocol.TCP);
  private final List<AutoCloseable> open = new ArrayList<>();
  private long number;

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable part : open.reversed()) {
      part.close();
    }
    system.close();
  }

  private List<String> settings(Path data) {
    return List.of(
        "domain=" + Stage.DOMAIN, "sip.listen=[\"" + tcp + "\"]", "http.listen=\"\"", "data=\"" + data + "\"", "lab.users=false", "limits.push-time=2s");
  }

  private void users(Path data) {
    try (Administration administration = DataFolder.administration(ConfigFile.read(Optional.empty(), settings(data)))) {
      List.of("anna", "bert").forEach(p -> administration.add(p, Stage.password(p), "", List.of()));
    }
  }

  private ServerProcess start(Path data) {
    ServerProcess server = ServerProcess.start(system.world(), folder, settings(data));
    open.add(server);
    return server;
  }

  private ServerProcess ready(Path data) {
    ServerProcess server = start(data);
    server.awaitReady(LONG);
    return server;
  }

  private Terminal anna() {
    Terminal anna = new Terminal(system.world(), account("anna"), tcp, ports.take(Protocol.TCP), tx -> {}, () -> {});
    open.add(anna);
    return anna;
  }

  /// The next message to bert; returns the answer.
  private SipResponse send(Terminal anna, int padding) {
    number++;
    String content = Texts.content("anna", "bert", number) + " " + "x".repeat(padding);
    Item item = new Item(Item.Kind.MESSAGE, "id" + number, "anna", "bert", number, content);
    return anna.request(Texts.message(item, FaultsTest::address, "2026-11-22T12:00:00Z"), Duration.ofSeconds(30));
  }

  /// Lets bert register and gives the numbers of the messages he is shown, in their order, as they come.
  private List<Long> bertIsShown() {
    List<Long> shown = new CopyOnWriteArrayList<>();
    ImClient bert = new ImClient(system.world(), ClientSettings.of(account("bert"), tcp).withConfirm(false));
    open.add(bert);
    bert.pager().listen(new Pager.Listener() {
      @Override
      public void message(Incoming message) {
        String text = message.text();
        int at = text.indexOf('#') + 1;
        shown.add(Long.parseLong(text.substring(at, text.indexOf(' ', at))));
      }
    });
    bert.register();
    return shown;
  }

  private static void fill(Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      while (true) {
        out.write(new byte[64 << 10]);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("space");
    }
  }

  @Test
  void aFullDiskIsAnsweredWith503NothingAcknowledgedIsLostAndItGoesOnByItself() throws IOException {
    try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), "96m")) {
      Path data = disk.path().resolve("data");
      users(data);
      try (ServerProcess server = ready(data)) {
        Terminal anna = anna();
        List<Long> acknowledged = new ArrayList<>();
        assertThat(send(anna, 0).status()).isEqualTo(202);
        acknowledged.add(number);
        Path ballast = disk.path().resolve("ballast");
        fill(ballast);
        SipResponse refused = untilRefused(anna, acknowledged);
        assertThat(refused.status()).as(server.lastWords()).isEqualTo(503);
        assertThat(refused.number(Header.RETRY_AFTER)).isPresent();
        assertThat(server.isAlive()).isTrue();

        Files.delete(ballast);
        await().atMost(LONG).until(() -> isStored(anna, acknowledged));
        List<Long> shown = bertIsShown();
        await().atMost(LONG).untilAsserted(() -> assertThat(shown).containsAll(acknowledged));
        assertThat(shown).isSorted().doesNotHaveDuplicates();
      }
    }
  }

  private SipResponse untilRefused(Terminal anna, List<Long> acknowledged) {
    for (int i = 0; i < 4_000; i++) {
      SipResponse answer = send(anna, LARGE);
      if (!answer.isSuccess()) {
        return answer;
      }
      acknowledged.add(number);
    }
    throw new AssertionError("4000 messages of 48 KB fit on a full disk");
  }

  private boolean isStored(Terminal anna, List<Long> acknowledged) {
    boolean stored = send(anna, 0).isSuccess();
    if (stored) {
      acknowledged.add(number);
    }
    return stored;
  }

  @Test
  void aReadOnlyFolderIsToldAtTheStart() {
    try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), "64m")) {
      Path data = disk.path().resolve("data");
      users(data);
      disk.remount("ro");
      assertThat(whyItDoesNotStart(data)).contains("exit code 1").contains(data.toString()).contains("make it writable").doesNotContain("\tat ");
    }
  }

  @Test
  void aFolderThatCannotBeMadeIsToldAtTheStart() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "in the way");
    assertThat(whyItDoesNotStart(file.resolve("data"))).contains("exit code 1").contains("Can't make the folder").contains("the setting data")
        .doesNotContain("\tat ");
  }

  private String whyItDoesNotStart(Path data) {
    ServerProcess server = start(data);
    Unavailable why = catchThrowableOfType(Unavailable.class, () -> server.awaitReady(LONG));
    assertThat(why).isNotNull();
    return String.valueOf(why.getMessage());
  }

  @Test
  void aTornLastWriteCostsNoMoreThanThatWrite() throws IOException {
    Path data = folder.resolve("data");
    users(data);
    int sent = 40;
    try (ServerProcess server = ready(data)) {
      Terminal anna = anna();
      for (int i = 0; i < sent; i++) {
        assertThat(send(anna, 0).status()).isEqualTo(202);
      }
      server.kill();
    }
    try (FileChannel log = FileChannel.open(ServerProcess.newestLog(data).orElseThrow(), StandardOpenOption.WRITE)) {
      log.truncate(log.size() - 7); // in the middle of the last record
    }
    try (ServerProcess server = ready(data)) {
      List<Long> shown = bertIsShown();
      List<Long> whole = LongStream.rangeClosed(1, sent - 1).boxed().toList();
      await().atMost(LONG).untilAsserted(() -> assertThat(shown).as(server.lastWords()).containsAll(whole));
      assertThat(shown).isSorted().doesNotHaveDuplicates();
    }
  }

  @Test
  void whatWasBegunAndNeverAcknowledgedCostsNothing() {
    Path data = folder.resolve("data");
    users(data);
    try (ServerProcess server = ready(data)) {
      Terminal anna = anna();
      for (int i = 0; i < 10; i++) {
        assertThat(send(anna, 0).status()).isEqualTo(202);
      }
      server.kill();
    }
    assertThat(ServerProcess.tear(data, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})).isTrue();
    try (ServerProcess server = ready(data)) {
      List<Long> shown = bertIsShown();
      await().atMost(LONG).untilAsserted(() -> assertThat(shown).as(server.lastWords()).hasSize(10));
      assertThat(shown).isSorted();
    }
  }

  private static SipUri address(String person) {
    return SipUri.of(person, Stage.DOMAIN);
  }

  private static Account account(String person) {
    return new Account(address(person), person, Stage.password(person));
  }
}
