// The small parts of the Core, each alone.
package tucket.server.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.Uri;
import tucket.protocol.sip.digest.Algorithm;
import tucket.server.reference.DeviceId;
import tucket.store.MemoryEngine;
import tucket.transport.Endpoint;
import tucket.transport.Flow;
import tucket.transport.Protocol;
import tucket.transport.net.SecureChance;
import tucket.transport.net.SystemClock;

class PartsTest {
  private record FixedFlow(Protocol protocol, InetSocketAddress local, InetSocketAddress remote, String provenName) implements Flow {
    @Override
    public boolean send(byte[] data) {
      return false;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  private static InetSocketAddress at(String host, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(host), port);
  }

  @Test
  void aPeerIsKnownByItsAddressOrItsCertificate() {
    Peer.Source anyPort = new Peer.Source(InetAddress.ofLiteral("192.0.2.1"), 0);
    Peer.Source onePort = new Peer.Source(InetAddress.ofLiteral("192.0.2.2"), 5060);
    Peer peer = new Peer("p", Set.of("p.test"), Optional.empty(), true, List.of(anyPort, onePort), Set.of("core.p.test"), true);
    InetSocketAddress here = at("192.0.2.9", 5060);
    assertThat(peer.isAt(new FixedFlow(Protocol.UDP, here, at("192.0.2.1", 40000), ""))).isTrue();
    assertThat(peer.isAt(new FixedFlow(Protocol.UDP, here, at("192.0.2.2", 5060), ""))).isTrue();
    assertThat(peer.isAt(new FixedFlow(Protocol.UDP, here, at("192.0.2.2", 5061), ""))).isFalse();
    assertThat(peer.isAt(new FixedFlow(Protocol.TLS, here, at("198.51.100.7", 1), "core.p.test"))).isTrue();
    assertThat(peer.isAt(new FixedFlow(Protocol.TLS, here, at("198.51.100.7", 1), "core.q.test"))).isFalse();
    assertThat(peer.isAt(new FixedFlow(Protocol.TCP, here, at("198.51.100.7", 1), ""))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "FR, tel:0612345678, tel:+33612345678", "FR, tel:+1-201-555-0123, tel:+12015550123", "'', tel:+33612345678, tel:+33612345678",
    "'', tel:0612345678, ''", "FR, sip:+33612345678@example.test;user=phone, tel:+33612345678",
    "FR, sip:+33612345678@example.test, tel:+33612345678", "FR, sip:alice@example.test, ''", "FR, sip:+33x@example.test, ''"
  })
  void numbersAreReadByTheNumberingPlan(String region, String uri, String canonical) {
    assertThat(new Numbers(region).canonical(Uri.parse(uri)).map(AddressOfRecord::value).orElse("")).isEqualTo(canonical);
  }

  @Test
  void aTemporaryGruuHidesItsUserAndCannotBeForged() {
    SecureChance chance = new SecureChance();
    Gruus gruus = new Gruus(Secrets.load(new MemoryEngine(), chance), chance);
    Gruus others = new Gruus(Secrets.load(new MemoryEngine(), chance), chance);
    AddressOfRecord alice = AddressOfRecord.of("sip:alice@example.test");
    DeviceId device = new DeviceId("urn:uuid:1");
    SipUri one = gruus.temporary(alice, "example.test", device, "e1");
    SipUri again = SipUri.parse(one.toString());
    assertThat(gruus.resolve(again)).hasValue(new Gruus.Temporary(alice, device, "e1"));
    assertThat(gruus.temporary(alice, "example.test", device, "e1").user()).as("cannot be linked").isNotEqualTo(one.user());
    assertThat(others.resolve(again)).isEmpty();
    for (String forged : List.of("tgruu.", "tgruu.AAAA", "tgruu.!!", one.user() + "A", one.user().substring(0, one.user().length() - 2))) {
      assertThat(gruus.resolve(again.withUser(forged))).as(forged).isEmpty();
    }
  }

  @Test
  void aPublicGruuKeepsInstancesThatNeedEscapes() {
    SipUri gruu = Gruus.publicOf(AddressOfRecord.of("sip:alice@example.test"), "urn:x:a;b c%");
    assertThat(gruu.toString()).isEqualTo("sip:alice@example.test;gr=urn:x:a%3Bb%20c%25");
    assertThat(Gruus.publicDevice(SipUri.parse(gruu.toString()))).hasValue(new DeviceId("urn:x:a;b c%"));
  }

  @Test
  void theSecretIsMadeOnceAndKept() {
    MemoryEngine engine = new MemoryEngine();
    SecureChance chance = new SecureChance();
    byte[] first = Secrets.load(engine, chance).derive("x");
    assertThat(Secrets.load(engine, chance).derive("x")).isEqualTo(first);
    assertThat(Secrets.load(engine, chance).derive("y")).isNotEqualTo(first);
    assertThat(Secrets.load(new MemoryEngine(), chance).derive("x")).isNotEqualTo(first);
  }

  @Test
  void failuresAreCountedPerUserAndAddressAndForgottenInTime() {
    try (SystemClock real = new SystemClock()) {
      ShiftableClock clock = new ShiftableClock(real);
      Failures failures = new Failures(clock, 1000);
      InetAddress here = InetAddress.ofLiteral("192.0.2.1");
      for (int i = 0; i < Failures.FREE; i++) {
        failures.failed("alice", here);
      }
      assertThat(failures.wait("alice", here)).isEqualTo(1);
      assertThat(failures.wait("bob", here)).isZero();
      assertThat(failures.wait("alice", InetAddress.ofLiteral("192.0.2.2"))).isZero();
      clock.advance(Duration.ofMinutes(16));
      assertThat(failures.failed("alice", here)).as("all forgotten").isZero();
    }
  }

  @Test
  void ourOwnHostsAreDomainsNamesAndWherePacketsReachUs() {
    OwnAddresses addresses = new OwnAddresses(new CoreSettings(List.of("one.test", "two.test"), Set.of("im.example.net"), "r", "", List.of(
        Algorithm.MD5), Duration.ofMinutes(1), CoreSettings.Trust.EVERY_REQUEST, CoreSettings.Trust.EVERY_REQUEST,
        Set.of(), List.of(), true, Duration.ofHours(1), Duration.ofMinutes(2), true, "s"));
    addresses.listening(new Endpoint(Protocol.UDP, at("0.0.0.0", 5060)));
    addresses.reachedBy(new FixedFlow(Protocol.TCP, at("192.0.2.9", 5062), at("192.0.2.1", 1), ""));
    assertThat(addresses.domain(SipUri.parse("sip:a@TWO.test.:9"))).hasValue("two.test");
    assertThat(addresses.domain(SipUri.parse("sip:a@im.example.net"))).hasValue("one.test");
    assertThat(addresses.domain(SipUri.parse("sip:a@192.0.2.9:5062"))).hasValue("one.test");
    assertThat(addresses.domain(SipUri.parse("sip:a@192.0.2.9:5063"))).isEmpty();
    assertThat(addresses.domain(SipUri.parse("sip:a@three.test"))).isEmpty();
    assertThat(addresses.isHere(SipUri.parse("sip:im.example.net"))).isTrue();
    assertThat(addresses.isHere(SipUri.parse("sip:one.test"))).isFalse();
  }
}
