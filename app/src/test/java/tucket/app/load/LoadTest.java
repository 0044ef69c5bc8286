// Runs the load generator over real sockets, against our server and against one that goes wrong.
package tucket.app.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tucket.app.assembly.Assembly;
import tucket.app.config.Config;
import tucket.app.config.ConfigFile;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;
import tucket.transport.net.NetworkSettings;
import tucket.transport.net.SystemWorld;
import tucket.transport.net.TlsMaterial;
import tucket.transport.net.TlsSettings;

class LoadTest {
  private static final Duration LONG = Duration.ofMinutes(5);

  private final SystemWorld world =
      new SystemWorld(NetworkSettings.DEFAULT.withLoops(1), TlsMaterial.load(TlsSettings.CLIENT.withTrust(new TlsSettings.Anyone())));

  @TempDir private Path folder;

  @AfterEach
  void end() {
    world.close();
  }

  private Config config(String... more) {
    List<String> settings =
        new java.util.ArrayList<>(
            List.of(
                "domain=load.example",
                "data=\"" + folder + "\"",
                "sip.listen=[\"udp:127.0.0.1:0\",\"tcp:127.0.0.1:0\",\"tls:127.0.0.1:0\"]",
                "sip.tls.lab=true",
                "http.listen=\"\"",
                "storage.engine=memory"));
    settings.addAll(List.of(more));
    return ConfigFile.read(Optional.empty(), settings);
  }

  private static LoadPlan plan(Assembly server, Protocol protocol) {
    var at = server.listening().stream().filter(e -> e.protocol() == protocol).findFirst().orElseThrow();
    return LoadPlan.of(at, "load.example").withUsers(8, 4).withConnections(3).withPace(6, 0).withPatience(Duration.ofSeconds(60));
  }

  private LoadResult play(LoadPlan plan, int messages) {
    try (Load load = new Load(world.world(), plan)) {
      load.connect();
      load.register();
      load.run(messages, LONG);
      load.settle();
      return load.result();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Protocol.class,
      names = {"UDP", "TCP", "TLS"})
  void messagesAndNotificationsReachEachDeviceOnce(Protocol protocol) {
    try (Assembly server = Assembly.start(config())) {
      LoadPlan plan = plan(server, protocol).withDevices(2).withNotifications(true);
      assertThat(UserMaker.make(server.administration(), plan)).isEqualTo(8);
      LoadResult result = play(plan, 60);
      assertThat(result.statuses()).containsOnlyKeys(200);
      assertThat(result.arrived()).isEqualTo(120);
      assertThat(result.notificationsArrived()).isEqualTo(120);
      assertThat(result.latency().count()).isEqualTo(60);
      assertThat(result.isGood()).as("%s", result).isTrue();
    }
  }

  @Test
  void whatWasStoredForThoseWhoAreAwayIsCollected() {
    try (Assembly server = Assembly.start(config("core.challenge.datagrams=registered-flow"))) {
      LoadPlan plan = plan(server, Protocol.UDP).withOffline(50);
      UserMaker.make(server.administration(), plan);
      try (Load load = new Load(world.world(), plan)) {
        load.connect();
        assertThat(load.register()).isEqualTo(6);
        load.run(40, LONG);
        load.settle();
        assertThat(load.result().statuses()).containsKeys(200, 202);
        long waiting = load.result().waiting();
        assertThat(waiting).isPositive();
        assertThat(load.collect().messages()).isEqualTo(waiting);
        assertThat(load.result().waiting()).isZero();
        load.leave();
        load.run(40, LONG);
        long again = load.result().waiting();
        assertThat(again).isPositive();
        assertThat(load.collect().messages()).as("who has left comes back").isEqualTo(again);
        assertThat(load.result().waiting()).isZero();
        assertThat(load.result().isGood()).as("%s", load.result()).isTrue();
      }
    }
  }

  @Test
  void aRateIsKept() {
    try (CrookedServer server = new CrookedServer(world.world().network(), CrookedServer.Way.RIGHT)) {
      LoadPlan plan = LoadPlan.of(server.endpoint(), "load.example").withPace(50, 200);
      LoadResult result = play(plan, 100);
      assertThat(result.isGood()).as("%s", result).isTrue();
      assertThat(result.nanos()).isGreaterThan(490_000_000L);
    }
  }

  @Test
  void timeBoundsARun() {
    try (CrookedServer server = new CrookedServer(world.world().network(), CrookedServer.Way.RIGHT);
        Load load = new Load(world.world(), LoadPlan.of(server.endpoint(), "load.example"))) {
      load.connect();
      load.register();
      load.run(Long.MAX_VALUE, Duration.ofMillis(300));
      load.settle();
      assertThat(load.result().isGood()).as("%s", load.result()).isTrue();
      assertThat(load.result().nanos()).isGreaterThan(250_000_000L);
    }
  }

  private LoadResult crooked(CrookedServer.Way way) {
    try (CrookedServer server = new CrookedServer(world.world().network(), way)) {
      return play(LoadPlan.of(server.endpoint(), "load.example").withUsers(4, 3).withPace(3, 0).withPatience(Duration.ofMillis(500)), 200);
    }
  }

  @Test
  void aServerThatKeepsItsWordIsGood() {
    assertThat(crooked(CrookedServer.Way.RIGHT).isGood()).isTrue();
  }

  @Test
  void whatWasAcknowledgedAndDidNotArriveIsLost() {
    LoadResult result = crooked(CrookedServer.Way.LOSES_EVERY_TENTH);
    assertThat(result.lost()).isEqualTo(20);
    assertThat(result.isFaithful()).isFalse();
  }

  @Test
  void whatArrivesByTwoTransactionsIsDoubled() {
    LoadResult result = crooked(CrookedServer.Way.DOUBLES_EVERY_TENTH);
    assertThat(result.doubled()).isEqualTo(20);
    assertThat(result.lost()).isZero();
    assertThat(result.isFaithful()).isFalse();
  }

  @Test
  void whatArrivesInAnotherOrderIsOutOfOrder() {
    LoadResult result = crooked(CrookedServer.Way.SWAPS);
    assertThat(result.disordered()).isPositive();
    assertThat(result.lost()).isZero();
    assertThat(result.isFaithful()).isFalse();
  }

  @Test
  void aServerThatRefusesIsFaithfulButNotGood() {
    LoadResult result = crooked(CrookedServer.Way.REFUSES_EVERY_TENTH);
    assertThat(result.statuses()).containsEntry(480, 20L).containsEntry(200, 180L);
    assertThat(result.isFaithful()).isTrue();
    assertThat(result.isGood()).isFalse();
  }

  @Test
  void aWrongPasswordIsSaid() {
    try (Assembly server = Assembly.start(config())) {
      LoadPlan plan = plan(server, Protocol.TCP);
      UserMaker.make(server.administration(), plan);
      assertThatThrownBy(() -> play(plan.withNames("load", "wrong"), 1)).isInstanceOf(Unavailable.class).hasMessageContaining("40");
    }
  }
}
