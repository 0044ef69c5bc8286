// TLS over real sockets: who is trusted, whose name counts, and new certificates while the server runs.
package tucket.transport.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tucket.transport.Flow;
import tucket.transport.Network;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;
import tucket.transport.net.TlsSettings.Engine;

class TlsTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration YEAR = Duration.ofDays(365);

  @TempDir private Path folder;
  private final List<NettyNetwork> networks = new ArrayList<>();
  private TlsSettings.Identity identity = new TlsSettings.Identity(Path.of(""), Path.of(""));

  @BeforeEach
  void makeCertificate() {
    identity = SelfSigned.make(folder.resolve("server"), List.of("a.example"), YEAR);
  }

  @AfterEach
  void close() {
    networks.forEach(NettyNetwork::close);
  }

  private NettyNetwork network(TlsMaterial tls) {
    NettyNetwork network = new NettyNetwork(NetworkSettings.DEFAULT.withLoops(1), tls);
    networks.add(network);
    return network;
  }

  private NettyNetwork network(TlsSettings tls) {
    return network(TlsMaterial.load(tls));
  }

  private Network.Listener serve(TlsSettings tls, Gathering server) {
    return network(tls).listen(NettyNetworkTest.any(Protocol.TLS, "127.0.0.1"), server);
  }

  private TlsSettings trusting() {
    return TlsSettings.CLIENT.withTrust(new TlsSettings.Authorities(identity.certificateChain()));
  }

  @Test
  void theNativeEngineIsThere() {
    assertThat(TlsMaterial.load(TlsSettings.CLIENT).engine()).contains("BoringSSL");
    assertThat(TlsMaterial.load(TlsSettings.CLIENT.withEngine(Engine.JDK)).engine()).isEqualTo("JDK");
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void bytesGoBothWaysAndTheServersNameIsProven(Engine engine) {
    Gathering client = new Gathering();
    Gathering server = Gathering.echo();
    Network.Listener there = serve(TlsSettings.server(identity).withEngine(engine), server);

    Flow flow = network(trusting().withEngine(engine)).connect(there.local(), "A.example", client, SOON);
    byte[] large = new byte[300_000];
    flow.send("hello".getBytes(UTF_8));
    flow.send(large);

    await().atMost(SOON).until(() -> client.bytes().length == 300_005);
    assertThat(client.text()).startsWith("hello");
    assertThat(flow.provenName()).isEqualTo("a.example");
    assertThat(flow.proves("localhost")).isTrue();
    assertThat(flow.proves("b.example")).isFalse();
    assertThat(server.opened.getFirst().provenName()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void aWrongHostNameIsRefused(Engine engine) {
    Network.Listener there = serve(TlsSettings.server(identity), new Gathering());
    NettyNetwork client = network(trusting().withEngine(engine));
    assertThatThrownBy(() -> client.connect(there.local(), "b.example", new Gathering(), SOON))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("is for a.example, localhost")
        .hasMessageContaining("not for b.example");
    assertThat(client.figures().of(NetworkFigures.Figure.HANDSHAKES_FAILED)).isEqualTo(1);
    assertThat(client.figures().open()).isZero();
  }

  @Test
  void withoutANameTheAddressMustBeInTheCertificate() {
    Network.Listener there = serve(TlsSettings.server(identity), new Gathering());
    assertThat(network(trusting()).connect(there.local(), "", new Gathering(), SOON).isOpen()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void anAuthorityThatIsNotTrustedIsRefused(Engine engine) {
    Network.Listener there = serve(TlsSettings.server(identity), new Gathering());
    NettyNetwork client = network(TlsSettings.CLIENT.withEngine(engine));
    assertThatThrownBy(() -> client.connect(there.local(), "a.example", new Gathering(), SOON))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("Can't connect to tls:127.0.0.1:")
        .hasMessageContaining("authority");
  }

  @Test
  void inTheLabAnyCertificateIsTakenAndProvesNothing() {
    Network.Listener there = serve(TlsSettings.server(identity), new Gathering());
    Flow flow = network(TlsSettings.CLIENT.withTrust(new TlsSettings.Anyone())).connect(there.local(), "b.example", new Gathering(), SOON);
    assertThat(flow.isOpen()).isTrue();
    assertThat(flow.provenName()).isEmpty();
    assertThat(flow.proves("a.example")).isFalse();
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void aClientThatMustShowACertificateIsKnownByIt(Engine engine) {
    TlsSettings.Identity other = SelfSigned.make(folder.resolve("client"), List.of("b.example"), YEAR);
    Gathering server = new Gathering();
    Network.Listener there =
        serve(
            TlsSettings.server(identity)
                .withTrust(new TlsSettings.Authorities(other.certificateChain()))
                .withClientAuth(TlsSettings.ClientAuth.NEEDED)
                .withEngine(engine),
            server);
    TlsSettings named = new TlsSettings(Optional.of(other), trusting().trust(), TlsSettings.ClientAuth.NONE, engine);

    network(named).connect(there.local(), "a.example", new Gathering(), SOON);

    await().atMost(SOON).until(() -> !server.opened.isEmpty());
    assertThat(server.opened.getFirst().provenName()).isEqualTo("b.example");
    assertThat(server.opened.getFirst().proves("B.Example")).isTrue();
  }

  @Test
  void aClientThatShowsNoCertificateWhereOneIsNeededIsCutOff() {
    Gathering server = new Gathering();
    Gathering client = new Gathering();
    Network.Listener there =
        serve(
            TlsSettings.server(identity)
                .withTrust(new TlsSettings.Authorities(identity.certificateChain()))
                .withClientAuth(TlsSettings.ClientAuth.NEEDED),
            server);
    try {
      // Under TLS 1.3 the client is done before the server has refused.
      network(trusting()).connect(there.local(), "a.example", client, SOON);
      await().atMost(SOON).until(() -> !client.closed.isEmpty());
    } catch (Unavailable refused) {
      assertThat(refused).hasMessageContaining("Can't connect");
    }
    assertThat(server.opened).isEmpty();
  }

  @Test
  void aNewCertificateServesNewConnectionsWhileOldOnesGoOn() throws IOException {
    TlsMaterial material = TlsMaterial.load(TlsSettings.server(identity));
    Gathering server = Gathering.echo();
    Network.Listener there = network(material).listen(NettyNetworkTest.any(Protocol.TLS, "127.0.0.1"), server);
    NettyNetwork oldTrust = network(trusting());
    Gathering oldClient = new Gathering();
    Flow old = oldTrust.connect(there.local(), "a.example", oldClient, SOON);
    assertThat(material.reloadIfChanged()).isFalse();

    TlsSettings.Identity next = SelfSigned.make(folder.resolve("next"), List.of("c.example"), YEAR);
    Files.copy(next.certificateChain(), identity.certificateChain(), StandardCopyOption.REPLACE_EXISTING);
    Files.copy(next.privateKey(), identity.privateKey(), StandardCopyOption.REPLACE_EXISTING);
    assertThat(material.reloadIfChanged()).isTrue();

    Flow fresh = network(trusting()).connect(there.local(), "c.example", new Gathering(), SOON);
    assertThat(fresh.provenName()).isEqualTo("c.example");
    assertThatThrownBy(() -> oldTrust.connect(there.local(), "a.example", new Gathering(), SOON)).isInstanceOf(Unavailable.class);
    old.send("still here".getBytes(UTF_8));
    await().atMost(SOON).until(oldClient::text, "still here"::equals);
  }

  @Test
  void aReloadThatFailsKeepsWhatWasThere() throws IOException {
    TlsMaterial material = TlsMaterial.load(TlsSettings.server(identity));
    Network.Listener there = network(material).listen(NettyNetworkTest.any(Protocol.TLS, "127.0.0.1"), new Gathering());
    TlsSettings trust = trusting();
    NettyNetwork client = network(trust);
    Files.writeString(identity.certificateChain(), "not a certificate");

    assertThatThrownBy(material::reload)
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("PEM")
        .hasMessageContaining(identity.certificateChain().toString());

    assertThat(client.connect(there.local(), "a.example", new Gathering(), SOON).isOpen()).isTrue();
  }

  @Test
  void aMissingFileIsNamed() {
    Path missing = folder.resolve("missing.crt");
    assertThatThrownBy(() -> TlsMaterial.load(TlsSettings.server(new TlsSettings.Identity(missing, missing))))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("Can't read " + missing);
  }

  @Test
  void withoutACertificateTheListenerSaysWhatToDo() {
    NettyNetwork network = network(TlsSettings.CLIENT);
    assertThatThrownBy(() -> network.listen(NettyNetworkTest.any(Protocol.TLS, "127.0.0.1"), new Gathering()))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("no certificate is configured");
  }
}
