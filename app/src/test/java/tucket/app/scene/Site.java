// One domain's server, over all its lives.
package tucket.app.scene;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import tucket.app.admin.AdminClient;
import tucket.app.admin.Administration;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;

/// Where it listens is chosen at the first start and kept over restarts, so that phones find it again; its data folder stays too.
final class Site implements AutoCloseable {
  private static final AtomicInteger NEXT = new AtomicInteger(ThreadLocalRandom.current().nextInt(12_000));

  private final Path data;
  private final List<String> settings;
  private final boolean ownProcess;
  private List<String> addresses;
  private String http = "127.0.0.1:" + freePort();
  private String xcap = "127.0.0.1:" + freePort();
  private Optional<SceneServer> server = Optional.empty();
  private CompletableFuture<Boolean> stopping = CompletableFuture.completedFuture(true);

  /// `listen` as in the configuration; `settings` over the defaults.
  Site(String domain, Path data, List<String> listen, List<String> settings, boolean ownProcess) {
    this.data = data.resolve(domain);
    this.addresses = listen;
    this.settings = new ArrayList<>(settings);
    this.settings.add("domain=\"" + domain + "\"");
    this.settings.add("data=\"" + this.data + "\"");
    this.ownProcess = ownProcess;
  }

  void start() {
    List<String> all = new ArrayList<>(List.of("sip.listen=[\"" + String.join("\",\"", addresses) + "\"]", "http.listen=\"" + http + "\"",
        "xdms.listen=\"" + xcap + "\""));
    all.addAll(settings);
    SceneServer started = ownProcess ? new SceneServer.OwnProcess(all) : new SceneServer.InProcess(all);
    server = Optional.of(started);
    addresses = started.listening();
    http = started.http().replace("http://", "");
    xcap = started.xcap().replace("http://", "").replace("/xcap", "");
  }

  /// The XCAP root.
  String xcap() {
    return running().xcap();
  }

  void stop() {
    beginToStop();
    hasStopped();
  }

  /// It stops gracefully in the background.
  void beginToStop() {
    SceneServer leaving = running();
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    stopping = done;
    Thread.ofPlatform().name("stop").start(() -> {
      try {
        leaving.stop();
        leaving.close();
        done.complete(true);
      } catch (RuntimeException | Error e) {
        done.completeExceptionally(e);
      }
    });
  }

  void hasStopped() {
    try {
      stopping.get(60, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("the server did not stop: " + e, e);
    }
    server = Optional.empty();
  }

  void kill() {
    running().kill();
    server = Optional.empty();
  }

  private SceneServer running() {
    return server.orElseThrow(() -> new AssertionError("the server does not run"));
  }

  /// Where it speaks that transport.
  Endpoint at(String transport, boolean ipv6) {
    Protocol protocol = Protocol.valueOf(transport.toUpperCase(Locale.ROOT));
    String start = transport + (ipv6 ? ":[" : ":1");
    String address = addresses.stream().filter(a -> a.startsWith(start)).findFirst().orElseThrow(() -> new AssertionError("it listens at " + addresses));
    int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    return new Endpoint(protocol, new InetSocketAddress(InetAddress.ofLiteral(ipv6 ? "::1" : "127.0.0.1"), port));
  }

  /// Asks its admin API.
  <T> T ask(Function<Administration, T> question) {
    try (AdminClient admin = running().admin(data)) {
      return question.apply(admin);
    }
  }

  /// A port that is free for UDP and TCP on loopback, outside the range that systems hand out by themselves, so that nobody takes it while the server is
  /// away; each time another one.
  static int freePort() {
    for (int i = 0; i < 200; i++) {
      int port = 20_000 + Math.floorMod(NEXT.getAndIncrement(), 12_000);
      InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
      try (ServerSocket tcp = new ServerSocket(port, 1, loopback); DatagramSocket udp = new DatagramSocket(port, loopback)) {
        return Math.min(tcp.getLocalPort(), udp.getLocalPort());
      } catch (IOException taken) {
        continue;
      }
    }
    throw new AssertionError("no port is free");
  }

  @Override
  public void close() {
    server.ifPresent(SceneServer::close);
  }
}
