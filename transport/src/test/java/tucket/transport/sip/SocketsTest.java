// The stack over real sockets: UDP and TCP, broken streams, peers that do not read, many senders at once.
package tucket.transport.sip;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.transport.Deadline;
import tucket.transport.Endpoint;
import tucket.transport.Flow;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;
import tucket.transport.World;
import tucket.transport.net.NettyNetwork;
import tucket.transport.net.NetworkLimits;
import tucket.transport.net.NetworkSettings;
import tucket.transport.net.SecureChance;
import tucket.transport.net.SystemClock;
import tucket.transport.net.VirtualThreads;

class SocketsTest {
  private final SystemClock clock = new SystemClock();
  private final NettyNetwork network =
      new NettyNetwork(NetworkSettings.DEFAULT.withLoops(2).withLimits(NetworkLimits.DEFAULT.withOutboxBytes(256 << 10)));
  private final World world = new World(clock, network, new SecureChance(), new VirtualThreads());
  private final List<SipStack> stacks = new ArrayList<>();
  private final List<ServerTransaction> seen = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    stacks.forEach(SipStack::close);
    network.close();
    clock.close();
  }

  private SipStack stack(SipSettings settings, SipStack.Handler handler) {
    SipStack stack = new SipStack(world, settings, Scene.NO_NAMES, handler);
    stacks.add(stack);
    return stack;
  }

  private SipStack stack(SipStack.Handler handler) {
    return stack(SipSettings.DEFAULT, handler);
  }

  private void answer(ServerTransaction tx) {
    seen.add(tx);
    tx.respond(Requests.answer(tx.request(), 200));
  }

  private SipStack sender() {
    SipStack stack = stack(tx -> {});
    stack.listen(Requests.endpoint(Protocol.UDP, 0));
    return stack;
  }

  private CompletableFuture<Outcome> send(SipStack from, SipRequest request, Target target) {
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    world.threads().start("sender", () -> outcome.complete(from.send(request, target, Deadline.in(Duration.ofSeconds(30), clock))));
    return outcome;
  }

  @ParameterizedTest
  @EnumSource(value = Protocol.class, names = {"UDP", "TCP"})
  void aHundredSendersAtOnceAreEachAnswered(Protocol protocol) {
    SipStack server = stack(tx -> tx.respond(Requests.answer(tx.request(), 202).with(Header.SUBJECT, new String(tx.request().body(), UTF_8))));
    Endpoint at = server.listen(Requests.endpoint(protocol, 0));
    SipStack sender = sender();
    AtomicInteger right = new AtomicInteger();
    List<CompletableFuture<Outcome>> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      String own = "sender " + i;
      CompletableFuture<Outcome> last = new CompletableFuture<>();
      all.add(last);
      world.threads().start(own, () -> {
        Outcome outcome = new Outcome.Silent();
        for (int n = 0; n < 10; n++) {
          String text = own + " message " + n;
          outcome = sender.send(Requests.message(text), new Target.To(at), Deadline.in(Duration.ofSeconds(30), clock));
          if (outcome instanceof Outcome.Answered(SipResponse response) && response.first(Header.SUBJECT).orElse("").equals(text)) {
            right.incrementAndGet();
          }
        }
        last.complete(outcome);
      });
    }
    all.forEach(outcome -> assertThat(Scene.answered(outcome).status()).isEqualTo(202));
    assertThat(right).hasValue(1_000);
    assertThat(sender.counters().connections()).isEqualTo(protocol == Protocol.TCP ? 1 : 0);
    assertThat(server.counters().pending()).isZero();
  }

  @Test
  void aLargeRequestMovesToTcp() {
    SipStack server = stack(this::answer);
    Endpoint udp = onePortForBoth(server);
    assertThat(Scene.answered(send(sender(), Requests.message("x".repeat(100_000)), new Target.To(udp))).status()).isEqualTo(200);
    assertThat(seen.getFirst().flow().protocol()).isEqualTo(Protocol.TCP);
    assertThat(seen.getFirst().request().body()).hasSize(100_000);
  }

  /// Somebody else may have the TCP port of that number.
  private static Endpoint onePortForBoth(SipStack server) {
    for (int i = 0; i < 20; i++) {
      Endpoint udp = server.listen(Requests.endpoint(Protocol.UDP, 0));
      try {
        server.listen(Requests.endpoint(Protocol.TCP, udp.port()));
        return udp;
      } catch (Unavailable taken) {
        assertThat(taken).hasMessageContaining("in use");
      }
    }
    throw new AssertionError("no port that is free for both");
  }

  @Test
  void whereTcpIsRefusedALargeRequestGoesByUdp() {
    Endpoint udp = stack(this::answer).listen(Requests.endpoint(Protocol.UDP, 0));
    assertThat(Scene.answered(send(sender(), Requests.message("x".repeat(3_000)), new Target.To(udp))).status()).isEqualTo(200);
    assertThat(seen.getFirst().flow().protocol()).isEqualTo(Protocol.UDP);
  }

  @Test
  void nobodyAtATcpPortIsUnreachable() throws IOException {
    Endpoint nobody;
    try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
      nobody = Requests.endpoint(Protocol.TCP, socket.getLocalPort());
    }
    assertThat(Scene.ended(send(sender(), Requests.message("x"), new Target.To(nobody)))).isInstanceOf(Outcome.Unreachable.class);
  }

  // ---- peers on bare sockets

  private static SipRequest over(String branch) {
    return Requests.message("hello").prepend(Header.VIA, "SIP/2.0/TCP 127.0.0.1:5999;branch=z9hG4bK" + branch);
  }

  private static String read(InputStream in, String until) throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.indexOf(until) < 0) {
      int next = in.read();
      if (next < 0) {
        break;
      }
      text.append((char) next);
    }
    return text.toString();
  }

  private static Socket connect(Endpoint to) throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(20_000);
    socket.connect(new InetSocketAddress(to.address().getAddress(), to.port()));
    return socket;
  }

  @Test
  void aStreamThatComesInPiecesAndOneThatCarriesManyMessagesAreRead() throws IOException {
    Endpoint at = stack(this::answer).listen(Requests.endpoint(Protocol.TCP, 0));
    try (Socket socket = connect(at)) {
      OutputStream out = socket.getOutputStream();
      socket.setTcpNoDelay(true);
      byte[] one = over("piece").encode();
      for (int i = 0; i < one.length; i += 7) {
        out.write(Arrays.copyOfRange(one, i, Math.min(i + 7, one.length)));
        out.flush();
      }
      assertThat(read(socket.getInputStream(), "\r\n\r\n")).startsWith("SIP/2.0 200");
      out.write((over("a").toString() + over("b") + "\r\n\r\n" + over("c")).getBytes(UTF_8));
      StringBuilder all = new StringBuilder(); // the answers come in whatever order the handlers end
      while (!Stream.of("z9hG4bKa", "z9hG4bKb", "z9hG4bKc").allMatch(b -> all.indexOf(b) >= 0)) {
        String line = read(socket.getInputStream(), "\r\n");
        assertThat(line).as("the stream ended after " + all).isNotEmpty();
        all.append(line);
      }
      assertThat(all.toString()).containsOnlyOnce("z9hG4bKa").containsOnlyOnce("z9hG4bKb").containsOnlyOnce("z9hG4bKc");
    }
  }

  @Test
  void aPingIsAnsweredByAPong() throws IOException {
    Endpoint at = stack(this::answer).listen(Requests.endpoint(Protocol.TCP, 0));
    try (Socket socket = connect(at)) {
      socket.getOutputStream().write("\r\n\r\n".getBytes(UTF_8));
      assertThat(socket.getInputStream().readNBytes(2)).containsExactly('\r', '\n');
    }
  }

  @Test
  void aStreamCutInTheMiddleOfAMessageHarmsNobodyElse() throws IOException {
    SipStack server = stack(this::answer);
    Endpoint at = server.listen(Requests.endpoint(Protocol.TCP, 0));
    try (Socket socket = connect(at)) {
      byte[] message = over("cut").encode();
      socket.getOutputStream().write(message, 0, message.length - 3);
      Scene.until(() -> server.counters().connections() == 1);
    }
    Scene.until(() -> server.counters().connections() == 0);
    assertThat(seen).isEmpty();
    assertThat(Scene.answered(send(sender(), Requests.message("x"), new Target.To(at))).status()).isEqualTo(200);
  }

  @Test
  void aPeerThatHangsUpBeforeItAnswersIsUnreachable() throws IOException {
    try (java.net.ServerSocket hangsUp = new java.net.ServerSocket(0)) {
      SipStack sender = sender();
      CompletableFuture<Outcome> outcome =
          send(sender, Requests.message("x"), new Target.To(Requests.endpoint(Protocol.TCP, hangsUp.getLocalPort())));
      try (Socket accepted = hangsUp.accept()) {
        accepted.setSoTimeout(20_000);
        accepted.getInputStream().readNBytes(10);
      }
      assertThat(Scene.ended(outcome)).isInstanceOf(Outcome.Unreachable.class);
      assertThat(sender.counters().transactions()).isZero();
    }
  }

  @Test
  void whatIsNoSipOnAStreamClosesIt() throws IOException {
    SipStack server = stack(this::answer);
    Endpoint at = server.listen(Requests.endpoint(Protocol.TCP, 0));
    try (Socket socket = connect(at)) {
      socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8));
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
    assertThat(server.counters().malformed()).isEqualTo(1);
  }

  @Test
  void aResponseThatCannotBeReadDoesNotCostTheStream() throws IOException {
    SipStack server = stack(this::answer);
    Endpoint at = server.listen(Requests.endpoint(Protocol.TCP, 0));
    try (Socket socket = connect(at)) {
      SipResponse bad = Requests.answer(Requests.message("x").append(Header.VIA, "nonsense"), 200);
      socket.getOutputStream().write(bad.encode());
      socket.getOutputStream().write(over("good").encode());
      assertThat(read(socket.getInputStream(), "\r\n\r\n")).startsWith("SIP/2.0 200");
    }
    assertThat(server.counters().malformed()).isEqualTo(1);
  }

  @Test
  void aPeerThatNeverReadsIsCutAndTheOthersAreServed() throws IOException {
    SipStack server = stack(this::answer);
    Endpoint at = server.listen(Requests.endpoint(Protocol.TCP, 0));
    try (Socket deaf = new Socket()) {
      deaf.setReceiveBufferSize(4_096);
      deaf.connect(new InetSocketAddress(at.address().getAddress(), at.port()));
      deaf.getOutputStream().write(over("first").encode());
      Scene.until(() -> seen.size() == 1);
      Flow flow = seen.getFirst().flow();
      List<CompletableFuture<Outcome>> pushes = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        pushes.add(send(server, Requests.message("y".repeat(20_000)), new Target.Over(flow)));
      }
      pushes.forEach(push -> assertThat(Scene.ended(push)).isInstanceOf(Outcome.Unreachable.class));
      assertThat(flow.isOpen()).isFalse();
      assertThat(Scene.answered(send(sender(), Requests.message("x"), new Target.To(at))).status()).isEqualTo(200);
    }
  }

  @Test
  void connectionsOverTheLimitOfOnePeerAreClosed() throws IOException {
    SipSettings settings = SipSettings.DEFAULT.withLimits(SipSettings.Limits.DEFAULT.withConnections(100, 2));
    SipStack server = stack(settings, this::answer);
    Endpoint at = server.listen(Requests.endpoint(Protocol.TCP, 0));
    try (Socket one = connect(at)) {
      try (Socket two = connect(at)) {
        Scene.until(() -> two.isConnected() && server.counters().connections() == 2);
        try (Socket three = connect(at)) {
          assertThat(three.getInputStream().read()).isEqualTo(-1);
        }
      }
      one.getOutputStream().write("\r\n\r\n".getBytes(UTF_8));
      assertThat(one.getInputStream().read()).isEqualTo('\r');
      Scene.until(() -> server.counters().connections() == 1);
    }
    assertThat(server.counters().refused()).isEqualTo(1);
  }

  @Test
  void aMessageOverTheLimitIsAnswered413AndTheStreamGoesOn() throws IOException {
    SipSettings settings = SipSettings.DEFAULT.withMessages(new tucket.protocol.sip.SipLimits(20_000, 8_000, 100, 4_000, 10_000));
    Endpoint at = stack(settings, this::answer).listen(Requests.endpoint(Protocol.TCP, 0));
    try (Socket socket = connect(at)) {
      SipRequest large = Requests.message("z".repeat(15_000)).prepend(Header.VIA, "SIP/2.0/TCP 127.0.0.1:5999;branch=z9hG4bKlarge");
      socket.getOutputStream().write(large.encode());
      assertThat(read(socket.getInputStream(), "\r\n\r\n")).startsWith("SIP/2.0 413");
      socket.getOutputStream().write(over("small").encode());
      assertThat(read(socket.getInputStream(), "\r\n\r\n")).startsWith("SIP/2.0 200");
    }
  }
}
