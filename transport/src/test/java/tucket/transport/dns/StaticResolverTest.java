// Addresses that need no DNS.
package tucket.transport.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tucket.protocol.sip.SipUri;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;

class StaticResolverTest {
  private final Resolver resolver =
      StaticResolver.only(
          Map.of("A.example", List.of(at(Protocol.TLS, 7061), at(Protocol.TCP, 7060), at(Protocol.UDP, 7060))),
          Map.of("host.example", List.of(InetAddress.ofLiteral("192.0.2.2"))));

  private static Endpoint at(Protocol protocol, int port) {
    return new Endpoint(protocol, new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), port));
  }

  @ParameterizedTest
  @CsvSource({
    "sip:alice@a.example, 'tls:192.0.2.1:7061, tcp:192.0.2.1:7060, udp:192.0.2.1:7060'",
    "sips:alice@a.example, tls:192.0.2.1:7061",
    "sip:alice@A.EXAMPLE.;transport=tcp, tcp:192.0.2.1:7060",
    "sip:a.example:5099, udp:192.0.2.1:5099",
    "sip:host.example, udp:192.0.2.2:5060",
    "sips:host.example, tls:192.0.2.2:5061",
    "sip:host.example:5070;transport=tcp, tcp:192.0.2.2:5070",
    "sip:localhost, udp:127.0.0.1:5060",
    "sip:[::1]:5062, udp:[0:0:0:0:0:0:0:1]:5062",
  })
  void whatIsConfiguredIsFound(String uri, String endpoints) {
    assertThat(resolver.resolve(SipUri.parse(uri)).toString()).isEqualTo("[" + endpoints + "]");
  }

  @Test
  void whatIsNotConfiguredIsLeftToTheNext() {
    SipUri unknown = SipUri.parse("sip:b.example");
    assertThatThrownBy(() -> resolver.resolve(unknown)).isInstanceOf(Unavailable.class).hasMessageContaining("b.example");
    assertThat(resolver.orElse(uri -> List.of(at(Protocol.UDP, 1))).resolve(unknown)).containsExactly(at(Protocol.UDP, 1));
    assertThat(resolver.orElse(uri -> List.of()).resolve(SipUri.parse("sip:host.example"))).hasSize(1);
  }

  @Test
  void aTransportThatTheDomainDoesNotHaveIsTold() {
    assertThatThrownBy(() -> resolver.resolve(SipUri.parse("sip:a.example;transport=ws"))).isInstanceOf(Unavailable.class);
  }

  @Test
  void theHostsFileIsRead() {
    List<Endpoint> found = StaticResolver.of(Map.of(), Map.of()).resolve(SipUri.parse("sip:localhost;transport=tcp"));
    assertThat(found).isNotEmpty().allSatisfy(endpoint -> assertThat(endpoint.address().getAddress().isLoopbackAddress()).isTrue());
  }
}
