// Requests on their way to users, devices and other domains, over real sockets.
package tucket.server.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static tucket.server.core.Lab.user;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.server.Limits;
import tucket.server.reference.Delivery;
import tucket.server.reference.DeviceId;
import tucket.server.reference.Devices;
import tucket.server.reference.Im2ServerCore;
import tucket.server.reference.Leg;
import tucket.store.MemoryEngine;
import tucket.store.Unavailable;
import tucket.transport.Deadline;
import tucket.transport.Pending;
import tucket.transport.Protocol;
import tucket.transport.sip.Outcome;
import tucket.transport.sip.Target;

class DeliveryTest {
  @Test
  void theFirstWalkCanBeReadFromTheStackTrace() {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      lab.add("bob");
      Phone bob = lab.registered("bob", Protocol.TCP);
      Phone alice = lab.registered("alice", Protocol.UDP);
      assertThat(alice.message("sip:bob@example.test", "hello").status()).isEqualTo(200);
      assertThat(new String(bob.inbox.remove().body(), StandardCharsets.UTF_8)).isEqualTo("hello");
      List<String> innermostFirst = lab.im.stacks.get(Leg.TERMINATING);
      String core = SipIpCore.class.getName();
      String im = RelayingIm.class.getName();
      assertThat(innermostFirst)
          .containsSubsequence(im + ".handle", core + ".send", im + ".handle", core + ".handle", SipListener.class.getName() + ".receive");
      assertThat(lab.im.handled).extracting(RelayingIm.Handled::leg).containsExactly(Leg.ORIGINATING, Leg.TERMINATING);
      assertThat(lab.im.handled).extracting(RelayingIm.Handled::served).containsExactly(user("alice"), user("bob"));
    }
  }

  @Test
  void aMessageForksToAllDevicesAndEachAnswerIsKeptApart() {
    try (Lab lab = Lab.with(Bounds.of(l -> l.put("pushTimeout", Duration.ofMillis(500))))) {
      lab.add("alice");
      lab.add("bob");
      Phone good = device(lab, "urn:uuid:1", Protocol.UDP);
      Phone busy = device(lab, "urn:uuid:2", Protocol.TCP);
      Phone silent = device(lab, "urn:uuid:3", Protocol.UDP);
      Phone gone = device(lab, "urn:uuid:4", Protocol.TCP);
      busy.answers = r -> Optional.of(SipResponse.to(r, 486));
      silent.answers = r -> Optional.empty();
      gone.close();
      lab.registered("alice", Protocol.UDP).message("sip:bob@example.test", "to all");
      Map<DeviceId, SipResponse> answers = lab.im.deliveries.getFirst().answers();
      assertThat(status(answers, "urn:uuid:1")).isEqualTo(200);
      assertThat(status(answers, "urn:uuid:2")).isEqualTo(486);
      assertThat(status(answers, "urn:uuid:3")).isEqualTo(408);
      assertThat(status(answers, "urn:uuid:4")).isEqualTo(503);
      assertThat(good.inbox.remove().uriText()).startsWith("sip:bob@" + good.here.hostPort());
    }
  }

  private static int status(Map<DeviceId, SipResponse> answers, String device) {
    return Optional.ofNullable(answers.get(new DeviceId(device))).map(SipResponse::status).orElse(0);
  }

  private static Phone device(Lab lab, String instance, Protocol protocol) {
    Phone phone = lab.phone("bob", protocol);
    phone.instance = instance;
    assertThat(phone.register().status()).isEqualTo(200);
    return phone;
  }

  @Test
  void chosenDevicesAloneGetARequest() {
    try (Lab lab = Lab.start()) {
      lab.add("bob");
      Phone one = device(lab, "urn:uuid:1", Protocol.UDP);
      Phone two = device(lab, "urn:uuid:2", Protocol.UDP);
      SipRequest push = one.request("MESSAGE", "sip:bob@example.test").with(Header.P_ASSERTED_IDENTITY, "<sip:alice@example.test>");
      Devices chosen = new Devices.Only(Set.of(new DeviceId("urn:uuid:2"), new DeviceId("urn:uuid:9")));
      Delivery delivery = lab.core.deliver(user("bob"), push, chosen, soon(lab)).await();
      assertThat(delivery.answers().keySet()).containsExactly(new DeviceId("urn:uuid:2"));
      assertThat(one.inbox).isEmpty();
      assertThat(two.inbox).hasSize(1);
    }
  }

  private static Deadline soon(Lab lab) {
    return Deadline.in(Duration.ofSeconds(10), lab.clock);
  }

  @ParameterizedTest
  @EnumSource(value = Protocol.class, names = {"UDP", "TCP"})
  void aDeviceThatRegistersElsewhereIsNotWaitedForAtItsOldContact(Protocol protocol) throws Exception {
    try (Lab lab = Lab.with(Bounds.of(l -> l.put("pushTimeout", Duration.ofMinutes(10))))) {
      lab.add("bob");
      Phone before = device(lab, "urn:uuid:1", protocol);
      before.answers = r -> Optional.empty();
      CompletableFuture<Delivery> delivery = pushed(lab, before);
      await().atMost(Duration.ofSeconds(60)).until(() -> !before.inbox.isEmpty());
      Phone after = device(lab, "urn:uuid:1", protocol);
      assertThat(status(delivery.get(28, TimeUnit.SECONDS).answers(), "urn:uuid:1")).isEqualTo(408); // Timer F alone would take 32 s
      assertThat(status(pushed(lab, after).get(60, TimeUnit.SECONDS).answers(), "urn:uuid:1")).isEqualTo(200);
      assertThat(after.inbox).hasSize(1);
      assertThat(before.inbox).hasSize(1);
    }
  }

  private static CompletableFuture<Delivery> pushed(Lab lab, Phone phone) {
    SipRequest push = phone.request("MESSAGE", "sip:bob@example.test").with(Header.P_ASSERTED_IDENTITY, "<sip:alice@example.test>");
    return CompletableFuture.supplyAsync(
        () -> lab.core.deliver(user("bob"), push, new Devices.All(), Deadline.in(Duration.ofMinutes(10), lab.clock)).await(),
        Thread::startVirtualThread);
  }

  @Test
  void aRefreshOfTheSameContactGivesNothingUp() throws Exception {
    try (Lab lab = Lab.start()) {
      lab.add("bob");
      Phone bob = device(lab, "urn:uuid:1", Protocol.UDP);
      CountDownLatch refreshed = new CountDownLatch(1);
      bob.answers = r -> {
        await().atMost(Duration.ofSeconds(60)).until(() -> refreshed.getCount() == 0);
        return Optional.of(SipResponse.to(r, 200));
      };
      CompletableFuture<Delivery> delivery = pushed(lab, bob);
      await().atMost(Duration.ofSeconds(60)).until(() -> !bob.inbox.isEmpty());
      assertThat(bob.register().status()).isEqualTo(200);
      refreshed.countDown();
      assertThat(status(delivery.get(60, TimeUnit.SECONDS).answers(), "urn:uuid:1")).isEqualTo(200);
    }
  }

  @Test
  void theCallersPreferencesChooseAmongTheDevices() {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      lab.add("bob");
      Phone one = device(lab, "urn:uuid:1", Protocol.UDP);
      Phone two = device(lab, "urn:uuid:2", Protocol.UDP);
      lab.registered("alice", Protocol.UDP)
          .message("sip:bob@example.test", "one", r -> r.with(Header.ACCEPT_CONTACT, "*;+sip.instance=\"<urn:uuid:2>\";require;explicit"));
      assertThat(one.inbox).isEmpty();
      assertThat(two.inbox).hasSize(1);
    }
  }

  @Test
  void aSignOfLifeOfASilentDeviceIsToldOnce() {
    try (Lab lab = Lab.with(Bounds.of(l -> l.put("pushTimeout", Duration.ofMillis(300))))) {
      lab.add("alice");
      lab.add("bob");
      Phone alice = lab.registered("alice", Protocol.UDP);
      Phone bob = lab.registered("bob", Protocol.TCP);
      await().atMost(Duration.ofSeconds(60)).until(() -> lab.im.registered.size() == 2);
      bob.answers = r -> Optional.empty();
      assertThat(alice.message("sip:bob@example.test", "anybody there").status()).as("RFC 4320").isEqualTo(480);
      bob.sendOnce(bob.request("OPTIONS", "sip:example.test"));
      bob.sendOnce(bob.request("OPTIONS", "sip:example.test"));
      await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(lab.im.registered).containsExactly(user("alice"), user("bob"), user("bob")));
    }
  }

  @Test
  void aUserIsFoundByEveryFormOfHisAddress() {
    try (Lab lab = Lab.with(s -> s.withRegion("FR"))) {
      lab.add("alice");
      lab.add("bob", "tel:+33612345678");
      Phone bob = lab.registered("bob", Protocol.UDP);
      Phone alice = lab.registered("alice", Protocol.TCP);
      for (String form : List.of("sip:bob@example.test", "sip:bob@EXAMPLE.test:5070", "sip:bob@" + lab.tcp.hostPort(),
          "sips:bob@example.test", "tel:+33612345678", "tel:+33-6-12-34-56-78", "tel:0612345678", "tel:12345678;phone-context=+336",
          "sip:+33612345678@example.test;user=phone", "sip:+33612345678@example.test", "sip:0612345678@example.test;user=phone")) {
        assertThat(alice.message(form, "hello").status()).as(form).isEqualTo(200);
        assertThat(bob.inbox.remove().uriText()).as(form).startsWith("sip:bob@" + bob.here.hostPort());
      }
      for (String form :
          List.of("sip:carol@example.test", "tel:+33699999999", "sip:+33699999999@example.test;user=phone", "tel:112")) {
        assertThat(alice.message(form, "hello").status()).as(form).isEqualTo(404);
      }
      assertThat(lab.im.handled.getLast().served()).isEqualTo(user("alice"));
    }
  }

  @Test
  void aServiceIdentityLeadsToTheImServer() {
    AddressOfRecord service = AddressOfRecord.of("sip:deferred@example.test");
    try (Lab lab = Lab.with(s -> s.withServices(Set.of(service)))) {
      lab.add("alice");
      lab.registered("alice", Protocol.TCP).message("sip:deferred@example.test", "what waits");
      assertThat(lab.im.handled).extracting(RelayingIm.Handled::served).containsExactly(user("alice"), service);
      assertThat(lab.subscribers.add(service, "x", "", List.of())).isInstanceOf(Change.Refused.class);
    }
  }

  @Test
  void optionsAskTheDeviceOrTheCore() {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      lab.add("bob");
      Phone alice = lab.registered("alice", Protocol.TCP);
      SipResponse ours = alice.sendOnce(alice.request("OPTIONS", "sip:example.test"));
      assertThat(ours.status()).isEqualTo(200);
      assertThat(ours.first(Header.ALLOW).orElseThrow()).contains("MESSAGE");
      assertThat(ours.first(Header.ALLOW_EVENTS)).hasValue("reg");
      assertThat(alice.sendOnce(alice.request("OPTIONS", "sip:bob@example.test")).status()).isEqualTo(480);
      assertThat(alice.sendOnce(alice.request("OPTIONS", "sip:nobody@example.test")).status()).isEqualTo(404);
      Phone bob = lab.registered("bob", Protocol.UDP);
      bob.answers = r -> Optional.of(SipResponse.to(r, 200).with(Header.ALLOW, "MESSAGE, OPTIONS"));
      SipResponse his = alice.sendOnce(alice.request("OPTIONS", "sip:bob@example.test"));
      assertThat(his.first(Header.ALLOW)).hasValue("MESSAGE, OPTIONS");
      assertThat(lab.im.handled).as("a capability exchange is no message").isEmpty();
    }
  }

  @Test
  void badRequestsAreNamed() {
    try (Lab lab = Lab.with(Bounds.of(l -> l.put("messageBytes", 1000)))) {
      lab.add("alice");
      Phone alice = lab.registered("alice", Protocol.TCP);
      SipRequest good = alice.request("MESSAGE", "sip:bob@example.test");
      assertThat(alice.sendOnce(alice.request("INVITE", "sip:bob@example.test")).first(Header.ALLOW).orElseThrow()).contains("MESSAGE");
      assertThat(alice.sendOnce(good.with(Header.MAX_FORWARDS, "0")).status()).isEqualTo(483);
      SipResponse extension = alice.sendOnce(alice.request("MESSAGE", "sip:bob@example.test").with(Header.REQUIRE, "magic"));
      assertThat(extension.status()).isEqualTo(420);
      assertThat(extension.first(Header.UNSUPPORTED)).hasValue("magic");
      SipResponse malformed = alice.sendOnce(alice.request("MESSAGE", "sip:bob@example.test").with(Header.FROM, "<sip:alice@example.test"));
      assertThat(malformed.status()).isEqualTo(400);
      assertThat(malformed.reason()).contains("From");
      SipResponse contact = alice.send(alice.register("3600").with(Header.CONTACT, "<mailto:alice@example.test>"));
      assertThat(contact.status()).isEqualTo(400);
      assertThat(contact.reason()).contains("Contact");
    }
  }

  @Test
  void tooManyRequestsOfOneUserAreTurnedAway() {
    try (Lab lab = Lab.with(Bounds.of(l -> l.put("requestsInFlightPerUser", 1)))) {
      lab.add("alice");
      lab.add("bob");
      Phone bob = lab.registered("bob", Protocol.UDP);
      bob.answers = r -> Optional.empty();
      Phone alice = lab.registered("alice", Protocol.TCP);
      lab.world.threads().start("first", () -> alice.message("sip:bob@example.test", "hangs"));
      await().atMost(Duration.ofSeconds(60)).until(() -> !bob.inbox.isEmpty());
      SipResponse refused = alice.message("sip:bob@example.test", "one too many");
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.has(Header.RETRY_AFTER)).isTrue();
    }
  }

  @Test
  void theSameRequestByAnotherWayIsALoop() {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      lab.add("bob");
      Phone bob = lab.registered("bob", Protocol.UDP);
      bob.answers = r -> Optional.empty();
      Phone alice = lab.registered("alice", Protocol.TCP);
      SipRequest message = alice.request("MESSAGE", "sip:bob@example.test");
      lab.world.threads().start("first", () -> alice.sendOnce(message));
      await().atMost(Duration.ofSeconds(60)).until(() -> !bob.inbox.isEmpty());
      assertThat(alice.sendOnce(message).status()).isEqualTo(482);
    }
  }

  @Test
  void beforeTheImServerIsThereEverythingIsTurnedAway() {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      lab.listener.shut();
      Phone alice = lab.phone("alice", Protocol.UDP);
      SipResponse refused = alice.register();
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.has(Header.RETRY_AFTER)).isTrue();
    }
  }

  @Test
  void trustedDomainsExchangeMessagesWithAssertedIdentity() {
    try (Lab one = domain("one.test", "127.0.0.1", peer("two.test", "127.0.0.2", true));
        Lab two = domain("two.test", "127.0.0.2", peer("one.test", "127.0.0.1", true))) {
      meet(one, two);
      one.add("alice");
      two.add("bob");
      assertThat(two.registered("bob", Protocol.UDP).message("sip:alice@one.test", "nobody there").status()).isEqualTo(480);
      assertThat(one.im.handled).extracting(RelayingIm.Handled::leg).containsExactly(Leg.TERMINATING);
      Phone bob = two.registered("bob", Protocol.UDP);
      Phone alice = one.registered("alice", Protocol.TCP);
      assertThat(alice.message("sip:bob@two.test", "hello there").status()).isEqualTo(200);
      SipRequest got = bob.inbox.remove();
      assertThat(new String(got.body(), StandardCharsets.UTF_8)).isEqualTo("hello there");
      assertThat(got.values(Header.P_ASSERTED_IDENTITY)).containsExactly("<sip:alice@one.test>");
      assertThat(got.number(Header.MAX_FORWARDS)).hasValue(68);
      assertThat(alice.message("sip:bob@three.test", "unknown domain").status()).isEqualTo(503);
    }
  }

  @Test
  void aStrangersIdentityIsNotTakenAndOursNotGiven() {
    try (Lab one = domain("one.test", "127.0.0.1", peer("two.test", "127.0.0.2", false));
        Lab two = domain("two.test", "127.0.0.2", peer("one.test", "127.0.0.1", true))) {
      meet(one, two);
      one.add("alice");
      two.add("bob");
      assertThat(two.registered("bob", Protocol.UDP).message("sip:alice@one.test", "let me in").status()).isEqualTo(407);
      assertThat(one.im.handled).isEmpty();
      Phone alice = one.registered("alice", Protocol.TCP);
      assertThat(alice.message("sip:bob@two.test", "without a name").status()).as("two wants to know who it is").isEqualTo(403);
    }
  }

  @Test
  void aPeerSpeaksForItsOwnDomainOnlyAndGetsNoFurtherThanOurs() {
    try (Lab one = domain("one.test", "127.0.0.1", peer("two.test", "127.0.0.2", true));
        Lab two = domain("two.test", "127.0.0.2", peer("one.test", "127.0.0.1", true))) {
      one.add("alice");
      Phone scscf = two.phone("peer", Protocol.UDP);
      Map<String, String> attempts = Map.of("<sip:alice@one.test>", "sip:alice@one.test", "<sip:bob@two.test>", "sip:carol@three.test");
      for (Map.Entry<String, String> attempt : attempts.entrySet()) {
        SipRequest request = scscf.request("MESSAGE", attempt.getValue()).with(Header.P_ASSERTED_IDENTITY, attempt.getKey());
        Deadline by = Deadline.in(Duration.ofSeconds(5), scscf.world.world().clock());
        Outcome outcome = scscf.stack.send(request, new Target.To(one.udp), by);
        assertThat(outcome.asResponse(request).status()).isEqualTo(403);
      }
      assertThat(one.im.handled).isEmpty();
    }
  }

  @Test
  void aFaultOfOursIsA500WithoutATraceAndTheServerLivesOn() {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      Phone alice = lab.registered("alice", Protocol.TCP);
      lab.core.serve(new Broken(new IllegalStateException("the very inside")));
      SipResponse ours = alice.message("sip:alice@example.test", "boom");
      assertThat(ours.status()).isEqualTo(500);
      assertThat(new String(ours.encode(), StandardCharsets.UTF_8)).doesNotContain("inside").doesNotContain("Exception");
      lab.core.serve(new Broken(new Unavailable("the disk is full")));
      SipResponse world = alice.message("sip:alice@example.test", "no room");
      assertThat(world.status()).isEqualTo(503);
      assertThat(world.has(Header.RETRY_AFTER)).isTrue();
      assertThat(alice.sendOnce(alice.request("OPTIONS", "sip:example.test")).status()).isEqualTo(200);
    }
  }

  /// An IM Server in which something breaks.
  private record Broken(RuntimeException how) implements Im2ServerCore.Application {
    @Override
    public Pending<SipResponse> handle(SipRequest request, Leg leg, AddressOfRecord served, Deadline by) {
      throw how;
    }

    @Override
    public void registered(AddressOfRecord user) {}
  }

  @Test
  void whatHappensIsCounted() {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      Phone alice = lab.registered("alice", Protocol.TCP);
      alice.message("sip:alice@example.test", "to myself");
      PrometheusRegistry registry = lab.metrics.registry();
      await().atMost(Duration.ofSeconds(60)).untilAsserted(
          () -> assertThat(counted(registry, "tucket_sip_requests", "method", "MESSAGE", "status", "2xx")).isEqualTo(1));
      assertThat(counted(registry, "tucket_authentications", "outcome", "proved")).isEqualTo(1);
      assertThat(counted(registry, "tucket_registration_changes", "event", "created")).isEqualTo(1);
      assertThat(counted(registry, "tucket_deliveries", "outcome", "2xx")).isEqualTo(1);
    }
  }

  private static double counted(PrometheusRegistry registry, String name, String... labels) {
    return registry.scrape(name::equals).stream()
        .flatMap(m -> ((CounterSnapshot) m).getDataPoints().stream())
        .filter(p -> p.getLabels().equals(Labels.of(labels)))
        .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
        .sum();
  }

  private static Lab domain(String name, String host, Peer other) {
    return new Lab(CoreSettings.of(name).withPeers(List.of(other)), Limits.DEFAULT, new MemoryEngine(), host);
  }

  private static Peer peer(String domain, String host, boolean trusted) {
    Peer.Source source = new Peer.Source(InetAddress.ofLiteral(host), 0);
    return new Peer(domain, Set.of(domain), Optional.of(SipUri.parse("sip:core." + domain)), trusted, List.of(source), Set.of(), true);
  }

  private static void meet(Lab one, Lab two) {
    one.names.put("core.two.test", two.udp);
    two.names.put("core.one.test", one.udp);
  }
}
