// The torture messages of RFC 4475 and RFC 5118, and how tests get at them.
package tucket.protocol.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Optional;
import java.util.Set;
import tucket.protocol.fuzz.SipCorpus;

/// The messages are in [SipCorpus].
final class Torture {
  /// Which message a test gives the verdict on.
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.METHOD)
  @interface Verdict {
    String value();
  }

  /// An element that knows SIP without any extension.
  static final RequestChecks PLAIN = new RequestChecks(Methods.ALL, Set.of(), Set.of("sip", "sips", "tel"));

  private Torture() {}

  static SipMessage message(String name) {
    return new SipReader().read(SipCorpus.bytes(name));
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
