// Reads requests in the forms that servers write, and holds the answers against RFC 3261.
package tucket.app.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipLimits;
import tucket.protocol.sip.SipReader;
import tucket.protocol.sip.SipResponse;

class IncomingTest {
  private final Incoming incoming = new Incoming("load");

  private SipResponse answer(String request) {
    byte[] in = request.getBytes(StandardCharsets.ISO_8859_1);
    incoming.read(in, 0, in.length);
    byte[] ok = incoming.ok();
    return (SipResponse) new SipReader(SipLimits.DEFAULT).read(ok, 0, ok.length);
  }

  @Test
  void theAnswerHoldsWhatRfc3261WantsInIt() {
    SipResponse ok =
        answer(
            "MESSAGE sip:load000012-03@127.0.0.1:9 SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nMax-Forwards: 69\r\n"
                + "Via: SIP/2.0/UDP b;branch=z9hG4bK2\r\n"
                + "Call-ID: x\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@b>\r\nCSeq: 1 MESSAGE\r\nContact: <sip:q>\r\nContent-Length: 2\r\n\r\nhi");
    assertThat(ok.status()).isEqualTo(200);
    assertThat(ok.vias()).extracting(v -> v.host()).containsExactly("a", "b");
    assertThat(ok.callId()).isEqualTo("x");
    assertThat(ok.cseq().method()).isEqualTo("MESSAGE");
    assertThat(ok.from().tag()).contains("1");
    assertThat(ok.to().tag()).isPresent();
    assertThat(ok.has(Header.CONTACT)).isFalse();
    assertThat(incoming.user).isEqualTo(12);
    assertThat(incoming.device).isEqualTo(3);
  }

  @Test
  void compactHeadersAreKnownAndATagIsKept() {
    SipResponse ok =
        answer(
            "MESSAGE sip:load000001@b SIP/2.0\r\nv: SIP/2.0/TCP a;branch=z9hG4bK1\r\ni: x\r\nf: <sip:a@b>;tag=1\r\n"
                + "t: <sip:c@b>;tag=9\r\nCSeq: 1 MESSAGE\r\n\r\n");
    assertThat(ok.to().tag()).contains("9");
    assertThat(ok.callId()).isEqualTo("x");
    assertThat(ok.vias()).hasSize(1);
  }

  @Test
  void transactionsAreToldApartByTheTopmostBranch() {
    String request = "MESSAGE sip:x SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK%d;rport\r\nVia: SIP/2.0/UDP b;branch=z9hG4bK7\r\n\r\n";
    answer0(String.format(request, 1));
    int first = incoming.branch;
    answer0(String.format(request, 2));
    assertThat(incoming.branch).isNotEqualTo(first);
    answer0(String.format(request, 1));
    assertThat(incoming.branch).isEqualTo(first);
  }

  private void answer0(String request) {
    byte[] in = request.getBytes(StandardCharsets.ISO_8859_1);
    incoming.read(in, 0, in.length);
  }
}
