// The torture messages of RFC 4475 and RFC 5118, and how tests get at them.
package tucket.protocol.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The files are the RFCs' own messages; RFC 5118 gives them with bare line ends, which are CRLF here.
final class Torture {
  /// The names in the order of RFC 4475 section 3.
  static final List<String> RFC4475 =
      List.of(
          // 3.1.1
          "wsinv", "intmeth", "esc01", "escnull", "esc02", "lwsdisp", "longreq", "dblreq", "semiuri", "transports", "mpart01", "unreason",
          "noreason",
          // 3.1.2
          "badinv01", "clerr", "ncl", "scalar02", "scalarlg", "quotbal", "ltgtruri", "lwsruri", "lwsstart", "trws", "escruri", "baddate",
          "regbadct", "badaspec", "baddn", "badvers", "mismatch01", "mismatch02", "bigcode",
          // 3.2, 3.3, 3.4
          "badbranch", "insuf", "unkscm", "novelsc", "unksm2", "bext01", "invut", "regaut01", "multi01", "mcl01", "bcast", "zeromf",
          "cparam01", "cparam02", "regescrt", "sdp01", "inv2543");

  /// The names in the order of RFC 5118 section 4.
  static final List<String> RFC5118 =
      List.of(
          "ipv6-good", "ipv6-bad", "port-ambiguous", "port-unambiguous", "via-received-param-with-delim", "via-received-param-no-delim",
          "ipv6-in-sdp", "mult-ip-in-header", "mult-ip-in-sdp", "ipv4-mapped-ipv6", "ipv6-bug-abnf-3-colons", "ipv6-correct-abnf-2-colons");

  /// Which message a test gives the verdict on.
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.METHOD)
  @interface Verdict {
    String value();
  }

  /// An element that knows SIP without any extension.
  static final RequestChecks PLAIN = new RequestChecks(Methods.ALL, Set.of(), Set.of("sip", "sips", "tel"));

  private Torture() {}

  static byte[] bytes(String name) {
    String folder = RFC5118.contains(name) ? "rfc5118/" : "rfc4475/";
    try (InputStream in = Torture.class.getResourceAsStream("/torture/" + folder + name + ".dat")) {
      if (in == null) {
        throw new IllegalStateException("no torture message " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static SipMessage message(String name) {
    return new SipReader().read(bytes(name));
  }

  static SipRequest request(String name) {
    return (SipRequest) message(name);
  }

  /// A request without fault that also comes through writing and reading unharmed.
  static SipRequest valid(String name) {
    SipRequest request = request(name);
    assertSound(request);
    return request;
  }

  static SipResponse validResponse(String name) {
    SipResponse response = (SipResponse) message(name);
    assertSound(response);
    return response;
  }

  private static void assertSound(SipMessage message) {
    assertThat(SipValidity.check(message)).isEmpty();
    SipMessage again = new SipReader().read(message.encode());
    assertThat(SipValidity.check(again)).isEmpty();
    assertThat(again.encode()).isEqualTo(message.encode());
    assertThat(again.body()).isEqualTo(message.body());
  }

  /// The request gets that status, with a reason phrase that has these words.
  static void assertRefused(String name, int status, String words) {
    Optional<SipResponse> answer = PLAIN.check(request(name));
    assertThat(answer).as("answer").isPresent();
    assertThat(answer.get().status()).isEqualTo(status);
    assertThat(answer.get().reason()).contains(words);
  }
}
