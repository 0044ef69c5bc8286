// The configuration: defaults that run, and mistakes that are all told at once with their places.
package tucket.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tucket.app.ProjectFiles;

class ConfigFileTest {
  @TempDir Path folder = Path.of("");

  @Test
  void theDefaultsRunOnLoopback() {
    Config config = ConfigFile.defaults();
    assertThat(config.domain()).isEqualTo("tucket.example");
    assertThat(config.sip().listen()).extracting(Object::toString).containsExactly("udp:127.0.0.1:5060", "tcp:127.0.0.1:5060");
    assertThat(config.onlyLoopback()).isTrue();
    assertThat(config.storage()).isEqualTo(Config.Storage.ROCKSDB);
    assertThat(config.limits().messageBytes()).isEqualTo(64 * 1024);
  }

  @Test
  void theReferenceIsItselfAValidFile() throws IOException {
    Path file = Files.writeString(folder.resolve("a.conf"), ConfigFile.reference());
    assertThat(ConfigFile.read(Optional.of(file), List.of())).isEqualTo(ConfigFile.defaults());
  }

  @Test
  void anOwnFileGoesOverTheDefaultsAndSettingsGoOverBoth() throws IOException {
    Path file = Files.writeString(folder.resolve("a.conf"), "domain = one.example\nim.message-life = 2d\n");
    Config config = ConfigFile.read(Optional.of(file), List.of("domain=two.example"));
    assertThat(config.domain()).isEqualTo("two.example");
    assertThat(config.im().messageLife()).isEqualTo(Duration.ofDays(2));
  }

  @Test
  void allMistakesAreToldAtOnceWithPlaceAndAllowedValues() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("bad.conf"),
            """
            domian = "x.example"
            storage.engine = rockdb
            sip {
              listen = ["sctp:127.0.0.1:5060"]
            }
            im.message-life = 0s
            limits.devices = many
            log.format = jsno
            """);
    BadConfiguration bad =
        catchThrowableOfType(BadConfiguration.class, () -> ConfigFile.read(Optional.of(file), List.of()));
    assertThat(String.valueOf(bad.getMessage()).lines().toList())
        .anySatisfy(l -> assertThat(l).contains("bad.conf:1: domian: there is no such setting").contains("did you mean \"domain\"?"))
        .anySatisfy(l -> assertThat(l).contains("bad.conf:2: storage.engine: wants one of rocksdb, memory").contains("did you mean \"rocksdb\"?"))
        .anySatisfy(l -> assertThat(l).contains("bad.conf:4: sip.listen").contains("does not begin with udp:, tcp: or tls:"))
        .anySatisfy(l -> assertThat(l).contains("bad.conf:6: im.message-life: must be from 1s to 3660d"))
        .anySatisfy(l -> assertThat(l).contains("bad.conf:7: limits.devices: wants a whole number from 1 to 1000"))
        .anySatisfy(l -> assertThat(l).contains("bad.conf:8: log.format: wants one of human, json"))
        .hasSize(6);
  }

  @Test
  void brokenSyntaxIsToldWithItsLine() throws IOException {
    Path file = Files.writeString(folder.resolve("broken.conf"), "domain = a.example\nsip { listen = [\n");
    assertThatThrownBy(() -> ConfigFile.read(Optional.of(file), List.of())).isInstanceOf(BadConfiguration.class).hasMessageContaining("broken.conf:");
  }

  @Test
  void aMissingFileIsToldByItsName() {
    assertThatThrownBy(() -> ConfigFile.read(Optional.of(folder.resolve("none.conf")), List.of()))
        .isInstanceOf(BadConfiguration.class)
        .hasMessageContaining("none.conf: there is no such file");
  }

  @Test
  void aTlsListenerWantsACertificate() {
    assertThatThrownBy(() -> ConfigFile.read(Optional.empty(), List.of("sip.listen=[\"tls:127.0.0.1:5061\"]")))
        .isInstanceOf(BadConfiguration.class)
        .hasMessageContaining("sip.tls.lab = true");
  }

  @Test
  void theLabCertificateIsRefusedBeyondLoopback() {
    assertThatThrownBy(() -> ConfigFile.read(Optional.empty(), List.of("sip.listen=[\"udp:192.0.2.1:5060\"]", "sip.tls.lab=true")))
        .isInstanceOf(BadConfiguration.class)
        .hasMessageContaining("can be reached from other machines");
  }

  @Test
  void anExternalCoreWantsItsRouteAndItsTrustedPeers() {
    assertThatThrownBy(() -> ConfigFile.read(Optional.empty(), List.of("core.mode=external")))
        .isInstanceOf(BadConfiguration.class)
        .hasMessageContaining("core.external.route")
        .hasMessageContaining("core.external.trusted");
  }

  @ParameterizedTest
  @ValueSource(strings = {"one-machine.conf", "two-domains.conf", "behind-an-IMS.conf"})
  void theExamplesAreValid(String name) {
    Config config = ConfigFile.read(Optional.of(ProjectFiles.root().resolve("examples").resolve(name)), List.of());
    assertThat(config.domain()).endsWith(".example");
  }

  @Test
  void whatIsInForceCanBeReadBack() throws IOException {
    String effective = ConfigFile.effective(Optional.empty(), List.of("domain=two.example", "log.levels.\"tucket.server.im\"=debug"));
    Path file = Files.writeString(folder.resolve("effective.conf"), effective);
    Config again = ConfigFile.read(Optional.of(file), List.of());
    assertThat(again.domain()).isEqualTo("two.example");
    assertThat(again.log().levels()).containsEntry("tucket.server.im", "debug");
  }

  @Test
  void sessionsWhoseMediaNobodyElseReachesAreRefused() {
    List<String> afar = List.of("sip.listen=[\"udp:192.0.2.1:5060\"]");
    assertThatThrownBy(() -> ConfigFile.read(Optional.empty(), afar)).hasMessageContaining("msrp.listen").hasMessageContaining("[] for no sessions");
    assertThat(ConfigFile.read(Optional.empty(), List.of(afar.getFirst(), "msrp.listen=[]")).msrp().listen()).isEmpty();
    assertThat(ConfigFile.read(Optional.empty(), List.of(afar.getFirst(), "msrp.listen=[\"tcp:192.0.2.1:2855\"]")).msrp().listen()).hasSize(1);
  }
}
