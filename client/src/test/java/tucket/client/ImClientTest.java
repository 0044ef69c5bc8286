// The client against a scripted server over real loopback sockets.
package tucket.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tucket.protocol.cpim.CpimMessage;
import tucket.protocol.cpim.Disposition;
import tucket.protocol.imdn.Imdn;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.protocol.sip.Uri;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;
import tucket.transport.net.NetworkSettings;
import tucket.transport.net.SystemWorld;
import tucket.transport.net.TlsMaterial;
import tucket.transport.net.TlsSettings;

class ImClientTest {
  private static final Uri BOB = Uri.parse("sip:bob@tucket.example");

  private SystemWorld world = new SystemWorld(NetworkSettings.DEFAULT.withLoops(1), TlsMaterial.load(TlsSettings.CLIENT));
  private ScriptedServer server = new ScriptedServer(world.world(), Protocol.UDP);
  private ImClient client = client(server.endpoint(), "secret");
  private final List<Incoming> messages = new CopyOnWriteArrayList<>();
  private final List<Receipt> receipts = new CopyOnWriteArrayList<>();

  @BeforeEach
  void listen() {
    client.pager().listen(new Ear());
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
    world.close();
  }

  private final class Ear implements Pager.Listener {
    @Override
    public void message(Incoming message) {
      messages.add(message);
    }

    @Override
    public void receipt(Receipt receipt) {
      receipts.add(receipt);
    }
  }

  private ImClient client(Endpoint at, String password) {
    Account account = Account.of("sip:alice@tucket.example", "alice", password);
    return new ImClient(world.world(), ClientSettings.of(account, at).withPatience(Duration.ofSeconds(10)));
  }

  @ParameterizedTest
  @EnumSource(names = {"UDP", "TCP"})
  void aClientRegistersWithDigestAndNamesItsDevice(Protocol protocol) {
    try (ScriptedServer other = new ScriptedServer(world.world(), protocol);
        ImClient device = client(other.endpoint(), "secret")) {
      Registration granted = device.register();
      assertThat(granted.expires()).isEqualTo(Duration.ofHours(1));
      List<SipRequest> registers = other.received("REGISTER");
      assertThat(registers).hasSize(2);
      String contact = registers.get(1).first(Header.CONTACT).orElseThrow();
      assertThat(contact).contains("+sip.instance=\"<" + device.instance() + ">\"").contains("reg-id=1").contains("+g.oma.sip-im");
      assertThat(registers.get(1).callId()).isEqualTo(registers.get(0).callId());
      assertThat(registers.get(1).cseq().number()).isGreaterThan(registers.get(0).cseq().number());
    }
  }

  @Test
  void aWrongPasswordIsRefusedAndNotRepeatedForEver() {
    try (ImClient wrong = client(server.endpoint(), "guess")) {
      assertThatThrownBy(wrong::register).isInstanceOf(Refused.class).hasMessageStartingWith("401");
      assertThat(server.received("REGISTER")).hasSize(2);
    }
  }

  @Test
  void aServerThatIsNotThereIsToldSo() {
    Endpoint nobody = new Endpoint(Protocol.TCP, server.endpoint().address());
    try (ImClient lonely = client(nobody, "secret")) {
      assertThatThrownBy(lonely::register).isInstanceOf(Unavailable.class).hasMessageContaining("is the server running there?");
    }
  }

  @Test
  void aTooShortRegistrationIsAskedForAgainWithTheLeastTime() {
    server.least = 7200;
    server.expires = 7200;
    assertThat(client.register().expires()).isEqualTo(Duration.ofHours(2));
  }

  @Test
  void aRegistrationIsRefreshedBeforeItEnds() {
    server.expires = 2;
    client.register();
    await().atMost(Duration.ofSeconds(60)).until(() -> server.received("REGISTER").size() >= 4);
  }

  @Test
  void aConnectionIsKeptAliveAsOftenAsTheRegistrarWants() throws IOException {
    try (ServerSocket tap = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      Endpoint at = new Endpoint(Protocol.TCP, new InetSocketAddress("127.0.0.1", tap.getLocalPort()));
      try (ImClient device = client(at, "secret")) {
        world.world().threads().start("register", () -> register(device));
        try (Socket connection = tap.accept()) {
          connection.setSoTimeout(20_000);
          TappedRegistrar.answer(connection, "Flow-Timer: 1");
          assertThat(connection.getInputStream().readNBytes(4)).asString(StandardCharsets.US_ASCII).isEqualTo("\r\n\r\n");
        }
      }
    }
  }

  // RFC 5626 section 4.4.1: ten seconds without a pong
  @Test
  void aConnectionOverWhichNoPongComesIsGivenUpAndTheDeviceRegistersOverAnother() throws IOException {
    try (ServerSocket tap = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"))) {
      tap.setSoTimeout(60_000);
      Endpoint at = new Endpoint(Protocol.TCP, new InetSocketAddress("127.0.0.1", tap.getLocalPort()));
      try (ImClient device = client(at, "secret")) {
        world.world().threads().start("register", () -> register(device));
        try (Socket first = tap.accept()) {
          TappedRegistrar.answer(first, "Flow-Timer: 1");
          try (Socket second = tap.accept()) {
            second.setSoTimeout(20_000);
            assertThat(second.getInputStream().readNBytes(9)).asString(StandardCharsets.US_ASCII).isEqualTo("REGISTER ");
          }
        }
      }
    }
  }

  private static void register(ImClient device) {
    try {
      device.register();
    } catch (Unavailable e) {
      assertThat(e).hasMessageContaining("No answer"); // the test has ended
    }
  }

  @Test
  void unregisteringTakesTheDeviceOut() {
    client.register();
    client.unregister();
    SipRequest last = server.received("REGISTER").getLast();
    assertThat(last.number(Header.EXPIRES)).hasValue(0);
    assertThat(client.registration()).isEmpty();
  }

  @Test
  void aMessageLeavesInCpimWithItsIdAndWhatIsAskedFor() {
    Sent sent = client.pager().send(BOB, Outgoing.text("Hello, Bob").asking(Disposition.POSITIVE_DELIVERY, Disposition.DISPLAY));
    assertThat(sent.accepted()).isTrue();
    SipRequest request = server.received("MESSAGE").getLast();
    CpimMessage cpim = CpimMessage.parse(request.body());
    assertThat(cpim.messageId()).hasValue(sent.messageId());
    assertThat(cpim.dispositions()).containsExactly(Disposition.POSITIVE_DELIVERY, Disposition.DISPLAY);
    assertThat(cpim.content().body()).asString(StandardCharsets.UTF_8).isEqualTo("Hello, Bob");
    assertThat(request.has(Header.CONTACT)).isFalse(); // RFC 3428 section 4
  }

  @Test
  void aStoredMessageIsToldByItsStatus() {
    server.onMessage = request -> SipResponse.to(request, Status.ACCEPTED);
    assertThat(client.pager().send(BOB, Outgoing.text("Hello")).waits()).isTrue();
  }

  @Test
  void aRefusedMessageIsAResultAndNoException() {
    server.onMessage = request -> SipResponse.to(request, Status.REQUEST_ENTITY_TOO_LARGE);
    Sent sent = client.pager().send(BOB, Outgoing.text("Hello"));
    assertThat(sent.accepted()).isFalse();
    assertThat(sent.status()).isEqualTo(413);
  }

  @Test
  void aMessageThatAsksForItIsConfirmedAsDeliveredAndLaterAsDisplayed() {
    client.register();
    assertThat(server.push("m-1", Disposition.POSITIVE_DELIVERY, Disposition.DISPLAY).status()).isEqualTo(200);
    await().atMost(Duration.ofSeconds(60)).until(() -> server.received("MESSAGE").stream().anyMatch(r -> r.has(Header.PROXY_AUTHORIZATION)));
    assertThat(imdn(server.received("MESSAGE").getLast())).isEqualTo(new Told("m-1", Imdn.Status.DELIVERED, "sip:bob@tucket.example"));
    client.pager().displayed(messages.getFirst());
    assertThat(imdn(server.received("MESSAGE").getLast())).isEqualTo(new Told("m-1", Imdn.Status.DISPLAYED, "sip:bob@tucket.example"));
  }

  // Linphone drops a `delivered` that comes after `displayed`.
  @Test
  void deliveredIsToldBeforeDisplayedHoweverSoonTheUserReads() throws InterruptedException {
    client.register();
    client.pager().listen(new ReadAtOnce());
    assertThat(server.push("m-6", Disposition.POSITIVE_DELIVERY, Disposition.DISPLAY).status()).isEqualTo(200);
    client.pager().settle(Duration.ofSeconds(10));
    assertThat(server.received("MESSAGE").stream().filter(r -> r.has(Header.PROXY_AUTHORIZATION)).map(ImClientTest::imdn).map(Told::status))
        .containsExactly(Imdn.Status.DELIVERED, Imdn.Status.DISPLAYED);
  }

  private final class ReadAtOnce implements Pager.Listener {
    @Override
    public void message(Incoming message) {
      client.pager().displayed(message);
    }
  }

  @Test
  void whatNobodyAsksForIsNotTold() throws InterruptedException {
    client.register();
    server.push("m-2");
    client.pager().settle(Duration.ofSeconds(5));
    assertThat(client.pager().displayed(messages.getFirst())).isEmpty();
    assertThat(server.received("MESSAGE")).isEmpty();
  }

  @Test
  void aMessageThatComesAgainIsShownOnceAndConfirmedOnce() throws InterruptedException {
    client.register();
    server.push("m-3", Disposition.POSITIVE_DELIVERY);
    client.pager().settle(Duration.ofSeconds(5));
    int before = server.received("MESSAGE").size();
    assertThat(server.push("m-3", Disposition.POSITIVE_DELIVERY).status()).isEqualTo(200);
    client.pager().settle(Duration.ofSeconds(5));
    assertThat(messages).hasSize(1);
    assertThat(server.received("MESSAGE")).hasSize(before);
  }

  @Test
  void aMessageThatTheListenerRefusesIsNotTakenAndIsNewWhenItComesAgain() {
    client.register();
    client.pager().listen(new RefuseOnce());
    assertThat(server.push("m-4").status()).isEqualTo(486);
    assertThat(server.push("m-4").status()).isEqualTo(200);
    assertThat(messages).hasSize(2);
  }

  @Test
  void aMessageThatComesAgainWhileItIsShownIsNotAcknowledgedBeforeItWasTaken() throws InterruptedException {
    client.register();
    CountDownLatch shown = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    client.pager().listen(new Pager.Listener() {
      @Override
      public void message(Incoming message) {
        shown.countDown();
        try {
          release.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        throw new Refused(486, "Busy Here");
      }
    });
    AtomicInteger first = new AtomicInteger();
    AtomicInteger again = new AtomicInteger();
    world.world().threads().start("first", () -> first.set(server.push("m-5").status()));
    shown.await();
    world.world().threads().start("again", () -> again.set(server.push("m-5").status()));
    await().during(Duration.ofMillis(300)).until(() -> again.get() == 0);
    release.countDown();
    await().atMost(Duration.ofSeconds(60)).until(() -> first.get() == 486 && again.get() == 486);
  }

  private static final class RefuseOnce implements Pager.Listener {
    private boolean refused;

    @Override
    public void message(Incoming message) {
      if (!refused) {
        refused = true;
        throw new Refused(486, "Busy Here");
      }
    }
  }

  @Test
  void aBodyThatIsNoCpimIsAnswered400() {
    client.register();
    SipResponse response = server.push(MediaType.CPIM, "no CPIM at all".getBytes(StandardCharsets.UTF_8));
    assertThat(response.status()).isEqualTo(400);
  }

  @Test
  void notificationsTellTheProgressOfWhatWasSent() {
    client.register();
    Sent sent = client.pager().send(BOB, Outgoing.text("Hello").asking(Disposition.POSITIVE_DELIVERY, Disposition.DISPLAY));
    server.push(MediaType.CPIM, notification(sent.messageId(), "n-1", Imdn.Kind.DELIVERY, Imdn.Status.DELIVERED));
    assertThat(client.pager().progress(sent.messageId()).orElseThrow().delivered()).isTrue();
    assertThat(client.pager().progress(sent.messageId()).orElseThrow().displayed()).isFalse();
    server.push(MediaType.CPIM, notification(sent.messageId(), "n-2", Imdn.Kind.DISPLAY, Imdn.Status.DISPLAYED));
    assertThat(client.pager().progress(sent.messageId()).orElseThrow().displayed()).isTrue();
    assertThat(receipts).extracting(Receipt::status).containsExactly(Imdn.Status.DELIVERED, Imdn.Status.DISPLAYED);
  }

  @Test
  void aNotificationIsNeverAnsweredByANotification() throws InterruptedException {
    client.register();
    server.push(MediaType.CPIM, notification("m-9", "n-3", Imdn.Kind.DELIVERY, Imdn.Status.DELIVERED));
    client.pager().settle(Duration.ofSeconds(5));
    assertThat(server.received("MESSAGE")).isEmpty();
  }

  private record Told(String messageId, Imdn.Status status, String to) {}

  private static Told imdn(SipRequest request) {
    CpimMessage cpim = CpimMessage.parse(request.body());
    Imdn imdn = Imdn.parseAll(cpim.content()).getFirst();
    return new Told(imdn.messageId(), imdn.status(), request.uriText());
  }

  private static byte[] notification(String messageId, String id, Imdn.Kind kind, Imdn.Status status) {
    return CpimMessage.builder()
        .from("sip:bob@tucket.example")
        .to("sip:alice@tucket.example")
        .messageId(id)
        .dateTime("2026-11-22T09:00:00Z")
        .content(Imdn.of(messageId, "2026-11-22T09:00:00Z", kind, status).entity())
        .build()
        .write();
  }
}
