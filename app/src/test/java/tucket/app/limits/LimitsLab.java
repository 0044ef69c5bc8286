// A server with one limit made small, and clients that run into it.
package tucket.app.limits;

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
        "sip.listen=[\"udp:127.0.0.1:0\",\"tcp:127.0.0.1:0\"]", "http.listen=\"\"", "storage.engine=memory", "lab.users=true", "log.level=error"));
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
