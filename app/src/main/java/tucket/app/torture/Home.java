// A domain of the crash test and its server, which comes back in the same folder and at the same ports.
package tucket.app.torture;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import tucket.app.admin.Administration;
import tucket.app.assembly.DataFolder;
import tucket.app.config.ConfigFile;
import tucket.protocol.sip.SipUri;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;
import tucket.transport.World;

/// The torture's own thread starts and kills it; where it is reached may be asked by all.
final class Home {
  private static final Duration START = Duration.ofSeconds(90);

  private final Place place;
  private final List<String> settings;
  private Optional<ServerProcess> server = Optional.empty();

  /// Where it is: `udp` and `tcp` for clients, `data` the server's folder, `logs` where its output goes.
  record Place(String domain, Endpoint udp, Endpoint tcp, Path data, Path logs) {}

  /// `more` are settings of the configuration besides those that follow from the place.
  Home(Place place, Endpoint http, List<String> more) {
    this.place = place;
    List<String> all = new java.util.ArrayList<>(List.of(
        "domain=" + place.domain,
        "xdms.listen=\"\"",
        "http.listen=\"" + http.hostPort() + "\"",
        "data=\"" + place.data.toString().replace("\\", "\\\\") + "\"",
        "lab.users=false",
        "limits.push-time=2s"));
    all.addAll(more);
    this.settings = List.copyOf(all);
  }

  String domain() {
    return place.domain;
  }

  Path data() {
    return place.data;
  }

  /// Where its clients send what they send over that transport.
  Endpoint at(Protocol protocol) {
    return protocol == Protocol.UDP ? place.udp : place.tcp;
  }

  SipUri address(String person) {
    return SipUri.of(person, place.domain);
  }

  /// Before its first start.
  void makeUsers(List<String> people) {
    try (Administration administration = DataFolder.administration(ConfigFile.read(Optional.empty(), settings))) {
      people.forEach(person -> administration.add(person, Stage.password(person), "", List.of()));
    }
  }

  /// Starts it and waits until it takes requests; `life` is counted up first. Throws [Unavailable].
  void start(World world, AtomicInteger life) {
    launch(world, life).awaitReady(START);
  }

  /// Starts it and does not wait.
  ServerProcess launch(World world, AtomicInteger life) {
    life.incrementAndGet();
    ServerProcess started = ServerProcess.start(world, place.logs, settings);
    server = Optional.of(started);
    return started;
  }

  void kill() {
    server.orElseThrow().kill();
  }

  /// Throws [Unavailable] where it has died by itself.
  void check() {
    if (!server.orElseThrow().isAlive()) {
      throw new Unavailable("the server of " + place.domain + " died by itself: " + lastWords());
    }
  }

  String lastWords() {
    return server.map(ServerProcess::lastWords).orElse("");
  }

  /// SIGTERM; whether it ended in time.
  boolean stop() {
    return server.flatMap(ServerProcess::stop).isPresent();
  }

  void close() {
    server.ifPresent(ServerProcess::close);
  }
}
