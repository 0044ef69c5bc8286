// Digest authentication and identity over real sockets.
package tucket.server.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static tucket.server.core.Lab.user;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.digest.Algorithm;
import tucket.protocol.sip.digest.DigestChallenge;
import tucket.store.Engine;
import tucket.store.Partition;
import tucket.transport.Protocol;

class AuthenticationTest {
  private static final CoreSettings.Trust EVERY = CoreSettings.Trust.EVERY_REQUEST;
  private static final CoreSettings.Trust FLOW = CoreSettings.Trust.REGISTERED_FLOW;

  @ParameterizedTest
  @EnumSource(Algorithm.class)
  void aPhoneRegistersWithEachAlgorithm(Algorithm algorithm) {
    try (Lab lab = Lab.with(s -> s.withAlgorithms(List.of(Algorithm.SHA_512_256, Algorithm.SHA_256, Algorithm.MD5)))) {
      lab.add("alice");
      Phone phone = lab.phone("alice", Protocol.UDP);
      phone.algorithm = Optional.of(algorithm);
      assertThat(phone.register().status()).isEqualTo(200);
    }
  }

  @Test
  void theChallengeOffersTheConfiguredAlgorithmsBestFirst() {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      Phone phone = lab.phone("alice", Protocol.UDP);
      SipResponse forUs = phone.sendOnce(phone.register("3600"));
      assertThat(forUs.status()).isEqualTo(401);
      assertThat(forUs.lines(Header.WWW_AUTHENTICATE)).extracting(l -> DigestChallenge.parse(l).algorithm())
          .containsExactly(Algorithm.SHA_256, Algorithm.MD5);
      SipResponse relayed = phone.sendOnce(phone.request("MESSAGE", "sip:bob@example.test"));
      assertThat(relayed.status()).isEqualTo(407);
      assertThat(relayed.lines(Header.PROXY_AUTHENTICATE)).hasSize(2);
    }
  }

  @Test
  void anAlgorithmThatIsNotOfferedIsNotTaken() {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      Phone phone = lab.phone("alice", Protocol.UDP);
      SipRequest request = phone.register("3600");
      String challenge = phone.sendOnce(request).lines(Header.WWW_AUTHENTICATE).getFirst().replace("SHA-256", "SHA-512-256");
      SipResponse stronger = SipResponse.to(request, 401).with(Header.WWW_AUTHENTICATE, challenge);
      assertThat(phone.sendOnce(phone.authorized(phone.again(request), stronger)).status()).isEqualTo(401);
    }
  }

  @Test
  void theUnauthenticatedReachNothingButTheChallenge() {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      Phone stranger = lab.phone("mallory", Protocol.UDP);
      for (String method : List.of("OPTIONS", "SUBSCRIBE", "MESSAGE", "PUBLISH", "NOTIFY")) {
        for (String target :
            List.of("sip:example.test", "sip:alice@example.test", "sip:nobody@example.test", "sip:bob@elsewhere.test")) {
          assertThat(stranger.sendOnce(stranger.request(method, target)).status()).as(method + " " + target).isIn(401, 407);
        }
      }
      assertThat(lab.im.handled).isEmpty();
    }
  }

  @Test
  void anUnknownUserLooksExactlyLikeAWrongPassword() {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      Phone known = lab.phone("alice", Protocol.UDP);
      known.password = "wrong";
      Phone unknown = lab.phone("nobody", Protocol.UDP);
      for (int i = 1; i < Failures.FREE; i++) {
        assertThat(known.register().status()).isEqualTo(401);
        assertThat(unknown.register().status()).isEqualTo(401);
      }
      SipResponse one = known.register();
      SipResponse other = unknown.register();
      assertThat(one.status()).isEqualTo(403);
      assertThat(other.status()).isEqualTo(403);
      assertThat(one.reason()).isEqualTo(other.reason());
      assertThat(one.names()).isEqualTo(other.names());
    }
  }

  @Test
  void wrongPasswordsAreSlowedDownFromASecondToAMinute() {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      Phone phone = lab.phone("alice", Protocol.UDP);
      phone.password = "wrong";
      for (int i = 1; i < Failures.FREE; i++) {
        assertThat(phone.register().status()).isEqualTo(401);
      }
      for (int wait : new int[] {1, 2, 4, 8, 16, 32, 60, 60}) {
        SipResponse refused = phone.register();
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.first(Header.RETRY_AFTER)).hasValue(Integer.toString(wait));
        phone.password = "secret of alice";
        assertThat(phone.register().status()).as("not even the right one within the wait").isEqualTo(403);
        phone.password = "wrong";
        lab.clock.advance(Duration.ofSeconds(wait));
      }
      phone.password = "secret of alice";
      assertThat(phone.register().status()).isEqualTo(200);
      phone.password = "wrong";
      assertThat(phone.register().status()).as("forgotten after success").isEqualTo(401);
    }
  }

  @Test
  void aReplayedNonceCountIsChallengedAnewAsStale() {
    try (Lab lab = Lab.with(s -> s.withTrust(EVERY, EVERY))) {
      lab.add("alice");
      Phone phone = lab.phone("alice", Protocol.UDP);
      SipRequest request = phone.request("OPTIONS", "sip:example.test");
      SipResponse challenge = phone.sendOnce(request);
      SipRequest good = phone.authorized(phone.again(request), challenge);
      assertThat(phone.sendOnce(good).status()).isEqualTo(200);
      SipResponse replayed = phone.sendOnce(phone.again(good));
      assertThat(replayed.status()).isEqualTo(401);
      assertThat(DigestChallenge.parse(replayed.lines(Header.WWW_AUTHENTICATE).getFirst()).stale()).isTrue();
      SipRequest next = phone.authorized(phone.again(request), challenge, "alice", 2);
      assertThat(phone.sendOnce(next).status()).as("the next count").isEqualTo(200);
    }
  }

  @Test
  void anOldNonceIsStaleAndNotAWrongPassword() {
    try (Lab lab = Lab.with(s -> s.withNonceLife(Duration.ofMinutes(5)))) {
      lab.add("alice");
      Phone phone = lab.phone("alice", Protocol.UDP);
      SipRequest request = phone.register("3600");
      SipResponse challenge = phone.sendOnce(request);
      lab.clock.advance(Duration.ofMinutes(6));
      SipResponse stale = phone.sendOnce(phone.authorized(phone.again(request), challenge));
      assertThat(stale.status()).isEqualTo(401);
      assertThat(DigestChallenge.parse(stale.lines(Header.WWW_AUTHENTICATE).getFirst()).stale()).isTrue();
      assertThat(phone.sendOnce(phone.authorized(phone.again(request), stale)).status()).isEqualTo(200);
    }
  }

  @Test
  void aRegisteredConnectionNeedsNoFurtherChallengeForItsUserOnly() {
    try (Lab lab = Lab.start()) {
      lab.add("alice", "tel:+33612345678");
      lab.add("bob");
      Phone bob = lab.registered("bob", Protocol.UDP);
      Phone alice = lab.registered("alice", Protocol.TCP);
      SipRequest message = alice.request("MESSAGE", "sip:bob@example.test");
      assertThat(alice.sendOnce(message).status()).isEqualTo(200);
      assertThat(bob.inbox).hasSize(1);
      SipRequest asNumber = alice.request("MESSAGE", "sip:bob@example.test").with(Header.FROM, "<tel:+33612345678>;tag=1");
      assertThat(alice.sendOnce(asNumber).status()).isEqualTo(200);
      SipRequest asBob = alice.request("MESSAGE", "sip:bob@example.test").with(Header.FROM, "<sip:bob@example.test>;tag=1");
      assertThat(alice.sendOnce(asBob).status()).isEqualTo(407);
    }
  }

  @Test
  void aChangedPasswordEndsTheTrustInAConnection() {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      Phone alice = lab.registered("alice", Protocol.TCP);
      assertThat(alice.sendOnce(alice.request("OPTIONS", "sip:example.test")).status()).isEqualTo(200);
      lab.subscribers.password(user("alice"), "another");
      assertThat(alice.sendOnce(alice.request("OPTIONS", "sip:example.test")).status()).isEqualTo(401);
      assertThat(alice.register().status()).isEqualTo(401);
      alice.password = "another";
      assertThat(alice.register().status()).isEqualTo(200);
      assertThat(alice.sendOnce(alice.request("OPTIONS", "sip:example.test")).status()).isEqualTo(200);
    }
  }

  @Test
  void datagramsAreChallengedEachTimeUnlessTheirAddressIsTrusted() {
    try (Lab lab = Lab.start(); Lab trusting = Lab.with(s -> s.withTrust(FLOW, FLOW))) {
      lab.add("alice");
      trusting.add("alice");
      Phone challenged = lab.registered("alice", Protocol.UDP);
      assertThat(challenged.sendOnce(challenged.request("OPTIONS", "sip:example.test")).status()).isEqualTo(401);
      Phone trusted = trusting.registered("alice", Protocol.UDP);
      assertThat(trusted.sendOnce(trusted.request("OPTIONS", "sip:example.test")).status()).isEqualTo(200);
      Phone elsewhere = trusting.phone("alice", Protocol.UDP);
      assertThat(elsewhere.sendOnce(elsewhere.request("OPTIONS", "sip:example.test")).status()).isEqualTo(401);
    }
  }

  @Test
  void aDisabledUserIsRefusedAndNoLongerRegistered() {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      Phone alice = lab.registered("alice", Protocol.TCP);
      lab.subscribers.enable(user("alice"), false);
      assertThat(lab.core.devices(user("alice"))).isEmpty();
      assertThat(alice.register().status()).isEqualTo(403);
    }
  }

  @Test
  void fromOfSomebodyElseIsForbidden() {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      lab.add("bob");
      Phone alice = lab.registered("alice", Protocol.UDP);
      for (String from : List.of("<sip:bob@example.test>;tag=1", "<sip:alice@elsewhere.test>;tag=1")) {
        assertThat(alice.message("sip:bob@example.test", "not me", r -> r.with(Header.FROM, from)).status()).isEqualTo(403);
      }
      assertThat(lab.im.handled).isEmpty();
    }
  }

  @Test
  void theIdentityIsAssertedByTheCoreAlone() {
    try (Lab lab = Lab.start()) {
      lab.add("alice", "tel:+33612345678");
      lab.add("bob");
      Phone bob = lab.registered("bob", Protocol.UDP);
      Phone alice = lab.registered("alice", Protocol.UDP);
      alice.message("sip:bob@example.test", "forged",
          r -> r.with(Header.P_ASSERTED_IDENTITY, "<sip:boss@example.test>").with(Header.P_SERVED_USER, "<sip:x@y>"));
      SipRequest got = bob.inbox.remove();
      assertThat(got.values(Header.P_ASSERTED_IDENTITY)).containsExactly("<sip:alice@example.test>");
      assertThat(got.has(Header.P_SERVED_USER)).isFalse();
      assertThat(got.has(Header.PROXY_AUTHORIZATION)).isFalse();
      assertThat(got.vias()).hasSize(1);
      assertThat(got.first(Header.of("P-Called-Party-ID"))).hasValue("<sip:bob@example.test>");
      assertThat(got.number(Header.MAX_FORWARDS)).hasValue(69);
      alice.message("sip:bob@example.test", "own number", r -> r.with(Header.P_PREFERRED_IDENTITY, "<tel:+33-6-12345678>"));
      assertThat(bob.inbox.remove().values(Header.P_ASSERTED_IDENTITY)).containsExactly("<tel:+33612345678>");
      alice.message("sip:bob@example.test", "foreign", r -> r.with(Header.P_PREFERRED_IDENTITY, "<sip:bob@example.test>"));
      got = bob.inbox.remove();
      assertThat(got.values(Header.P_ASSERTED_IDENTITY)).containsExactly("<sip:alice@example.test>");
      assertThat(got.has(Header.P_PREFERRED_IDENTITY)).isFalse();
    }
  }

  @Test
  void whoAsksForPrivacyIsNotNamedToTheRecipient() {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      lab.add("bob");
      Phone bob = lab.registered("bob", Protocol.UDP);
      Phone alice = lab.registered("alice", Protocol.UDP);
      String nobody = "\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=1";
      SipResponse answer = alice.message("sip:bob@example.test", "guess", r -> r.with(Header.FROM, nobody).with(Header.PRIVACY, "id"));
      assertThat(answer.status()).isEqualTo(200);
      assertThat(bob.inbox.remove().has(Header.P_ASSERTED_IDENTITY)).isFalse();
      assertThat(lab.im.handled).allMatch(h -> h.request().values(Header.P_ASSERTED_IDENTITY).equals(List.of("<sip:alice@example.test>")));
    }
  }

  @Test
  void whoMayNotUseImIsToldSo() {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      lab.add("bob");
      lab.subscribers.allowIm(user("bob"), false);
      Phone bob = lab.registered("bob", Protocol.UDP);
      SipResponse refused = bob.message("sip:alice@example.test", "hello");
      assertThat(refused.status()).isEqualTo(403);
      assertThat(refused.first(Header.WARNING).orElseThrow()).contains("\"127 Service not authorised\"");
      assertThat(lab.registered("alice", Protocol.UDP).message("sip:bob@example.test", "hello").status()).isEqualTo(404);
      await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(lab.im.registered).containsExactly(user("alice")));
    }
  }

  @Test
  void aPasswordIsNeverStoredInTheClear() {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      assertThat(dump(lab.engine, user("alice").value())).contains("alice@example.test").doesNotContain("secret of alice");
      assertThat(lab.subscribers.find(user("alice")).orElseThrow().toString()).doesNotContainPattern("[0-9a-f]{32}");
    }
  }

  private static String dump(Engine engine, String id) {
    StringBuilder all = new StringBuilder();
    engine.read(Partition.of(tucket.server.Schema.USER, id), view -> view.scan(new byte[0], new byte[0], 100))
        .forEach(e -> all.append(new String(e.value(), StandardCharsets.ISO_8859_1)));
    return all.toString();
  }
}
