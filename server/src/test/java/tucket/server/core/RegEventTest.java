// The reg event package and its notifier over real sockets.
package tucket.server.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tucket.protocol.document.ReginfoDocument;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.transport.Protocol;

class RegEventTest {
  private static SipRequest subscribe(Phone phone, String what, String expires) {
    return phone.request("SUBSCRIBE", what).with(Header.EVENT, "reg").with(Header.EXPIRES, expires).with(Header.CONTACT, phone.contact())
        .with(Header.ACCEPT, "application/reginfo+xml");
  }

  private static SipRequest next(Phone phone) throws InterruptedException {
    SipRequest notify = phone.inbox.poll(60, TimeUnit.SECONDS);
    assertThat(notify).as("a NOTIFY").isNotNull();
    return Optional.ofNullable(notify).orElseThrow();
  }

  private static ReginfoDocument.Registration document(SipRequest notify, long version) {
    assertThat(notify.first(Header.CONTENT_TYPE)).hasValue("application/reginfo+xml");
    ReginfoDocument document = ReginfoDocument.parse(notify.body());
    assertThat(document.version()).isEqualTo(version);
    assertThat(document.full()).isTrue();
    return document.registrations().getFirst();
  }

  @Test
  void aSubscriberIsToldOfEveryChangeInOrder() throws InterruptedException {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      Phone phone = lab.registered("alice", Protocol.TCP);
      SipResponse answer = phone.send(subscribe(phone, "sip:alice@example.test", "3600"));
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.first(Header.EXPIRES)).hasValue("3600");
      SipRequest first = next(phone);
      assertThat(first.first(Header.SUBSCRIPTION_STATE).orElseThrow()).startsWith("active;expires=");
      assertThat(first.first(Header.EVENT)).hasValue("reg");
      assertThat(first.callId()).isEqualTo(answer.callId());
      assertThat(first.to().tag()).isEqualTo(answer.from().tag());
      assertThat(first.from().tag()).isEqualTo(answer.to().tag());
      assertThat(document(first, 0).contacts()).singleElement().matches(c -> c.state() == ReginfoDocument.State.ACTIVE);

      Phone tablet = lab.phone("alice", Protocol.UDP);
      tablet.instance = "urn:uuid:00000000-0000-1000-8000-aabbccddeeff";
      tablet.register();
      ReginfoDocument.Registration two = document(next(phone), 1);
      assertThat(two.contacts()).hasSize(2).allMatch(c -> c.state() == ReginfoDocument.State.ACTIVE);
      assertThat(two.contacts()).anyMatch(c -> c.pubGruu().filter(g -> g.contains(";gr=" + tablet.instance)).isPresent());
      tablet.send(tablet.register("0"));
      assertThat(document(next(phone), 2).contacts()).filteredOn(c -> c.state() == ReginfoDocument.State.TERMINATED)
          .singleElement().matches(c -> c.event() == ReginfoDocument.Event.UNREGISTERED);
    }
  }

  @Test
  void aSubscriptionIsRefreshedInItsDialogAndEndsWithALastNotify() throws InterruptedException {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      Phone phone = lab.registered("alice", Protocol.TCP);
      SipRequest request = subscribe(phone, "sip:alice@example.test", "600");
      SipResponse answer = phone.send(request);
      next(phone);
      SipRequest again = phone.again(request).withUri(answer.addresses(Header.CONTACT).getFirst().uri())
          .with(Header.TO, answer.first(Header.TO).orElseThrow());
      assertThat(phone.send(again.with(Header.EXPIRES, "1200")).first(Header.EXPIRES)).hasValue("1200");
      assertThat(next(phone).first(Header.SUBSCRIPTION_STATE).orElseThrow()).startsWith("active");
      assertThat(phone.send(phone.again(again).with(Header.EXPIRES, "0")).status()).isEqualTo(200);
      assertThat(next(phone).first(Header.SUBSCRIPTION_STATE)).hasValue("terminated;reason=timeout");
      await().atMost(Duration.ofSeconds(60)).until(() -> lab.core.notifier().size() == 0);
      assertThat(phone.send(phone.again(again)).status()).isEqualTo(481);
    }
  }

  @Test
  void aSubscriptionThatIsNotRefreshedEnds() throws InterruptedException {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      Phone phone = lab.registered("alice", Protocol.TCP);
      phone.send(subscribe(phone, "sip:alice@example.test", "120"));
      next(phone);
      lab.clock.advance(Duration.ofSeconds(121));
      assertThat(next(phone).first(Header.SUBSCRIPTION_STATE)).hasValue("terminated;reason=timeout");
      await().atMost(Duration.ofSeconds(60)).until(() -> lab.core.notifier().size() == 0);
    }
  }

  @Test
  void aFetchGetsOneNotify() throws InterruptedException {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      Phone phone = lab.registered("alice", Protocol.TCP);
      assertThat(phone.send(subscribe(phone, "sip:alice@example.test", "0")).status()).isEqualTo(200);
      SipRequest only = next(phone);
      assertThat(only.first(Header.SUBSCRIPTION_STATE)).hasValue("terminated;reason=timeout");
      assertThat(document(only, 0).contacts()).hasSize(1);
      await().atMost(Duration.ofSeconds(60)).until(() -> lab.core.notifier().size() == 0);
    }
  }

  @Test
  void oneNotifyIsInFlightAndChangesMeanwhileAreToldByOneMore() throws InterruptedException {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      Phone phone = lab.registered("alice", Protocol.TCP);
      CountDownLatch release = new CountDownLatch(1);
      phone.answers = r -> {
        try {
          release.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        return Optional.of(SipResponse.to(r, 200));
      };
      phone.send(subscribe(phone, "sip:alice@example.test", "600"));
      document(next(phone), 0);
      for (int i = 0; i < 5; i++) {
        Phone more = lab.phone("alice", Protocol.UDP);
        more.register();
      }
      assertThat(phone.inbox).as("the first is not answered yet").isEmpty();
      release.countDown();
      assertThat(document(next(phone), 1).contacts()).hasSize(6);
      assertThat(phone.inbox).isEmpty();
    }
  }

  @Test
  void aSubscriberThatIsGoneIsForgotten() throws InterruptedException {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      Phone phone = lab.registered("alice", Protocol.TCP);
      phone.answers = r -> Optional.of(SipResponse.to(r, 481));
      phone.send(subscribe(phone, "sip:alice@example.test", "600"));
      next(phone);
      await().atMost(Duration.ofSeconds(60)).until(() -> lab.core.notifier().size() == 0);
    }
  }

  @Test
  void whatCannotBeSubscribedToIsNamed() {
    try (Lab lab = Lab.with(Bounds.of(l -> l.put("subscriptionsPerUser", 1)))) {
      lab.add("alice");
      lab.add("bob");
      Phone phone = lab.registered("alice", Protocol.TCP);
      SipResponse bad = phone.send(subscribe(phone, "sip:alice@example.test", "600").with(Header.EVENT, "dialog"));
      assertThat(bad.status()).isEqualTo(489);
      assertThat(bad.first(Header.ALLOW_EVENTS)).hasValue("reg");
      SipResponse none = phone.send(subscribe(phone, "sip:alice@example.test", "600").without(Header.EVENT));
      assertThat(none.status()).isEqualTo(400);
      assertThat(none.reason()).contains("Event");
      SipResponse brief = phone.send(subscribe(phone, "sip:alice@example.test", "10"));
      assertThat(brief.status()).isEqualTo(423);
      assertThat(brief.first(Header.MIN_EXPIRES)).hasValue("60");
      assertThat(phone.send(subscribe(phone, "sip:alice@example.test", "600").with(Header.ACCEPT, "text/plain")).status()).isEqualTo(406);
      assertThat(phone.send(subscribe(phone, "sip:bob@example.test", "600")).status()).isEqualTo(403);
      assertThat(phone.send(subscribe(phone, "sip:nobody@example.test", "600")).status()).isEqualTo(404);
      assertThat(phone.send(subscribe(phone, "sip:alice@example.test", "600")).status()).isEqualTo(200);
      assertThat(phone.send(subscribe(phone, "sip:alice@example.test", "600")).status()).isEqualTo(503);
    }
  }
}
