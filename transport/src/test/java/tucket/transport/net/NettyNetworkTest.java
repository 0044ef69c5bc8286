// UDP and TCP over real sockets.
package tucket.transport.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.jupiter.api.Test;
import tucket.transport.Endpoint;
import tucket.transport.Flow;
import tucket.transport.Network;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;

class NettyNetworkTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  private NettyNetwork network = new NettyNetwork(NetworkSettings.DEFAULT.withLoops(2));

  @AfterEach
  void close() {
    network.close();
  }

  static Endpoint any(Protocol protocol, String address) {
    assumeTrue(address.indexOf(':') < 0 || speaksIpv6(), "this machine has no IPv6");
    return new Endpoint(protocol, new InetSocketAddress(InetAddress.ofLiteral(address), 0));
  }

  private static boolean speaksIpv6() {
    try {
      return Collections.list(NetworkInterface.getNetworkInterfaces()).stream()
          .flatMap(NetworkInterface::inetAddresses)
          .anyMatch(InetAddress.ofLiteral("::1")::equals);
    } catch (IOException none) {
      return false;
    }
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.1,true", "127.0.0.1,false", "::1,true", "::1,false"})
  void aDatagramIsAnsweredOverTheFlowItCameBy(String address, boolean nativeSockets) {
    network.close();
    network = new NettyNetwork(NetworkSettings.DEFAULT.withLoops(2).withNativeSockets(nativeSockets));
    Gathering server = Gathering.echo();
    Gathering client = new Gathering();
    Network.Listener there = network.listen(any(Protocol.UDP, address), server);
    Network.Listener here = network.listen(any(Protocol.UDP, address), client);

    assertThat(here.flowTo(there.local().address()).send("hello".getBytes(UTF_8))).isTrue();

    await().atMost(SOON).until(client::text, "hello"::equals);
    Flow back = there.flowTo(here.local().address());
    assertThat(server.senders.getFirst()).isEqualTo(back).hasSameHashCodeAs(back);
    assertThat(server.senders.getFirst()).isNotEqualTo(here.flowTo(here.local().address()));
    assertThat(server.senders.getFirst().remote()).isEqualTo(here.local().address());
    assertThat(server.senders.getFirst().local()).isEqualTo(there.local().address());
  }

  @Test
  void theLargestDatagramArrivesWholeAndALargerOneIsNotSent() {
    Gathering server = new Gathering();
    Network.Listener there = network.listen(any(Protocol.UDP, "127.0.0.1"), server);
    Flow flow = network.listen(any(Protocol.UDP, "127.0.0.1"), new Gathering()).flowTo(there.local().address());

    assertThat(flow.send(new byte[65_508])).isFalse();
    assertThat(flow.send(new byte[65_507])).isTrue();

    await().atMost(SOON).until(() -> server.bytes().length == 65_507);
    assertThat(network.figures().of(NetworkFigures.Figure.DATAGRAMS_DROPPED)).isEqualTo(1);
    assertThat(flow.isOpen()).isTrue();
  }

  @Test
  void manyDatagramsFromManySocketsAllArrive() {
    Gathering server = new Gathering();
    Network.Listener there = network.listen(any(Protocol.UDP, "127.0.0.1"), server);
    for (int i = 0; i < 20; i++) {
      Flow flow = network.listen(any(Protocol.UDP, "127.0.0.1"), new Gathering()).flowTo(there.local().address());
      for (int j = 0; j < 50; j++) {
        assertThat(flow.send(new byte[100])).isTrue();
      }
    }
    await().atMost(SOON).until(() -> server.bytes().length == 20 * 50 * 100);
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.1,true", "127.0.0.1,false", "::1,true", "::1,false"})
  void datagramsThatLeaveTogetherArriveEachForItselfAndInOrder(String address, boolean nativeSockets) {
    network.close();
    network = new NettyNetwork(NetworkSettings.DEFAULT.withLoops(1).withNativeSockets(nativeSockets));
    List<List<String>> got = List.of(new CopyOnWriteArrayList<>(), new CopyOnWriteArrayList<>());
    List<Network.Listener> receivers = got.stream()
        .map(g -> network.listen(any(Protocol.UDP, address), (flow, data) -> g.add(new String(data, UTF_8)))).toList();
    List<List<String>> sent = List.of(new ArrayList<>(), new ArrayList<>());
    for (int i = 0; i < 300; i++) {
      int length = i % 50 == 49 ? 3000 : i % 7 == 6 ? 300 : 400; // a large one and shorter ones between those of one length
      sent.get(i % 2).add((i + " ").repeat(1000).substring(0, length));
    }
    AtomicReference<Network.Listener> itself = new AtomicReference<>();
    Network.Listener sender = network.listen(any(Protocol.UDP, address), (flow, data) -> {
      for (int i = 0; i < 300; i++) {
        itself.get().flowTo(receivers.get(i % 2).local().address()).send(sent.get(i % 2).get(i / 2).getBytes(UTF_8));
      }
    });
    itself.set(sender);
    network.listen(any(Protocol.UDP, address), new Gathering()).flowTo(sender.local().address()).send("go".getBytes(UTF_8));
    await().atMost(SOON).until(() -> got.getFirst().size() + got.getLast().size() == 300);
    assertThat(got).isEqualTo(sent);
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.1,true", "127.0.0.1,false", "::1,true", "::1,false"})
  void aConnectionCarriesBytesBothWaysAndTellsOfItsEnd(String address, boolean nativeSockets) {
    network.close();
    network = new NettyNetwork(NetworkSettings.DEFAULT.withLoops(2).withNativeSockets(nativeSockets));
    Gathering server = Gathering.echo();
    Gathering client = new Gathering();
    Network.Listener there = network.listen(any(Protocol.TCP, address), server);

    Flow flow = network.connect(there.local(), "", client, SOON);
    assertThat(client.opened).containsExactly(flow);
    assertThat(flow.send("one ".getBytes(UTF_8)) && flow.send("two".getBytes(UTF_8))).isTrue();
    await().atMost(SOON).until(client::text, "one two"::equals);
    assertThat(flow.remote()).isEqualTo(there.local().address());
    assertThat(server.opened.getFirst().remote()).isEqualTo(flow.local());

    flow.close();

    await().atMost(SOON).until(() -> !server.closed.isEmpty() && !client.closed.isEmpty());
    assertThat(server.closed).containsExactly("closed by the peer");
    assertThat(client.closed).containsExactly("closed here");
    assertThat(flow.isOpen()).isFalse();
    assertThat(flow.send(new byte[1])).isFalse();
  }

  @Test
  void whatIsQueuedLeavesInOrderBeforeAClose() {
    Gathering server = new Gathering();
    Network.Listener there = network.listen(any(Protocol.TCP, "127.0.0.1"), server);
    Flow flow = network.connect(there.local(), "", new Gathering(), SOON);
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 20_000; i++) {
      String line = "line " + i + "\n";
      all.append(line);
      assertThat(flow.send(line.getBytes(UTF_8))).isTrue();
    }
    byte[] large = new byte[1_000_000];
    assertThat(flow.send(large)).isTrue();
    flow.close();

    await().atMost(SOON).until(() -> !server.closed.isEmpty());
    assertThat(server.bytes()).hasSize(all.length() + large.length);
    assertThat(server.text()).startsWith(all);
  }

  @ParameterizedTest
  @EnumSource(value = Protocol.class, names = {"UDP", "TCP"})
  void aPortInUseIsToldWithTheRemedy(Protocol protocol) {
    Network.Listener first = network.listen(any(protocol, "127.0.0.1"), new Gathering());
    assertThatThrownBy(() -> network.listen(first.local(), new Gathering()))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("port " + first.local().port() + " is in use")
        .hasMessageContaining("configure another port");
  }

  @ParameterizedTest
  @ValueSource(strings = {"UDP", "TCP"})
  void anAddressThatIsNotOursIsToldSo(String protocol) {
    assertThatThrownBy(() -> network.listen(any(Protocol.valueOf(protocol), "192.0.2.1"), new Gathering()))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("this machine has no address 192.0.2.1");
  }

  @Test
  void aClosedPortRefuses() throws IOException {
    int port;
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      port = taken.getLocalPort();
    }
    Endpoint nowhere = new Endpoint(Protocol.TCP, new InetSocketAddress("127.0.0.1", port));
    assertThatThrownBy(() -> network.connect(nowhere, "", new Gathering(), SOON))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("tcp:127.0.0.1:" + port)
        .hasMessageContaining("nothing listens there");
  }

  @Test
  void aClosedListenerFreesItsPort() {
    Network.Listener first = network.listen(any(Protocol.UDP, "127.0.0.1"), new Gathering());
    Flow flow = first.flowTo(first.local().address());
    first.close();
    assertThat(flow.isOpen()).isFalse();
    assertThat(flow.send(new byte[1])).isFalse();
    network.listen(first.local(), new Gathering()).close();
  }
}
