// How long requests, devices, passwords and stored things may take or stay, as the configuration says.
package tucket.app.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static tucket.app.limits.LimitsLab.assertSooner;
import static tucket.app.limits.LimitsLab.send;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tucket.app.admin.Administration;
import tucket.client.ImClient;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.server.im.deferred.ChargingRecord;
import tucket.server.im.deferred.StorageCharging;
import tucket.store.RocksEngine;
import tucket.store.RocksSettings;
import tucket.transport.Protocol;

class TimesTest {
  // so that nothing but what is meant ends it; the client of the tests waits for 32 s
  private static final String LONG = "limits.request-time=90s";
  private static final String SILENT = "limits.push-time=90s";

  private static DatagramSocket deaf() throws IOException {
    return new DatagramSocket(0, InetAddress.getLoopbackAddress());
  }

  @Shows("limits.push-time")
  @Test
  void aDeviceThatIsSilentCountsAsGoneAfterAWhile() throws Exception {
    assertSooner(Duration.ofSeconds(8), lab -> {
      lab.silent("bob");
      assertThat(send(lab.client("alice"), "bob", "are you there?").status()).isEqualTo(202);
    }, "limits.push-time=500ms");
  }

  @Shows("limits.request-time")
  @Test
  void aRequestEndsInTime() throws Exception {
    assertSooner(Duration.ofSeconds(15), lab -> {
      lab.silent("bob");
      assertThat(send(lab.client("alice"), "bob", "are you there?").status()).isEqualTo(202);
    }, "limits.request-time=500ms", SILENT);
  }

  @Shows("limits.settle")
  @Test
  void onceADeviceHasAMessageTheOthersAreWaitedForSoLong() {
    try (LimitsLab lab = new LimitsLab("limits.settle=3s")) {
      lab.silent("bob");
      lab.client("bob").register();
      ImClient alice = lab.client("alice");
      alice.register();
      long began = System.nanoTime();
      assertThat(send(alice, "bob", "which of you is there?").status()).isEqualTo(200);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(2500));
    }
  }

  @Shows("limits.connect-time")
  @Test
  void aConnectionThatIsOpenedMayTakeSoLong() throws Exception {
    try (Nowhere nowhere = new Nowhere()) {
      assertSooner(Duration.ofSeconds(3), lab -> {
        lab.registerElsewhere("bob", "<sip:bob@127.0.0.1:" + nowhere.port() + ";transport=tcp>");
        assertThat(send(lab.client("alice"), "bob", "are you there?").status()).isEqualTo(202);
      }, "limits.connect-time=200ms", LONG, SILENT);
    }
  }

  // RFC 3261 section 17.1.2.2: a request is repeated after T1, 2*T1, 4*T1 ...; the fifth copy comes after 7.5 s by default
  @Shows("sip.timers.t1")
  @Test
  void theFirstRepeatsByDatagramFollowEachOtherByRoundTrips() throws Exception {
    assertSooner(Duration.ofSeconds(4), lab -> assertRepeated(lab, 5), "sip.timers.t1=50ms", LONG, SILENT);
  }

  // ... up to T2: without that there are but seven within the 64*T1 = 6.4 s after which it has failed
  @Shows("sip.timers.t2")
  @Test
  void theLaterRepeatsByDatagramFollowEachOtherByALongestTime() throws Exception {
    assertSooner(Duration.ofSeconds(5), lab -> assertRepeated(lab, 12), "sip.timers.t1=100ms", "sip.timers.t2=100ms", LONG, SILENT);
  }

  /// A message to a device that says nothing reaches it so many times.
  private static void assertRepeated(LimitsLab lab, int times) throws IOException {
    try (DatagramSocket deaf = deaf()) {
      deaf.setSoTimeout(20_000);
      lab.registerElsewhere("bob", "<sip:bob@127.0.0.1:" + deaf.getLocalPort() + ">");
      var unused = LimitsLab.sending(lab.client("alice"), "bob", "are you there?");
      for (int i = 0; i < times; i++) {
        deaf.receive(new DatagramPacket(new byte[65_000], 65_000));
      }
    }
  }

  /// How many come within a moment.
  private static int received(DatagramSocket socket) throws IOException {
    socket.setSoTimeout(100);
    for (int n = 0; ; n++) {
      try {
        socket.receive(new DatagramPacket(new byte[65_000], 65_000));
      } catch (SocketTimeoutException noMore) {
        return n;
      }
    }
  }

  // RFC 3261 section 17.2.1: Timer I; until then an INVITE that comes again is known, and not answered
  @Shows("sip.timers.t4")
  @Test
  void anInviteByDatagramIsKnownForSoLongBehindItsAck() throws Exception {
    assertSooner(Duration.ofMillis(2500), lab -> {
      try (DatagramSocket caller = deaf()) {
        byte[] invite = request(caller, "INVITE", "");
        datagram(lab, caller, invite);
        caller.setSoTimeout(30_000);
        String answer = "";
        while (!answer.startsWith("SIP/2.0 4")) {
          DatagramPacket packet = new DatagramPacket(new byte[65_000], 65_000);
          caller.receive(packet);
          answer = new String(packet.getData(), 0, packet.getLength(), StandardCharsets.ISO_8859_1);
        }
        String to = answer.lines().filter(l -> l.startsWith("To: ")).findFirst().orElseThrow();
        datagram(lab, caller, request(caller, "ACK", to.replaceFirst(".*(;tag=.*)", "$1")));
        do {
          datagram(lab, caller, invite);
        } while (received(caller) == 0);
      }
    }, "sip.timers.t4=20ms");
  }

  private static byte[] request(DatagramSocket from, String method, String tag) {
    return (method + " sip:bob@" + LimitsLab.DOMAIN + " SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:" + from.getLocalPort() + ";branch=z9hG4bKi\r\nMax-Forwards: 70"
        + "\r\nFrom: <sip:alice@" + LimitsLab.DOMAIN + ">;tag=a\r\nTo: <sip:bob@" + LimitsLab.DOMAIN + ">" + tag + "\r\nCall-ID: i\r\nCSeq: 1 " + method
        + "\r\nContact: <sip:alice@127.0.0.1:" + from.getLocalPort() + ">\r\nContent-Length: 0\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void datagram(LimitsLab lab, DatagramSocket from, byte[] request) throws IOException {
    from.send(new DatagramPacket(request, request.length, lab.at(Protocol.UDP).address()));
  }

  @Shows("core.nonce-life")
  @Test
  void aNonceIsGoodForSoLong() throws Exception {
    try (LimitsLab lab = new LimitsLab("core.nonce-life=1s")) {
      HandPhone bob = lab.byHand("bob");
      await().atMost(LimitsLab.SOON).until(() -> {
        SipResponse answer = bob.registerAgain();
        return answer.status() == 401 && answer.lines(Header.WWW_AUTHENTICATE).getFirst().contains("stale=TRUE");
      });
    }
  }

  @Shows("core.registration")
  @Test
  void aRegistrationThatAsksForNoTimeLastsSoLong() {
    try (LimitsLab lab = new LimitsLab("core.registration=77m")) {
      SipResponse answer = LimitsLab.register(lab.client("alice"), "<sip:alice@127.0.0.1:9>");
      assertThat(answer.addresses(Header.CONTACT).getFirst().params().value("expires")).contains("4620");
    }
  }

  @Shows("core.flow-timer")
  @Test
  void aClientIsToldHowOftenItIsToGiveASignOfLife() {
    try (LimitsLab lab = new LimitsLab("core.flow-timer=77s")) {
      ImClient alice = lab.client("alice");
      SipResponse answer = alice.request(SipRequest.of("REGISTER", SipUri.of("", LimitsLab.DOMAIN)).edit()
          .with(Header.TO, "<" + LimitsLab.address("alice") + ">")
          .with(Header.SUPPORTED, "path, outbound")
          .with(Header.CONTACT, "<sip:alice@127.0.0.1:9;transport=tcp;ob>;reg-id=1;+sip.instance=\"" + "<urn:uuid:1f0c0000-0000-4000-8000-000000000001>\"")
          .request());
      assertThat(answer.number(Header.FLOW_TIMER)).hasValue(77);
    }
  }

  @Shows("limits.device-memory")
  @Test
  void aDeviceThatIsAwayIsRememberedForSoLong() {
    try (LimitsLab lab = new LimitsLab("limits.device-memory=0s")) {
      ImClient alice = lab.client("alice");
      alice.register();
      assertThat(lab.server.administration().registrations()).hasSize(1);
      alice.unregister();
      await().atMost(LimitsLab.SOON).until(() -> lab.server.administration().registrations().isEmpty());
    }
  }

  @Shows("im.message-life")
  @Test
  void aMessageWaitsForSoLong() {
    try (LimitsLab lab = new LimitsLab("im.message-life=1s")) {
      assertThat(send(lab.client("alice"), "bob", "in time?").status()).isEqualTo(202);
      await().atMost(LimitsLab.SOON).until(() -> lab.server.administration().queue("bob").isEmpty());
    }
  }

  @Shows({"im.trace-retention", "im.charging-retention"})
  @Test
  void theTraceAndTheChargingRecordsOfAMessageAreKeptForSoLong(@TempDir Path data) {
    try (LimitsLab lab = new LimitsLab("im.message-life=1s", "im.trace-retention=0s", "im.charging-retention=0s", "storage.engine=rocksdb",
        "data=\"" + data + "\"")) {
      Administration operator = lab.server.administration();
      String id = send(lab.client("alice"), "bob", "in time?").messageId();
      assertThat(operator.trace(id)).anyMatch(e -> e.what().equals("stored"));
      await().atMost(LimitsLab.SOON).until(() -> operator.trace(id).stream().noneMatch(e -> e.what().equals("stored") || e.what().equals("expired")));
    }
    try (RocksEngine engine = new RocksEngine(data.resolve("db"), RocksSettings.DEFAULT)) {
      List<ChargingRecord> left = new StorageCharging(engine).records(AddressOfRecord.of(LimitsLab.address("bob")), Instant.EPOCH, 100);
      assertThat(left).noneMatch(r -> r.type() == ChargingRecord.Type.STORE);
    }
  }

  @Shows("im.push-parallel")
  @Test
  void soManyDevicesArePushedToAtTheSameTime() throws Exception {
    try (LimitsLab lab = new LimitsLab("im.push-parallel=1", SILENT)) {
      ImClient alice = lab.client("alice");
      assertThat(send(alice, "bob", "for bob").status()).isEqualTo(202);
      assertThat(send(alice, "carol", "for carol").status()).isEqualTo(202);
      LimitsLab.Silent bob = lab.silent("bob");
      assertThat(bob.arrived.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
      LimitsLab.Silent carol = lab.silent("carol");
      assertThat(carol.arrived.tryAcquire(700, TimeUnit.MILLISECONDS)).isFalse();
      bob.answer.countDown();
      assertThat(carol.arrived.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
    }
  }
}
