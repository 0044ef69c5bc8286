// What one user, and all users together, may have and do.
package tucket.app.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tucket.app.limits.LimitsLab.register;
import static tucket.app.limits.LimitsLab.send;
import static tucket.app.limits.LimitsLab.sending;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tucket.app.admin.NotPossible;
import tucket.client.ImClient;
import tucket.client.Refused;
import tucket.client.Sent;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;

class UserLimitsTest {
  private LimitsLab lab = new LimitsLab();

  private LimitsLab lab(String... settings) {
    lab.close();
    lab = new LimitsLab(settings);
    return lab;
  }

  @AfterEach
  void close() {
    lab.close();
  }

  private static void assertLater(SipResponse response) {
    assertThat(response.status()).as(response.reason()).isEqualTo(503);
    assertThat(response.number(Header.RETRY_AFTER)).isPresent();
  }

  private static SipResponse subscribe(ImClient client, String seconds) {
    String self = client.settings().account().address().toString();
    return client.request(SipRequest.of("SUBSCRIBE", client.settings().account().address())
        .edit()
        .with(Header.TO, "<" + self + ">")
        .with(Header.EVENT, "reg")
        .with(Header.EXPIRES, seconds)
        .with(Header.CONTACT, "<sip:" + client.local().hostPort() + ";transport=tcp>")
        .request());
  }

  @Shows("limits.message")
  @Test
  void aMessageThatIsTooLargeIsRefusedWithTheLargestSize() {
    ImClient alice = lab("limits.message=2KiB").client("alice");
    assertThat(send(alice, "bob", "x".repeat(1000)).status()).isEqualTo(202);
    Sent refused = send(alice, "bob", "x".repeat(3000));
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.response().first(Header.WARNING)).hasValueSatisfying(w -> assertThat(w).contains("133").contains("2048"));
  }

  @Shows("limits.inflated")
  @Test
  void whatInflatesBeyondTheLimitIsRefused() throws IOException {
    ImClient alice = lab("limits.message=2KiB", "limits.inflated=4KiB").client("alice");
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(bomb)) {
      out.write(new byte[1 << 20]);
    }
    SipRequest request = SipRequest.of("MESSAGE", LimitsLab.address("bob"))
        .edit()
        .with(Header.CONTENT_ENCODING, "deflate")
        .body(MediaType.TEXT_PLAIN, bomb.toByteArray())
        .request();
    assertThat(alice.request(request).status()).isEqualTo(413);
    assertThat(send(alice, "bob", "still alive").status()).isEqualTo(202);
  }

  @Shows("limits.queue-messages")
  @Test
  void aFullMailboxIsSaidSo() {
    ImClient alice = lab("limits.queue-messages=3").client("alice");
    for (int i = 0; i < 3; i++) {
      assertThat(send(alice, "bob", "number " + i).status()).isEqualTo(202);
    }
    Sent refused = send(alice, "bob", "one too many");
    assertThat(refused.status()).isEqualTo(480);
    assertThat(refused.response().number(Header.RETRY_AFTER)).isPresent();
    assertThat(send(alice, "carol", "another mailbox").status()).isEqualTo(202);
  }

  @Shows("limits.queue")
  @Test
  void theBytesOfAMailboxAreLimitedToo() {
    ImClient alice = lab("limits.queue=4KiB").client("alice");
    assertThat(send(alice, "bob", "x".repeat(2000)).status()).isEqualTo(202);
    assertThat(send(alice, "bob", "x".repeat(3000)).status()).isEqualTo(480);
  }

  @Shows("limits.devices")
  @Test
  void furtherDevicesAreRefused() {
    lab("limits.devices=2").client("alice").register();
    lab.client("alice").register();
    ImClient third = lab.client("alice");
    assertThatThrownBy(third::register).isInstanceOf(Refused.class).hasMessageContaining("403").hasMessageContaining("at most 2");
  }

  @Shows("limits.devices-remembered")
  @Test
  void onlySoManyDevicesThatAreAwayAreRemembered() {
    lab("limits.devices-remembered=1");
    for (int i = 0; i < 3; i++) {
      ImClient device = lab.client("alice");
      device.register();
      device.unregister();
    }
    assertThat(lab.server.administration().registrations()).hasSize(1);
  }

  @Shows("limits.registrations")
  @Test
  void furtherUsersCannotRegisterWhenTheRegistrarIsFull() {
    lab("limits.registrations=1").client("alice").register();
    lab.client("alice").register(); // a further device of the same user can
    assertLater(register(lab.client("bob"), "<sip:bob@127.0.0.1:9>"));
  }

  @Shows({"limits.registration-least", "limits.registration-most"})
  @Test
  void theLifeOfARegistrationHasBounds() {
    ImClient alice = lab("limits.registration-least=100s", "limits.registration-most=2h", "core.registration=1h").client("alice");
    SipResponse brief = register(alice, "<sip:alice@127.0.0.1:9>;expires=99");
    assertThat(brief.status()).isEqualTo(423);
    assertThat(brief.number(Header.MIN_EXPIRES)).hasValue(100);
    SipResponse cut = register(alice, "<sip:alice@127.0.0.1:9>;expires=99999");
    assertThat(cut.addresses(Header.CONTACT).getFirst().params().value("expires")).contains("7200");
  }

  @Shows({"limits.subscriptions-of-one-user", "limits.subscription-least", "limits.subscription-most"})
  @Test
  void aUserHasSoManySubscriptionsAndTheirLifeHasBounds() {
    ImClient alice = lab("limits.subscriptions-of-one-user=2", "limits.subscription-least=100s", "limits.subscription-most=200s").client("alice");
    SipResponse brief = subscribe(alice, "99");
    assertThat(brief.status()).isEqualTo(423);
    assertThat(brief.number(Header.MIN_EXPIRES)).hasValue(100);
    assertThat(subscribe(alice, "9999").number(Header.EXPIRES)).hasValue(200);
    assertThat(subscribe(alice, "150").isSuccess()).isTrue();
    assertLater(subscribe(alice, "150"));
    assertThat(subscribe(lab.client("bob"), "150").isSuccess()).isTrue();
  }

  @Shows("limits.subscriptions")
  @Test
  void everybodyTogetherHasSoManySubscriptions() {
    assertThat(subscribe(lab("limits.subscriptions=1").client("alice"), "600").isSuccess()).isTrue();
    assertLater(subscribe(lab.client("bob"), "600"));
  }

  @Shows("limits.identities")
  @Test
  void aUserHasSoManyFurtherIdentities() {
    lab("limits.identities=1");
    assertThatThrownBy(() -> lab.server.administration().add("dora", "secret", "", List.of("d1", "d2")))
        .isInstanceOf(NotPossible.class)
        .hasMessageContaining("at most 1");
  }

  @Shows("limits.requests-of-one-user")
  @Test
  void oneUserHasSoManyRequestsAtTheSameTime() throws Exception {
    ImClient alice = lab("limits.requests-of-one-user=2", "limits.push-time=60s", "limits.request-time=60s").client("alice");
    LimitsLab.Silent bob = lab.silent("bob");
    LimitsLab.Silent carol = lab.silent("carol");
    CompletableFuture<Sent> one = sending(alice, "bob", "1");
    CompletableFuture<Sent> two = sending(alice, "carol", "2");
    assertThat(bob.arrived.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
    assertThat(carol.arrived.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
    assertLater(send(alice, "carol", "3").response());
    bob.answer.countDown();
    carol.answer.countDown();
    assertThat(one.get(30, TimeUnit.SECONDS).accepted()).isTrue();
    assertThat(two.get(30, TimeUnit.SECONDS).accepted()).isTrue();
    assertThat(send(alice, "alice", "4").accepted()).isTrue();
  }

  @Shows("limits.requests")
  @Test
  void everybodyTogetherHasSoManyRequestsAtTheSameTime() throws Exception {
    ImClient alice = lab("limits.requests=1", "limits.push-time=60s", "limits.request-time=60s").client("alice");
    LimitsLab.Silent bob = lab.silent("bob");
    CompletableFuture<Sent> one = sending(alice, "bob", "1");
    assertThat(bob.arrived.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
    assertThat(lab.wire().ask()).startsWith("SIP/2.0 503").contains("Retry-After:");
    bob.answer.countDown();
    assertThat(one.get(30, TimeUnit.SECONDS).accepted()).isTrue();
    assertThat(lab.wire().ask()).doesNotStartWith("SIP/2.0 503");
  }

  @Shows("limits.requests-a-second-of-one-user")
  @Test
  void oneUserMaySendSoManyRequestsASecondAndOthersDoNotSuffer() {
    ImClient alice = lab("limits.requests-a-second-of-one-user=1").client("alice");
    List<Sent> sent = java.util.stream.IntStream.range(0, 20).mapToObj(i -> send(alice, "bob", "number " + i)).toList();
    List<Sent> refused = sent.stream().filter(s -> !s.accepted()).toList();
    assertThat(sent.getFirst().accepted()).isTrue();
    assertThat(refused).isNotEmpty();
    refused.forEach(s -> assertLater(s.response()));
    assertThat(send(lab.client("carol"), "bob", "me too").accepted()).isTrue();
  }

  @Shows("limits.trace-events")
  @Test
  void onlyTheLastTraceEventsOfRelayedMessagesAreKept() {
    ImClient alice = lab("limits.trace-events=4").client("alice");
    lab.client("bob").register();
    Sent first = send(alice, "bob", "1");
    assertThat(lab.server.administration().trace(first.messageId())).isNotEmpty();
    for (int i = 0; i < 4; i++) {
      send(alice, "bob", "more");
    }
    assertThat(lab.server.administration().trace(first.messageId())).isEmpty();
  }
}
