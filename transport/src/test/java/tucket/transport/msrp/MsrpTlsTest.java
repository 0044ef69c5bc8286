// MSRP over TLS: who counts as the peer that the SDP speaks of.
package tucket.transport.msrp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tucket.protocol.msrp.MsrpUri;
import tucket.protocol.msrp.OutgoingMessage;
import tucket.protocol.msrp.SessionOutput;
import tucket.protocol.sdp.Fingerprint;
import tucket.transport.Endpoint;
import tucket.transport.Flow;
import tucket.transport.FlowHandler;
import tucket.transport.Protocol;
import tucket.transport.World;
import tucket.transport.net.NettyNetwork;
import tucket.transport.net.NetworkSettings;
import tucket.transport.net.SecureChance;
import tucket.transport.net.SelfSigned;
import tucket.transport.net.SystemClock;
import tucket.transport.net.TlsMaterial;
import tucket.transport.net.TlsSettings;
import tucket.transport.net.VirtualThreads;

class MsrpTlsTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String WRONG = "The certificate is not that of a=fingerprint";

  @TempDir private Path folder;
  private final SystemClock clock = new SystemClock();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable part : open.reversed()) {
      part.close();
    }
    clock.close();
  }

  private NettyNetwork network(TlsSettings tls) {
    NettyNetwork network = new NettyNetwork(NetworkSettings.DEFAULT.withLoops(1), TlsMaterial.load(tls));
    open.add(network);
    return network;
  }

  /// Listens for TLS and TCP; a certificate of its own where none is configured.
  private MsrpStack stack(TlsSettings tls) {
    MsrpStack stack = new MsrpStack(new World(clock, network(tls), new SecureChance(), new VirtualThreads()), MsrpSettings.DEFAULT);
    open.add(stack);
    stack.listen(new Endpoint(Protocol.TLS, new InetSocketAddress("127.0.0.1", 0)));
    stack.listen(new Endpoint(Protocol.TCP, new InetSocketAddress("127.0.0.1", 0)));
    return stack;
  }

  private MsrpStack stack() {
    return stack(TlsSettings.CLIENT);
  }

  private static Ear start(MsrpEnd end, MsrpEnd peer, Optional<MsrpEnd.Peer> connectTo, Optional<Fingerprint> shown) {
    Ear ear = new Ear(end, 200);
    end.start(List.of(peer.uri()), connectTo, shown, ear);
    return ear;
  }

  private static Optional<MsrpEnd.Peer> at(MsrpEnd end) {
    return Optional.of(new MsrpEnd.Peer("127.0.0.1", end.uri().port(), true));
  }

  @Test
  void endsThatSignTheirCertificatesThemselvesKnowEachOtherByTheFingerprints() {
    MsrpEnd alice = stack().open(true);
    MsrpEnd bob = stack().open(true);
    assertThat(alice.fingerprint()).isPresent().isNotEqualTo(bob.fingerprint());
    Ear atBob = start(bob, alice, Optional.empty(), alice.fingerprint());
    Ear atAlice = start(alice, bob, at(bob), bob.fingerprint());

    alice.send(OutgoingMessage.of("m1", "text/plain", "forth".getBytes(UTF_8)));
    assertThat(atBob.hear()).isEqualTo("forth");
    bob.send(OutgoingMessage.of("m2", "text/plain", "back".getBytes(UTF_8)));
    assertThat(atAlice.hear()).isEqualTo("back");
    assertThat(alice.uri().toString()).startsWith("msrps://");
  }

  @Test
  void whoConnectsWithAnotherCertificateIsToldAndCut() {
    MsrpEnd alice = stack().open(true);
    MsrpEnd bob = stack().open(true);
    start(bob, alice, Optional.empty(), alice.fingerprint());

    Raw mallory = raw(network(TlsSettings.CLIENT), bob, Protocol.TLS);
    mallory.send(bob, alice.uri());
    mallory.isTold("403 " + WRONG);
    assertThat(bob.isOver()).isFalse();

    Ear atAlice = start(alice, bob, at(bob), bob.fingerprint()); // whom it does no harm
    alice.send(OutgoingMessage.of("m1", "text/plain", "forth".getBytes(UTF_8)));
    assertThat(Ear.next(atAlice.fates)).isEqualTo("m1 accepted");
  }

  @Test
  void whatCameBeforeTheSessionBeganIsJudgedToo() {
    MsrpEnd alice = stack().open(true);
    MsrpEnd bob = stack().open(true);
    Raw mallory = raw(network(TlsSettings.CLIENT), bob, Protocol.TLS);
    mallory.send(bob, alice.uri());
    mallory.send(bob, alice.uri());
    await().atMost(SOON).until(() -> bob.hasEarly(2));
    Ear atBob = start(bob, alice, Optional.empty(), alice.fingerprint());
    mallory.isTold("403 " + WRONG);
    assertThat(atBob.messages).isEmpty();
    start(alice, bob, at(bob), bob.fingerprint());
    alice.send(OutgoingMessage.of("m1", "text/plain", "forth".getBytes(UTF_8)));
    assertThat(atBob.hear()).isEqualTo("forth");
  }

  @Test
  void weSendNothingToWhoShowsAnotherCertificate() {
    MsrpStack here = stack();
    MsrpEnd alice = here.open(true);
    MsrpEnd bob = stack().open(true);
    Ear atBob = start(bob, alice, Optional.empty(), Optional.empty());
    Ear atAlice = start(alice, bob, at(bob), alice.fingerprint()); // which is not bob's
    alice.send(OutgoingMessage.of("m1", "text/plain", "secret".getBytes(UTF_8)));
    assertThat(Ear.next(atAlice.fates)).isEqualTo("m1 LOST");
    assertThat(Ear.next(atAlice.endings)).isEqualTo(SessionOutput.Ending.LOST);
    assertThat(atBob.messages).isEmpty();
  }

  @Test
  void aFingerprintByAnUnknownFunctionProvesNothing() {
    MsrpEnd alice = stack().open(true);
    MsrpEnd bob = stack().open(true);
    start(bob, alice, Optional.empty(), Optional.empty());
    Ear atAlice = start(alice, bob, at(bob), Fingerprint.parse("md5 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF"));
    assertThat(Ear.next(atAlice.endings)).isEqualTo(SessionOutput.Ending.LOST);
  }

  @Test
  void withoutAFingerprintAnAuthorityHasToVouchForWhoWeConnectTo() {
    TlsSettings.Identity identity = SelfSigned.make(folder, List.of("a.example"), Duration.ofDays(30)); // for 127.0.0.1 too
    MsrpStack server = stack(TlsSettings.server(identity));
    MsrpEnd known = server.open(true);
    MsrpEnd trusting = stack(TlsSettings.CLIENT.withTrust(new TlsSettings.Authorities(identity.certificateChain()))).open(true);
    Ear heard = start(known, trusting, Optional.empty(), Optional.empty());
    start(trusting, known, at(known), Optional.empty());
    trusting.send(OutgoingMessage.of("m1", "text/plain", "forth".getBytes(UTF_8)));
    assertThat(heard.hear()).isEqualTo("forth");

    MsrpEnd other = server.open(true);
    MsrpEnd wary = stack().open(true);
    start(other, wary, Optional.empty(), Optional.empty());
    Ear ended = start(wary, other, at(other), Optional.empty());
    assertThat(Ear.next(ended.endings)).isEqualTo(SessionOutput.Ending.LOST);
  }

  @Test
  void aSessionOfTlsIsNotReachedOverTcp() {
    MsrpStack there = stack();
    MsrpEnd bob = there.open(true);
    MsrpEnd alice = stack().open(true);
    start(bob, alice, Optional.empty(), Optional.empty());
    NettyNetwork network = network(TlsSettings.CLIENT);
    Raw mallory = new Raw();
    mallory.flow = network.connectToAny(there.listening(false).orElseThrow(), mallory, SOON);
    mallory.send(bob, alice.uri());
    mallory.isTold("403 This session is one of TLS");
  }

  private Raw raw(NettyNetwork network, MsrpEnd to, Protocol protocol) {
    Raw raw = new Raw();
    raw.flow = network.connectToAny(new Endpoint(protocol, new InetSocketAddress("127.0.0.1", to.uri().port())), raw, SOON);
    return raw;
  }

  /// A peer that sends what it likes.
  private static final class Raw implements FlowHandler {
    private final ByteArrayOutputStream got = new ByteArrayOutputStream();
    private @Nullable Flow flow;
    private volatile boolean closed;
    private int count;

    void send(MsrpEnd to, MsrpUri from) {
      String id = "tid" + ++count;
      Objects.requireNonNull(flow).send(("MSRP " + id + " SEND\r\nTo-Path: " + to.uri() + "\r\nFrom-Path: " + from + "\r\nMessage-ID: " + id
          + "\r\nByte-Range: 1-2/2\r\nContent-Type: text/plain\r\n\r\nhi\r\n-------" + id + "$\r\n").getBytes(UTF_8));
    }

    void isTold(String words) {
      await().atMost(SOON).untilAsserted(() -> {
        assertThat(text()).contains(words);
        assertThat(closed).isTrue();
      });
    }

    private synchronized String text() {
      return got.toString(UTF_8);
    }

    @Override
    public synchronized void received(Flow from, byte[] data) {
      got.writeBytes(data);
    }

    @Override
    public void closed(Flow gone, String why) {
      closed = true;
    }
  }
}
