// RFC 3263 end to end: URIs in, packets to a DNS server, addresses out.
package tucket.transport.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tucket.protocol.sip.SipUri;
import tucket.transport.Chance;
import tucket.transport.Clock;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;

class DnsResolverTest {
  private static final Duration PATIENT = Duration.ofSeconds(10);

  private final AtomicLong nanos = new AtomicLong(1);
  private final Random random = new Random(7);
  private final List<AutoCloseable> open = new ArrayList<>();
  private final LittleDns dns = opened(new LittleDns());

  private final Clock clock =
      new Clock() {
        @Override
        public long nanos() {
          return nanos.get();
        }

        @Override
        public Instant now() {
          return Instant.EPOCH;
        }

        @Override
        public Alarm after(Duration delay, Runnable task) {
          throw new IllegalStateException("not used");
        }

        @Override
        public void sleep(Duration pause) {
          throw new IllegalStateException("not used");
        }
      };
  private final Chance chance = random::nextBytes;

  private DnsResolver resolver = resolver(DnsSettings.DEFAULT.withQuery(PATIENT, 3));

  private <T extends AutoCloseable> T opened(T one) {
    open.add(one);
    return one;
  }

  private DnsResolver resolver(DnsSettings settings) {
    return opened(new DnsResolver(settings.withNameServers(List.of(dns.address())), clock, chance));
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
  }

  private List<String> resolve(String uri) {
    return resolver.resolve(SipUri.parse(uri)).stream().map(Endpoint::toString).toList();
  }

  private void passes(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private LittleDns threeTransports() {
    return dns.naptr("a.example", 50, 50, "s", "SIPS+D2T", "", "_sips._tcp.a.example")
        .naptr("a.example", 90, 50, "s", "SIP+D2T", "", "_sip._tcp.a.example")
        .naptr("a.example", 100, 50, "S", "SIP+D2U", "", "_sip._udp.a.example")
        .naptr("a.example", 10, 50, "u", "E2U+sip", "!^.*$!sip:x@y!", "")
        .naptr("a.example", 10, 50, "s", "SIP+D2S", "", "_sip._sctp.a.example")
        .srv("_sips._tcp.a.example", 0, 0, 5061, "tls.a.example")
        .srv("_sip._tcp.a.example", 0, 0, 5070, "tcp.a.example")
        .srv("_sip._udp.a.example", 0, 0, 5080, "udp.a.example")
        .a("tls.a.example", "192.0.2.1")
        .a("tcp.a.example", "192.0.2.2")
        .a("udp.a.example", "192.0.2.3");
  }

  @ParameterizedTest
  @CsvSource({
    "sip:alice@192.0.2.1, udp:192.0.2.1:5060",
    "sip:alice@192.0.2.1:5070;transport=tcp, tcp:192.0.2.1:5070",
    "sips:alice@192.0.2.1, tls:192.0.2.1:5061",
    "sips:alice@192.0.2.1;transport=tcp, tls:192.0.2.1:5061",
    "sip:[2001:db8::1];transport=tls, tls:[2001:db8:0:0:0:0:0:1]:5061",
    "sip:a.example;maddr=192.0.2.9, udp:192.0.2.9:5060",
    "sip:192.0.2.1;transport=ws, ws:192.0.2.1:80",
    "sips:192.0.2.1;transport=ws, wss:192.0.2.1:443",
  })
  void aNumericAddressNeedsNoDns(String uri, String endpoint) {
    assertThat(resolve(uri)).containsExactly(endpoint);
    assertThat(dns.questions).isEmpty();
  }

  @Test
  void naptrChoosesTheTransportsInTheirOrder() {
    threeTransports();
    assertThat(resolve("sip:alice@A.Example")).containsExactly("tls:192.0.2.1:5061", "tcp:192.0.2.2:5070", "udp:192.0.2.3:5080");
  }

  @Test
  void sipsTakesOnlySecureServices() {
    threeTransports();
    assertThat(resolve("sips:alice@a.example")).containsExactly("tls:192.0.2.1:5061");
  }

  @Test
  void transportsThatWeDoNotHaveAreLeftOut() {
    threeTransports();
    resolver = resolver(DnsSettings.DEFAULT.withQuery(PATIENT, 3).withTransports(List.of(Protocol.UDP)));
    assertThat(resolve("sip:alice@a.example")).containsExactly("udp:192.0.2.3:5080");
  }

  @Test
  void aTransportInTheUriAsksForItsSrvAlone() {
    threeTransports();
    assertThat(resolve("sip:alice@a.example;transport=tcp")).containsExactly("tcp:192.0.2.2:5070");
    assertThat(resolve("sips:alice@a.example;transport=tcp")).containsExactly("tls:192.0.2.1:5061");
    assertThat(dns.questions).doesNotContain("NAPTR a.example");
  }

  @Test
  void aPortInTheUriAsksForAddressesAlone() {
    dns.a("a.example", "192.0.2.7").aaaa("a.example", "2001:db8::7");
    assertThat(resolve("sip:alice@a.example:5060")).containsExactly("udp:192.0.2.7:5060", "udp:[2001:db8:0:0:0:0:0:7]:5060");
    assertThat(dns.questions).containsExactlyInAnyOrder("A a.example", "AAAA a.example");
  }

  @Test
  void withoutNaptrEachTransportsSrvIsAsked() {
    dns.srv("_sip._udp.b.example", 0, 0, 5062, "h.b.example")
        .srv("_sip._tcp.b.example", 0, 0, 5063, "h.b.example")
        .aaaa("h.b.example", "2001:db8::1");
    assertThat(resolve("sip:bob@b.example")).containsExactly("tcp:[2001:db8:0:0:0:0:0:1]:5063", "udp:[2001:db8:0:0:0:0:0:1]:5062");
    assertThat(dns.questions).contains("SRV _sips._tcp.b.example");
  }

  @ParameterizedTest
  @CsvSource({
    "sip:bob@b.example, udp:192.0.2.5:5060",
    "sips:bob@b.example, tls:192.0.2.5:5061",
    "sip:bob@b.example;transport=tcp, tcp:192.0.2.5:5060",
  })
  void withoutNaptrAndSrvTheAddressServesByDefault(String uri, String endpoint) {
    dns.a("b.example", "192.0.2.5");
    assertThat(resolve(uri)).containsExactly(endpoint);
  }

  @Test
  void anAddressFlaggedNaptrSkipsSrv() {
    dns.naptr("b.example", 1, 1, "a", "SIP+D2T", "", "h.b.example").a("h.b.example", "192.0.2.6");
    assertThat(resolve("sip:bob@b.example")).containsExactly("tcp:192.0.2.6:5060");
  }

  @Test
  void prioritiesAreStrictAndWeightsAreShares() {
    dns.srv("_sip._tcp.c.example", 20, 100, 5060, "late.c.example")
        .srv("_sip._tcp.c.example", 10, 30, 5060, "big.c.example")
        .srv("_sip._tcp.c.example", 10, 10, 5060, "small.c.example")
        .srv("_sip._tcp.c.example", 10, 0, 5060, "never.c.example")
        .a("late.c.example", "192.0.2.9")
        .a("big.c.example", "192.0.2.1")
        .a("small.c.example", "192.0.2.2")
        .a("never.c.example", "192.0.2.3");
    Map<String, Integer> first = new HashMap<>();
    for (int i = 0; i < 2000; i++) {
      List<String> order = resolve("sip:c.example;transport=tcp");
      assertThat(order).hasSize(4).endsWith("tcp:192.0.2.9:5060");
      first.merge(order.getFirst(), 1, Integer::sum);
    }
    assertThat(first.get("tcp:192.0.2.1:5060")).isBetween(1350, 1600);
    assertThat(first.get("tcp:192.0.2.2:5060")).isBetween(370, 620);
    assertThat(first.getOrDefault("tcp:192.0.2.3:5060", 0)).isBetween(1, 150);
  }

  @Test
  void aServiceThatIsDecidedlyNotThereIsNotUsed() {
    dns.srv("_sip._udp.d.example", 0, 0, 0, ".")
        .srv("_sip._tcp.d.example", 0, 0, 5060, "h.d.example")
        .a("h.d.example", "192.0.2.4");
    assertThat(resolve("sip:d.example")).containsExactly("tcp:192.0.2.4:5060");
  }

  @Test
  void aliasesAreFollowedWithinAndAcrossAnswers() {
    dns.srv("_sip._udp.e.example", 0, 0, 5060, "www.e.example")
        .cname("www.e.example", "web.e.example")
        .cname("web.e.example", "host.e.example")
        .a("host.e.example", "192.0.2.8");
    assertThat(resolve("sip:e.example;transport=udp")).containsExactly("udp:192.0.2.8:5060");
  }

  @Test
  void aliasesInACircleEnd() {
    dns.cname("x.example", "y.example").cname("y.example", "x.example");
    assertThatThrownBy(() -> resolve("sip:x.example:5060")).isInstanceOf(Unavailable.class).hasMessageContaining("x.example");
    assertThat(dns.questions.size()).isLessThan(10);
  }

  @Test
  void aNameThatIsNotThereIsToldSoAndRemembered() {
    assertThatThrownBy(() -> resolve("sip:none.example"))
        .isInstanceOf(Unavailable.class)
        .hasMessage("Can't find where to send sip:none.example: DNS has no NAPTR, SRV, A or AAAA record of none.example.");
    int asked = dns.questions.size();
    assertThatThrownBy(() -> resolve("sip:none.example")).isInstanceOf(Unavailable.class);
    assertThat(dns.questions).hasSize(asked);

    dns.a("none.example", "192.0.2.1");
    passes(Duration.ofSeconds(61));
    assertThat(resolve("sip:none.example")).containsExactly("udp:192.0.2.1:5060");
  }

  @Test
  void anAnswerIsKeptForItsLifeAndNotLonger() {
    dns.a("f.example", "192.0.2.1", 30);
    resolve("sip:f.example:5060");
    passes(Duration.ofSeconds(29));
    resolve("sip:f.example:5060");
    assertThat(Collections.frequency(dns.questions, "A f.example")).isEqualTo(1);
    passes(Duration.ofSeconds(2));
    resolve("sip:f.example:5060");
    assertThat(Collections.frequency(dns.questions, "A f.example")).isEqualTo(2);
  }

  @Test
  void theCacheIsBounded() {
    resolver = resolver(DnsSettings.DEFAULT.withQuery(PATIENT, 3).withCacheEntries(10));
    for (int i = 0; i < 30; i++) {
      dns.a("h" + i + ".example", "192.0.2.1");
      resolve("sip:h" + i + ".example:5060");
    }
    assertThat(resolver.cached()).isEqualTo(10);
  }

  @Test
  void silenceEndsInTimeAndIsRememberedBriefly() {
    resolver = resolver(DnsSettings.DEFAULT.withQuery(Duration.ofMillis(100), 2));
    dns.silent.add("A g.example");
    dns.silent.add("AAAA g.example");
    assertThatThrownBy(() -> resolve("sip:g.example:5060"))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("DNS gave no answer about g.example")
        .hasMessageContaining("check the name servers");
    assertThat(Collections.frequency(dns.questions, "A g.example")).isEqualTo(2);
    assertThatThrownBy(() -> resolve("sip:g.example:5060")).isInstanceOf(Unavailable.class);
    assertThat(Collections.frequency(dns.questions, "A g.example")).isEqualTo(2);

    dns.silent.clear();
    dns.a("g.example", "192.0.2.1");
    passes(Duration.ofSeconds(10));
    assertThat(resolve("sip:g.example:5060")).containsExactly("udp:192.0.2.1:5060");
  }

  @Test
  void silenceAboutAaaaDoesNotHideAnA() {
    resolver = resolver(DnsSettings.DEFAULT.withQuery(Duration.ofMillis(200), 1));
    dns.a("h.example", "192.0.2.1");
    dns.silent.add("AAAA h.example");
    assertThat(resolve("sip:h.example:5060")).containsExactly("udp:192.0.2.1:5060");
  }

  @Test
  void aFailingServerIsToldWithItsCode() {
    dns.failing.put("NAPTR i.example", DnsResponseCode.SERVFAIL);
    assertThatThrownBy(() -> resolve("sip:i.example")).isInstanceOf(Unavailable.class).hasMessageContaining("ServFail");
  }

  @Test
  void theNextServerIsAskedWhenOneIsSilent() {
    LittleDns deaf = opened(new LittleDns());
    deaf.silent.addAll(List.of("A j.example", "AAAA j.example"));
    dns.a("j.example", "192.0.2.1");
    DnsSettings both = DnsSettings.DEFAULT.withQuery(Duration.ofMillis(300), 2).withNameServers(List.of(deaf.address(), dns.address()));
    resolver = opened(new DnsResolver(both, clock, chance));
    assertThat(resolve("sip:j.example:5060")).containsExactly("udp:192.0.2.1:5060");
    assertThat(deaf.questions).contains("A j.example");
  }

  @Test
  void anAnswerThatIsTooLongForUdpIsAskedForOverTcp() {
    for (int i = 1; i <= 20; i++) {
      dns.a("k.example", "192.0.2." + i);
    }
    dns.truncated.add("A k.example");
    assertThat(resolve("sip:k.example:5060")).hasSize(20);
  }

  @Test
  void onlySoManyAddressesAreTried() {
    for (int i = 1; i <= 100; i++) {
      dns.a("l.example", "192.0.2." + i);
    }
    assertThat(resolve("sip:l.example:5060")).hasSize(Rfc3263.MOST_ENDPOINTS);
  }

  @Test
  void recordsThatMakeNoSenseAreAFailureAndNoMore() {
    byte[] cut = {0, 1, 0};
    byte[] looping = {0, 1, 0, 1, 0, 1, (byte) 0xC0, 0x0C, (byte) 0xFF};
    dns.raw("_sip._tcp.m.example", DnsRecordType.SRV, cut).raw("n.example", DnsRecordType.NAPTR, Arrays.copyOf(looping, 5));
    dns.raw("_sip._udp.m.example", DnsRecordType.SRV, looping);
    assertThatThrownBy(() -> resolve("sip:m.example;transport=tcp")).isInstanceOf(Unavailable.class).hasMessageContaining("makes no sense");
    assertThatThrownBy(() -> resolve("sip:n.example")).isInstanceOf(Unavailable.class).hasMessageContaining("makes no sense");
    assertThatThrownBy(() -> resolve("sip:m.example;transport=udp")).isInstanceOf(Unavailable.class);
  }

  @ParameterizedTest
  @CsvSource({"sips:a.example;transport=udp, which UDP does not have", "sip:a.example;transport=sctp, not supported here"})
  void transportsThatCannotBeAreTold(String uri, String why) {
    assertThatThrownBy(() -> resolve(uri)).isInstanceOf(Unavailable.class).hasMessageContaining(why);
  }
}
