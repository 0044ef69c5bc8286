// Every limit of the configuration reaches the part that keeps it.
package tucket.app.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tucket.app.config.ConfigFile;
import tucket.protocol.sip.SipLimits;
import tucket.transport.http.HttpLimits;
import tucket.transport.net.NetworkLimits;
import tucket.transport.sip.SipSettings;

class TranslationTest {
  private static Translation of(String... settings) {
    return new Translation(ConfigFile.read(Optional.empty(), List.of(settings)));
  }

  @Test
  void theLimitsOfTheNetwork() {
    NetworkLimits limits = of("limits.unsent-of-one-connection=4194305", "limits.unsent=4194306", "limits.unsent-datagrams=1027", "limits.connections=1028",
        "limits.connections-from-one-address=1029", "limits.connections-not-accepted=1030", "limits.handshake-time=101ms", "limits.first-byte-time=102ms",
        "limits.idle-time=103ms", "limits.stall-time=104ms").network().limits();
    assertThat(limits).isEqualTo(new NetworkLimits(4194305, 4194306, 1027, 1028, 1029, 1030, Duration.ofMillis(101), Duration.ofMillis(102),
        Duration.ofMillis(103), Duration.ofMillis(104)));
  }

  @Test
  void theLimitsOfTheSipStack() {
    SipSettings sip = of("limits.requests=11", "limits.transactions=12", "limits.requests-a-second-from-one-address=13", "limits.connections=14",
        "limits.connections-from-one-address=15", "limits.connect-time=101ms", "limits.idle-time=102ms", "limits.message-time=103ms",
        "limits.wait-time=104ms", "limits.unlimited-addresses=[\"192.0.2.1\"]").sip();
    assertThat(sip.limits()).isEqualTo(new SipSettings.Limits(11, 12, 13, 14, 15, SipSettings.Limits.DEFAULT.retryAfter(), Duration.ofMillis(101),
        Duration.ofMillis(102), Duration.ofMillis(103), Duration.ofMillis(104)));
    assertThat(sip.unpaced()).containsExactly(InetAddress.ofLiteral("192.0.2.1"));
  }

  @Test
  void theLimitsOfAMessage() {
    SipLimits usual = of().sip().messages();
    assertThat(usual).isEqualTo(SipLimits.DEFAULT);
    SipLimits limits = of("limits.header-lines=21", "limits.header=2050", "limits.header-line=515", "limits.message=2MiB", "limits.inflated=2MiB")
        .sip().messages();
    assertThat(limits).isEqualTo(new SipLimits(4 * 1024 * 1024 + 2050, 2050, 21, 515, 4 * 1024 * 1024));
  }

  @Test
  void theLimitsOfHttp() {
    HttpLimits limits = of("limits.http-connections=11", "limits.http-requests=12", "limits.http-request-time=13s", "limits.http-idle-time=14s").http();
    assertThat(limits.connections()).isEqualTo(11);
    assertThat(limits.requests()).isEqualTo(12);
    assertThat(limits.request()).hasSeconds(13);
    assertThat(limits.idle()).hasSeconds(14);
  }
}
