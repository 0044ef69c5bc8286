// A server with one limit made small, and clients that run into it.
package tucket.app.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import tucket.app.assembly.Assembly;
import tucket.app.assembly.LabUsers;
import tucket.app.config.ConfigFile;
import tucket.client.Account;
import tucket.client.ClientSettings;
import tucket.client.ImClient;
import tucket.client.Incoming;
import tucket.client.Outgoing;
import tucket.client.Pager;
import tucket.client.Sent;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.NameAddr;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.net.NetworkSettings;
import tucket.transport.net.SystemWorld;
import tucket.transport.net.TlsMaterial;
import tucket.transport.net.TlsSettings;

/// In this process, in memory, on free loopback ports, with the users alice, bob and carol.
final class LimitsLab implements AutoCloseable {
  static final String DOMAIN = "tucket.example";
  static final Duration SOON = Duration.ofSeconds(30);

  final Assembly server;
  private final SystemWorld world = new SystemWorld(NetworkSettings.DEFAULT.withLoops(1), TlsMaterial.load(TlsSettings.CLIENT));
  private final List<AutoCloseable> open = new ArrayList<>();
  private int devices;

  LimitsLab(String... settings) {
    List<String> all = new ArrayList<>(List.of(
        "sip.listen=[\"udp:127.0.0.1:0\",\"tcp:127.0.0.1:0\"]", "http.listen=\"\"", "storage.engine=memory", "lab.users=true", "log.level=error",
        "limits.wait-time=0")); // floods are to be answered here
    all.addAll(List.of(settings));
    server = Assembly.start(ConfigFile.read(Optional.empty(), all));
  }

  Endpoint at(Protocol protocol) {
    return server.listening().stream().filter(e -> e.protocol() == protocol).findFirst().orElseThrow();
  }

  /// Another device of that user; not registered.
  ImClient client(String name) {
    return client(name, LabUsers.passwordOf(name).orElseThrow());
  }

  ImClient client(String name, String password) {
    devices++;
    Account account = new Account(SipUri.of(name, DOMAIN), name, password);
    ClientSettings settings = ClientSettings.of(account, at(Protocol.TCP))
        .withInstance("urn:uuid:00000000-0000-4000-8000-" + String.format("%012x", devices))
        .withConfirm(false)
        .withLargeOver(Integer.MAX_VALUE);
    return client(settings);
  }

  ImClient client(ClientSettings settings) {
    ImClient client = new ImClient(world.world(), settings);
    open.add(client);
    return client;
  }

  /// A registered device that takes messages and does not answer until it is told to.
  Silent silent(String name) {
    Silent silent = new Silent();
    ImClient client = client(name);
    client.pager().listen(silent);
    client.register();
    open.add(silent.answer::countDown);
    return silent;
  }

  /// See [#silent].
  static final class Silent implements Pager.Listener {
    final Semaphore arrived = new Semaphore(0);
    final CountDownLatch answer = new CountDownLatch(1);

    @Override
    public void message(Incoming message) {
      arrived.release();
      try {
        answer.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// Registers that Contact for the user of the client, which need not be where the client is.
  static SipResponse register(ImClient client, String contact) {
    return client.request(SipRequest.of("REGISTER", SipUri.of("", DOMAIN))
        .edit()
        .with(Header.TO, NameAddr.of(client.settings().account().address()).toString())
        .with(Header.CONTACT, contact)
        .request());
  }

  /// Registers that Contact for a user from an address that is not its own.
  void registerElsewhere(String name, String contact) {
    Account account = new Account(SipUri.of(name, DOMAIN), name, LabUsers.passwordOf(name).orElseThrow());
    assertThat(register(client(ClientSettings.of(account, at(Protocol.UDP))), contact).status()).isEqualTo(200);
  }

  /// A phone of that user's for the test to play.
  HandPhone byHand(String name) throws Exception {
    HandPhone phone = new HandPhone(tcp(), name, LabUsers.passwordOf(name).orElseThrow());
    open.add(phone);
    return phone;
  }

  /// What is timed.
  interface Timed {
    void run(LimitsLab lab) throws Exception;
  }

  /// That it takes less time than so much, with servers of those settings: at least once in five times, since a busy machine may hold one up. `than` is
  /// well below what it takes by default.
  static void assertSooner(Duration than, Timed what, String... settings) throws Exception {
    Duration best = Duration.ofDays(1);
    for (int i = 0; i < 5 && best.compareTo(than) >= 0; i++) {
      try (LimitsLab lab = new LimitsLab(settings)) {
        long began = System.nanoTime();
        what.run(lab);
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        best = took.compareTo(best) < 0 ? took : best;
      }
    }
    assertThat(best).isLessThan(than);
  }

  static SipUri address(String name) {
    return SipUri.of(name, DOMAIN);
  }

  static Sent send(ImClient from, String to, String text) {
    return from.pager().send(address(to), Outgoing.text(text));
  }

  static CompletableFuture<Sent> sending(ImClient from, String to, String text) {
    CompletableFuture<Sent> sent = new CompletableFuture<>();
    Thread.ofVirtual().start(() -> sent.complete(send(from, to, text)));
    return sent;
  }

  /// A bare TCP connection to the server.
  Wire wire() {
    return wire(0);
  }

  /// One that takes at most so many bytes before it has read them; 0: as the system does.
  Wire wire(int receiveBuffer) {
    Wire wire = new Wire(at(Protocol.TCP).address(), receiveBuffer);
    open.add(wire);
    return wire;
  }

  InetSocketAddress tcp() {
    return at(Protocol.TCP).address();
  }

  @Override
  public void close() {
    for (AutoCloseable part : open.reversed()) {
      try {
        part.close();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
    server.close();
    world.close();
  }
}
