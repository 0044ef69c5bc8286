// What happens at the limits: slow readers, silent peers, too many connections.
package tucket.transport.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tucket.transport.Endpoint;
import tucket.transport.Flow;
import tucket.transport.Network;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;
import tucket.transport.net.NetworkFigures.Figure;

class NetworkLimitsTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final Duration SHORT = Duration.ofMillis(200);

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
  }

  private NettyNetwork network(NetworkLimits limits) {
    NettyNetwork network = new NettyNetwork(NetworkSettings.DEFAULT.withLoops(2).withLimits(limits));
    open.add(network);
    return network;
  }

  private Socket rawSocketTo(Network.Listener listener) throws IOException {
    Socket socket = new Socket();
    open.add(socket);
    socket.setReceiveBufferSize(4096);
    socket.connect(listener.local().address());
    return socket;
  }

  private static Network.Listener tcp(NettyNetwork network, Gathering handler) {
    return network.listen(NettyNetworkTest.any(Protocol.TCP, "127.0.0.1"), handler);
  }

  @Test
  void aPeerThatDoesNotReadIsCutWhenItsOutboxIsFull() throws IOException {
    NettyNetwork network = network(NetworkLimits.DEFAULT.withOutboxBytes(1 << 20));
    Gathering server = new Gathering();
    Network.Listener listener = tcp(network, server);
    rawSocketTo(listener);
    Socket other = rawSocketTo(listener);
    await().atMost(SOON).until(() -> server.opened.size() == 2);
    Flow slow = server.opened.stream().filter(flow -> flow.remote().getPort() != other.getLocalPort()).findFirst().orElseThrow();
    Flow fine = server.opened.stream().filter(flow -> flow != slow).findFirst().orElseThrow();

    byte[] message = new byte[10_000];
    long sent = 0;
    while (slow.send(message)) {
      sent += message.length;
      assertThat(sent).isLessThan(64L << 20);
    }

    assertThat(sent).isGreaterThan(900_000);
    assertThat(slow.isOpen()).isFalse();
    await().atMost(SOON).until(() -> server.closed.equals(List.of("the peer does not read: its outbox is full")));
    assertThat(network.figures().of(Figure.CUT_OUTBOX)).isEqualTo(1);
    assertThat(fine.send("you live".getBytes(UTF_8))).isTrue();
    assertThat(new String(other.getInputStream().readNBytes(8), UTF_8)).isEqualTo("you live");
  }

  @Test
  void manyTinyMessagesCountMoreThanTheirBytes() {
    Outbox<Integer> ten = new Outbox<>(650);
    assertThat(ten.push(0, 1)).isEqualTo(Outbox.Push.FIRST);
    for (int i = 1; i < 10; i++) {
      assertThat(ten.push(i, 1)).isEqualTo(Outbox.Push.MORE);
    }
    assertThat(ten.push(10, 1)).isEqualTo(Outbox.Push.FULL);
    List<Integer> order = new ArrayList<>();
    for (Outbox.Entry<Integer> entry = ten.takeAll(); entry != null; entry = entry.next) {
      order.add(entry.value);
    }
    assertThat(order).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(ten.push(11, 1)).isEqualTo(Outbox.Push.FULL);
    ten.release(65);
    assertThat(ten.push(12, 1)).isEqualTo(Outbox.Push.FIRST);
  }

  @Test
  void aPeerWhoseOutboxMakesNoProgressIsCut() throws IOException {
    NettyNetwork network = network(NetworkLimits.DEFAULT.withOutboxBytes(64 << 20).withTimes(LONG, LONG, LONG, SHORT));
    Gathering server = new Gathering();
    rawSocketTo(tcp(network, server));
    await().atMost(SOON).until(() -> !server.opened.isEmpty());

    assertThat(server.opened.getFirst().send(new byte[32 << 20])).isTrue();

    // The kernel's own watch (TCP_USER_TIMEOUT) has the same bound and may be the first to see it.
    await().atMost(SOON).until(() -> !server.closed.isEmpty());
    assertThat(server.closed.getFirst()).containsAnyOf("nothing left its outbox in time", "timed out");
    assertThat(network.figures().of(Figure.CUT_STALLED)).isEqualTo(1);
  }

  @Test
  void allOutboxesTogetherAreBounded() throws IOException {
    NetworkLimits limits = NetworkLimits.DEFAULT;
    NettyNetwork network =
        network(
            new NetworkLimits(8 << 20, 16 << 20, 1 << 20, 100, 100, 128, limits.handshake(), LONG, LONG, Duration.ofSeconds(10)));
    Gathering server = new Gathering();
    Network.Listener listener = tcp(network, server);
    for (int i = 0; i < 8; i++) {
      rawSocketTo(listener);
    }
    await().atMost(SOON).until(() -> server.opened.size() == 8);
    for (Flow flow : server.opened) {
      assertThat(flow.send(new byte[7 << 20])).isTrue();
    }
    await().atMost(SOON).until(() -> server.closed.contains("the outboxes of all connections together are full"));
    assertThat(network.figures().of(Figure.CUT_OUTBOX)).isBetween(1L, 7L);
  }

  @Test
  void aConnectionThatSaysNothingIsCutAndOneThatSpokeIsNot() throws IOException {
    NettyNetwork network = network(NetworkLimits.DEFAULT.withTimes(LONG, SHORT, LONG, LONG));
    Gathering server = new Gathering();
    Network.Listener listener = tcp(network, server);
    Socket spoke = rawSocketTo(listener);
    spoke.getOutputStream().write(1);
    Socket silent = rawSocketTo(listener);

    assertThat(silent.getInputStream().read()).isEqualTo(-1);

    await().atMost(SOON).until(() -> server.closed.equals(List.of("no first byte in time")));
    assertThat(network.figures().of(Figure.CUT_SILENT)).isEqualTo(1);
    assertThat(network.figures().open()).isEqualTo(1);
  }

  @Test
  void anIdleConnectionIsClosed() throws IOException {
    NettyNetwork network = network(NetworkLimits.DEFAULT.withTimes(LONG, LONG, SHORT, LONG));
    Gathering server = new Gathering();
    Socket socket = rawSocketTo(tcp(network, server));
    socket.getOutputStream().write(1);
    assertThat(socket.getInputStream().read()).isEqualTo(-1);
    await().atMost(SOON).until(() -> server.closed.equals(List.of("idle")));
    assertThat(network.figures().of(Figure.CUT_IDLE)).isEqualTo(1);
  }

  @Test
  void aHandshakeThatDoesNotComeIsCut(@TempDir Path folder) throws IOException {
    TlsMaterial tls = TlsMaterial.load(TlsSettings.server(SelfSigned.make(folder, List.of("a.example"), Duration.ofDays(1))));
    NettyNetwork network =
        new NettyNetwork(NetworkSettings.DEFAULT.withLoops(1).withLimits(NetworkLimits.DEFAULT.withTimes(SHORT, LONG, LONG, LONG)), tls);
    open.add(network);
    Gathering server = new Gathering();
    Socket silent = rawSocketTo(network.listen(NettyNetworkTest.any(Protocol.TLS, "127.0.0.1"), server));
    silent.getInputStream().transferTo(OutputStream.nullOutputStream());
    assertThat(server.opened).isEmpty();
    await().atMost(SOON).until(() -> network.figures().of(Figure.HANDSHAKES_FAILED) == 1);
  }

  @Test
  void furtherConnectionsFromOneAddressAreClosedAtOnce() throws IOException {
    NettyNetwork network = network(NetworkLimits.DEFAULT.withConnections(100, 2));
    Gathering server = new Gathering();
    Network.Listener listener = tcp(network, server);
    Socket first = rawSocketTo(listener);
    rawSocketTo(listener);
    await().atMost(SOON).until(() -> server.opened.size() == 2);

    assertThat(rawSocketTo(listener).getInputStream().read()).isEqualTo(-1);
    assertThat(network.figures().of(Figure.REFUSED)).isEqualTo(1);

    first.close();
    await().atMost(SOON).until(() -> !server.closed.isEmpty());
    rawSocketTo(listener);
    await().atMost(SOON).until(() -> server.opened.size() == 3);
  }

  @Test
  void connectionsOfBothDirectionsAreBounded() {
    NettyNetwork network = network(NetworkLimits.DEFAULT.withConnections(2, 2));
    Network.Listener listener = tcp(network, new Gathering());
    Flow one = network.connect(listener.local(), "", new Gathering(), SOON);
    await().atMost(SOON).until(() -> network.figures().open() == 2);
    assertThatThrownBy(() -> network.connect(listener.local(), "", new Gathering(), SOON))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("all 2 connections are in use");
    one.close();
    await().atMost(SOON).until(() -> network.figures().open() == 0);
    await().atMost(SOON).ignoreExceptions().until(() -> network.connect(listener.local(), "", new Gathering(), SOON).isOpen());
  }

  @Test
  void whoStopsReadingIsSentNothingMoreUntilHeReadsAgain() {
    NettyNetwork network = network(NetworkLimits.DEFAULT.withOutboxBytes(64 << 20));
    Gathering server = new Gathering();
    Network.Listener listener = tcp(network, server);
    Gathering client = new Gathering();
    Flow flow = network.connect(listener.local(), "", client, SOON);
    await().atMost(SOON).until(() -> !server.opened.isEmpty());
    flow.reading(false);

    byte[] data = new byte[30 << 20];
    server.opened.getFirst().send(data);
    await().during(Duration.ofMillis(200)).atMost(SOON).until(() -> client.bytes().length < data.length / 2);

    flow.reading(true);
    await().atMost(SOON).until(() -> client.bytes().length == data.length);
  }

  @Test
  void aHandlerThatFailsLosesItsConnectionOnly() throws IOException {
    NettyNetwork network = network(NetworkLimits.DEFAULT);
    Gathering server =
        new Gathering() {
          @Override
          public void received(Flow flow, byte[] data) {
            if (data[0] == 'x') {
              throw new IllegalStateException("a fault of ours, wanted by this test");
            }
            flow.send(data);
          }
        };
    Network.Listener listener = tcp(network, server);
    Socket bad = rawSocketTo(listener);
    Socket good = rawSocketTo(listener);
    bad.getOutputStream().write('x');
    assertThat(bad.getInputStream().read()).isEqualTo(-1);
    good.getOutputStream().write('y');
    assertThat(good.getInputStream().read()).isEqualTo('y');
    await().atMost(SOON).untilAsserted(() -> assertThat(server.closed).containsExactly("internal error"));
  }

  @Test
  void twoThousandConnectionsAreServed() {
    NettyNetwork network = network(NetworkLimits.DEFAULT);
    Gathering server = Gathering.echo();
    Network.Listener listener = tcp(network, server);
    Gathering client = new Gathering();
    List<Flow> flows = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      flows.add(network.connect(listener.local(), "", client, SOON));
    }
    for (Flow flow : flows) {
      assertThat(flow.send("ping".getBytes(UTF_8))).isTrue();
    }
    await().atMost(SOON).until(() -> client.bytes().length == 8000);
    assertThat(network.figures().open()).isEqualTo(4000);
    network.close();
    assertThat(client.closed).hasSize(2000);
    assertThat(network.figures().open()).isZero();
  }

  @Test
  void datagramsOverTheOutboxOfTheirSocketAreDroppedAndCounted() {
    NettyNetwork network = network(new NetworkLimits(4 << 20, 512 << 20, 2048, 100, 100, 128, LONG, LONG, LONG, LONG));
    Network.Listener here = network.listen(NettyNetworkTest.any(Protocol.UDP, "127.0.0.1"), new Gathering());
    Gathering there = new Gathering();
    Network.Listener target = network.listen(NettyNetworkTest.any(Protocol.UDP, "127.0.0.1"), there);
    Flow flow = here.flowTo(target.local().address());

    assertThat(flow.send(new byte[3000])).isFalse();
    assertThat(network.figures().of(Figure.DATAGRAMS_DROPPED)).isEqualTo(1);
    assertThat(flow.send(new byte[1000])).isTrue();
    await().atMost(SOON).until(() -> !there.senders.isEmpty());
  }

  // A listener whose queue is full does not answer at all: the kernel drops the SYN.
  @Test
  void anAttemptToConnectEndsInTime() throws IOException {
    NettyNetwork network = network(NetworkLimits.DEFAULT);
    try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      InetSocketAddress address = new InetSocketAddress(deaf.getInetAddress(), deaf.getLocalPort());
      fill(address);
      long began = System.nanoTime();
      assertThatThrownBy(() -> network.connect(new Endpoint(Protocol.TCP, address), "", new Gathering(), SHORT)).isInstanceOf(Unavailable.class);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isBetween(SHORT.minusMillis(50), SOON);
    }
  }

  private void fill(InetSocketAddress address) throws IOException {
    for (int i = 0; i < 20; i++) {
      Socket socket = new Socket();
      open.add(socket);
      try {
        socket.connect(address, 200);
      } catch (SocketTimeoutException full) {
        return;
      }
    }
    throw new AssertionError("the queue of the listener takes everything");
  }
}
