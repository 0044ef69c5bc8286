// REGISTER over real sockets.
package tucket.server.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static tucket.server.core.Lab.user;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.NameAddr;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.Uri;
import tucket.server.Limits;
import tucket.server.reference.Device;
import tucket.server.reference.DeviceId;
import tucket.store.Engine;
import tucket.store.MemoryEngine;
import tucket.store.RocksEngine;
import tucket.store.RocksSettings;
import tucket.transport.Protocol;

class RegistrarTest {
  private static final String PHONE = "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6";
  private static final String TABLET = "urn:uuid:00000000-0000-1000-8000-aabbccddeeff";

  @Test
  void aRegistrationIsAnsweredWithItsContactRouteAndIdentities() {
    try (Lab lab = Lab.start()) {
      lab.add("alice", "tel:+33612345678");
      Phone phone = lab.phone("alice", Protocol.UDP);
      SipResponse answer = phone.register();
      assertThat(answer.status()).isEqualTo(200);
      NameAddr contact = answer.addresses(Header.CONTACT).getFirst();
      assertThat(contact.uri()).isEqualTo(NameAddr.parse(phone.contact()).uri());
      assertThat(contact.params().value("expires")).hasValue("3600");
      assertThat(answer.first(Header.SERVICE_ROUTE)).hasValue("<sip:orig@" + lab.udp.hostPort() + ";lr>");
      assertThat(answer.values(Header.P_ASSOCIATED_URI)).containsExactly("<sip:alice@example.test>", "<tel:+33612345678>");
      await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(lab.im.registered).containsExactly(user("alice")));
    }
  }

  @Test
  void featureTagsComeBackQuoted() {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      Phone phone = lab.phone("alice", Protocol.UDP);
      String chat = ";+g.3gpp.iari-ref=\"urn%3Aurn-7%3A3gpp-application.ims.iari.rcse.im\"";
      SipRequest request = phone.register("3600").with(Header.CONTACT, phone.contact() + chat);
      assertThat(phone.send(request).first(Header.CONTACT).orElseThrow()).contains(chat);
    }
  }

  @Test
  void severalDevicesAreRegisteredAndTellTheirFeatures() {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      Phone phone = lab.phone("alice", Protocol.UDP);
      phone.instance = PHONE;
      Phone other = lab.phone("alice", Protocol.TCP);
      assertThat(phone.register().status()).isEqualTo(200);
      assertThat(other.register().addresses(Header.CONTACT)).hasSize(2);
      List<Device> devices = lab.core.devices(user("alice"));
      assertThat(devices).hasSize(2).allMatch(Device::registered).allMatch(d -> d.features().has("g.oma.sip-im"));
      assertThat(devices).filteredOn(Device::lasting).extracting(Device::id).containsExactly(new DeviceId(PHONE));
    }
  }

  @Test
  void tooManyLastingDevicesAreRefusedAndNamelessOnesGiveWay() {
    try (Lab lab = Lab.with(Bounds.of(l -> l.put("devicesPerUser", 2)))) {
      lab.add("alice");
      Phone nameless = lab.registered("alice", Protocol.UDP);
      for (String instance : List.of(PHONE, TABLET)) {
        Phone phone = lab.phone("alice", Protocol.UDP);
        phone.instance = instance;
        assertThat(phone.register().status()).isEqualTo(200);
      }
      assertThat(lab.core.devices(user("alice"))).extracting(d -> d.id().value()).containsExactlyInAnyOrder(PHONE, TABLET);
      Phone third = lab.phone("alice", Protocol.UDP);
      third.instance = "urn:uuid:00000000-0000-1000-8000-000000000003";
      assertThat(third.register().status()).isEqualTo(403);
      assertThat(nameless.register().status()).isEqualTo(403);
    }
  }

  @Test
  void aNewContactOfTheSameInstanceReplacesTheStaleOne() {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      Phone before = lab.phone("alice", Protocol.UDP);
      before.instance = PHONE;
      before.register();
      Phone after = lab.phone("alice", Protocol.UDP);
      after.instance = PHONE;
      List<NameAddr> contacts = after.register().addresses(Header.CONTACT);
      assertThat(contacts).extracting(NameAddr::uri).containsExactly(NameAddr.parse(after.contact()).uri());
    }
  }

  @Test
  void aLastingDeviceIsRememberedWhenItUnregisters() {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      Phone phone = lab.phone("alice", Protocol.UDP);
      phone.instance = PHONE;
      phone.register();
      assertThat(phone.send(phone.register("0")).addresses(Header.CONTACT)).isEmpty();
      assertThat(lab.core.devices(user("alice"))).singleElement().matches(d -> !d.registered() && d.id().value().equals(PHONE));
      await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(lab.im.deregistered).containsExactly(user("alice")));
      lab.clock.advance(lab.limits.deviceRemembered().plusSeconds(1));
      assertThat(lab.core.devices(user("alice"))).isEmpty();
    }
  }

  @Test
  void aStarRemovesAllContactsAndNeedsExpiresZero() {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      Phone phone = lab.registered("alice", Protocol.UDP);
      assertThat(phone.send(phone.register("60").with(Header.CONTACT, "*")).status()).isEqualTo(400);
      assertThat(lab.core.devices(user("alice"))).hasSize(1);
      assertThat(phone.send(phone.register("0").with(Header.CONTACT, "*")).status()).isEqualTo(200);
      assertThat(lab.core.devices(user("alice"))).isEmpty();
    }
  }

  @Test
  void aShortRegistrationGetsTheLeastTimeAndALongOneIsCut() {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      Phone phone = lab.phone("alice", Protocol.UDP);
      SipResponse brief = phone.send(phone.register("59"));
      assertThat(brief.status()).isEqualTo(423);
      assertThat(brief.first(Header.MIN_EXPIRES)).hasValue("60");
      SipResponse cut = phone.send(phone.register("600000000"));
      String longest = Long.toString(lab.limits.registrationMax().toSeconds());
      assertThat(cut.addresses(Header.CONTACT).getFirst().params().value("expires")).hasValue(longest);
    }
  }

  @Test
  void anOlderCseqOfTheSameCallChangesNothing() {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      Phone phone = lab.phone("alice", Protocol.UDP);
      phone.register();
      SipRequest late = phone.register("0").with(Header.CSEQ, "1 REGISTER");
      SipResponse challenge = phone.sendOnce(late);
      assertThat(phone.sendOnce(phone.authorized(late, challenge)).status()).isEqualTo(500);
      assertThat(lab.core.devices(user("alice"))).hasSize(1);
    }
  }

  @Test
  void aRegistrationEndsByTheClock() {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      Phone phone = lab.phone("alice", Protocol.UDP);
      phone.send(phone.register("120"));
      lab.clock.advance(Duration.ofSeconds(119));
      assertThat(lab.core.devices(user("alice"))).hasSize(1);
      assertThat(lab.im.deregistered).isEmpty();
      lab.clock.advance(Duration.ofSeconds(2));
      assertThat(lab.core.devices(user("alice"))).isEmpty();
      await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(lab.im.deregistered).containsExactly(user("alice")));
    }
  }

  @Test
  void bindingsOutliveARestart() {
    MemoryEngine engine = new MemoryEngine();
    SipRequest got;
    try (Lab first = new Lab(CoreSettings.of(Lab.DOMAIN), Limits.DEFAULT, engine, "127.0.0.1")) {
      first.add("alice");
      first.add("bob");
      Phone phone = first.registered("bob", Protocol.UDP);
      try (Lab second = new Lab(CoreSettings.of(Lab.DOMAIN), Limits.DEFAULT, engine, "127.0.0.1")) {
        assertThat(second.core.devices(user("bob"))).hasSize(1);
        assertThat(second.registered("alice", Protocol.TCP).message("sip:bob@example.test", "after the restart").status()).isEqualTo(200);
        got = phone.inbox.remove();
      }
    }
    assertThat(new String(got.body(), StandardCharsets.UTF_8)).isEqualTo("after the restart");
  }

  @Test
  void bindingsAndUsersAreOnTheDiskWhenTheAnswerComes(@TempDir Path folder) {
    try (Engine engine = new RocksEngine(folder, RocksSettings.DEFAULT);
        Lab lab = new Lab(CoreSettings.of(Lab.DOMAIN), Limits.DEFAULT, engine, "127.0.0.1")) {
      lab.add("alice", "tel:+33612345678");
      Phone phone = lab.phone("alice", Protocol.UDP);
      phone.instance = PHONE;
      assertThat(phone.register().status()).isEqualTo(200);
    }
    try (Engine engine = new RocksEngine(folder, RocksSettings.DEFAULT);
        Lab lab = new Lab(CoreSettings.of(Lab.DOMAIN), Limits.DEFAULT, engine, "127.0.0.1")) {
      assertThat(lab.core.devices(user("alice"))).singleElement()
          .matches(d -> d.registered() && d.id().value().equals(PHONE) && d.features().has("g.oma.sip-im"));
      assertThat(lab.subscribers.resolve(AddressOfRecord.of("tel:+33612345678")).map(Subscriber::id)).hasValue(user("alice"));
      lab.clock.advance(Duration.ofSeconds(3601));
      assertThat(lab.core.devices(user("alice"))).as("its time goes on over the restart").noneMatch(Device::registered);
      await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(lab.im.deregistered).containsExactly(user("alice")));
    }
  }

  @Test
  void manyDevicesMayRegisterAtOnce() {
    try (Lab lab = Lab.with(Bounds.of(l -> l.put("devicesPerUser", 30)))) {
      lab.add("alice");
      List<Phone> phones = IntStream.range(0, 20).mapToObj(i -> lab.phone("alice", Protocol.UDP)).toList();
      CountDownLatch done = new CountDownLatch(phones.size());
      List<Integer> statuses = new CopyOnWriteArrayList<>();
      phones.forEach(p -> lab.world.threads().start("phone", () -> {
        statuses.add(p.register().status());
        done.countDown();
      }));
      await().atMost(Duration.ofSeconds(30)).until(() -> done.getCount() == 0);
      assertThat(statuses).containsOnly(200);
      assertThat(lab.core.devices(user("alice"))).hasSize(20);
    }
  }

  @Test
  void anOutboundBindingDiesWithItsConnectionAtOnce() {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      Phone phone = lab.phone("alice", Protocol.TCP);
      phone.instance = PHONE;
      phone.regId = 1;
      SipResponse answer = phone.register();
      assertThat(answer.first(Header.REQUIRE)).hasValue("outbound");
      assertThat(answer.has(Header.FLOW_TIMER)).isTrue();
      assertThat(lab.core.devices(user("alice"))).singleElement().matches(Device::registered);
      phone.close();
      await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(lab.core.devices(user("alice"))).singleElement().matches(d -> !d.registered()));
      await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(lab.im.deregistered).containsExactly(user("alice")));
    }
  }

  @Test
  void theSecondFlowOfAnInstanceTakesOverWhenTheFirstFails() throws InterruptedException {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      lab.add("bob");
      Phone one = lab.phone("bob", Protocol.TCP);
      Phone two = lab.phone("bob", Protocol.TCP);
      one.instance = two.instance = PHONE;
      one.regId = 1;
      two.regId = 2;
      one.register();
      two.register();
      assertThat(lab.core.devices(user("bob"))).hasSize(1);
      Phone alice = lab.registered("alice", Protocol.TCP);
      assertThat(alice.message("sip:bob@example.test", "one").status()).isEqualTo(200);
      assertThat(two.inbox.size() + one.inbox.size()).isEqualTo(1);
      two.close();
      await().atMost(Duration.ofSeconds(60)).until(() -> lab.core.devices(user("bob")).size() == 1 && lab.core.devices(user("bob")).getFirst().registered());
      assertThat(alice.message("sip:bob@example.test", "two").status()).isEqualTo(200);
      assertThat(one.inbox).isNotEmpty();
    }
  }

  @Test
  void aRegistrationThroughAProxyKeepsItsPathAndNeedsObForOutbound() {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      lab.add("bob");
      Phone proxy = lab.phone("bob", Protocol.UDP);
      SipRequest request = proxied(proxy, proxy.register("3600").with(Header.CONTACT, "<sip:bob@192.0.2.7:5060>"));
      request = request.append(Header.PATH, "<sip:edge@" + proxy.here.hostPort() + ";lr>").append(Header.PATH, "<sip:inner@192.0.2.9;lr>");
      SipResponse answer = proxy.send(request);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.values(Header.PATH)).hasSize(2);
      Phone alice = lab.registered("alice", Protocol.TCP);
      assertThat(alice.message("sip:bob@example.test", "by the path").status()).isEqualTo(200);
      SipRequest got = proxy.inbox.remove();
      assertThat(got.uriText()).isEqualTo("sip:bob@192.0.2.7:5060");
      assertThat(got.values(Header.ROUTE)).containsExactly("<sip:edge@" + proxy.here.hostPort() + ";lr>", "<sip:inner@192.0.2.9;lr>");

      proxy.instance = PHONE;
      proxy.regId = 1;
      SipRequest lacking = proxied(proxy, proxy.register("3600").append(Header.PATH, "<sip:edge@" + proxy.here.hostPort() + ";lr>"));
      assertThat(proxy.send(lacking).status()).isEqualTo(439);
      SipRequest knowing = proxied(proxy, proxy.register("3600").append(Header.PATH, "<sip:edge@" + proxy.here.hostPort() + ";lr;ob>"));
      assertThat(proxy.send(knowing).first(Header.REQUIRE)).hasValue("outbound");
    }
  }

  private static SipRequest proxied(Phone proxy, SipRequest request) {
    return request.prepend(Header.VIA, "SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK" + proxy.world.world().chance().token(6));
  }

  @Test
  void aGruuReachesTheInstanceAndATemporaryOneDiesWithItsCallId() {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      lab.add("bob");
      Phone phone = lab.phone("bob", Protocol.UDP);
      phone.instance = PHONE;
      NameAddr contact = phone.register().addresses(Header.CONTACT).getFirst();
      Phone other = lab.registered("bob", Protocol.UDP);
      String pub = contact.params().value("pub-gruu").orElseThrow();
      String temp = contact.params().value("temp-gruu").orElseThrow();
      assertThat(pub).isEqualTo("sip:bob@example.test;gr=" + PHONE);
      assertThat(((SipUri) Uri.parse(temp)).user()).doesNotContain("bob");
      Phone alice = lab.registered("alice", Protocol.TCP);
      for (String gruu : List.of(pub, temp)) {
        assertThat(alice.message(gruu, "to one device").status()).isEqualTo(200);
        assertThat(phone.inbox.remove().uriText()).doesNotContain("gr=");
      }
      assertThat(other.inbox).isEmpty();

      Phone restarted = lab.phone("bob", Protocol.UDP);
      restarted.instance = PHONE;
      restarted.register();
      assertThat(alice.message(temp, "too late").status()).isEqualTo(404);
      assertThat(alice.message(pub, "still good").status()).isEqualTo(200);
    }
  }

  @Test
  void onlyOnesOwnAddressesCanBeRegistered() {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      lab.add("bob");
      Phone phone = lab.phone("alice", Protocol.UDP);
      assertThat(phone.send(phone.register("3600").with(Header.TO, "<sip:bob@example.test>")).status()).isEqualTo(403);
      assertThat(phone.send(phone.register("3600").withUri(Uri.parse("sip:elsewhere.test"))).status()).isEqualTo(404);
      assertThat(phone.send(phone.register("3600").with(Header.CONTACT, "<sip:bob@example.test>")).status()).isEqualTo(400);
      assertThat(lab.core.devices(user("bob"))).isEmpty();
    }
  }

  @Test
  void aRemovedUserIsNoLongerRegistered() {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      Phone phone = lab.registered("alice", Protocol.TCP);
      assertThat(lab.subscribers.remove(user("alice"))).isInstanceOf(Change.Done.class);
      assertThat(lab.core.devices(user("alice"))).isEmpty();
      assertThat(phone.register().status()).isEqualTo(401);
      assertThat(Optional.of(lab.core.mayUseIm(user("alice")))).hasValue(false);
    }
  }
}
