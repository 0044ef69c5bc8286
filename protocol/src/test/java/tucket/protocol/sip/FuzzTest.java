// The seeded part of fuzzing that every build runs.
package tucket.protocol.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import tucket.protocol.Malformed;
import tucket.protocol.fuzz.Fuzzer;
import tucket.protocol.fuzz.SipTarget;

class FuzzTest {
  @Test
  void nothingButMalformedEscapesFromBrokenMessages() {
    Fuzzer.Tally tally = new Fuzzer(new SipTarget(), System::nanoTime).rounds(20_261_122, 30_000);
    assertThat(tally.accepted()).as("inputs that were messages").isGreaterThan(15_000);
  }

  @Test
  @Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
  void hugeInputsOfOneKindCostLinearTime() {
    SipReader wide = new SipReader(new SipLimits(2_000_000, 2_000_000, 600_000, 2_000_000, 2_000_000));
    for (String part : new String[] {",", ";", "\"", "\\", "<", ">", " ", "\r\n ", "\n ", "a:\r\n", ":", "%41", "v:,\r\n", "=", "&", "@"}) {
      String many = part.repeat(500_000 / part.length());
      for (String at : new String[] {"MESSAGE sip:" + many + "@h SIP/2.0\r\n\r\n", "MESSAGE sip:h SIP/2.0\r\nVia: " + many + "\r\nt:"
          + many + "\r\n\r\n"}) {
        try {
          SipRequest request = (SipRequest) wide.read(at.getBytes(StandardCharsets.UTF_8));
          SipValidity.check(request);
          Torture.PLAIN.check(request);
          request.lines(Header.TO).forEach(Grammar::split);
          request.values(Header.VIA);
          request.encode();
        } catch (Malformed expected) {
          // also an answer
        }
      }
    }
  }

  @Test
  void limitsAreKept() {
    SipReader narrow = new SipReader(new SipLimits(1_000, 300, 3, 100, 200));
    assertThatThrownBy(() -> read(narrow, "Subject: " + "x".repeat(100), "")).isInstanceOf(Malformed.class)
        .hasMessage("Subject is too long");
    assertThatThrownBy(() -> read(narrow, "A:1\r\nB:2\r\nC:3\r\nD:4", "")).isInstanceOf(Malformed.class).hasMessage("too many headers");
    assertThatThrownBy(() -> read(narrow, ("A: " + "x".repeat(95) + "\r\n").repeat(3) + "B: 1", "")).isInstanceOf(Malformed.class);
    assertThatThrownBy(() -> read(narrow, "A: 1", "x".repeat(201))).isInstanceOf(Malformed.class).hasMessage("body is too large");
    assertThatThrownBy(() -> read(narrow, "A: 1", "x".repeat(1000))).isInstanceOf(Malformed.class).hasMessage("message is too large");
    assertThat(read(narrow, "A: 1", "x".repeat(200)).bodyLength()).isEqualTo(200);
  }

  private static SipMessage read(SipReader reader, String headers, String body) {
    return reader.read(("MESSAGE sip:h SIP/2.0\r\n" + headers + "\r\n\r\n" + body).getBytes(StandardCharsets.UTF_8));
  }
}
