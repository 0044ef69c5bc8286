// Digest authentication by the examples of RFC 2617, 7616 and 8760.
package tucket.protocol.sip.digest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tucket.protocol.Malformed;

class DigestTest {
  private static final byte[] NO_BODY = new byte[0];

  private static final String RFC2617 =
      "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"/dir/index.html\", "
          + "qop=auth, nc=00000001, cnonce=\"0a4f113b\", response=\"6629fae49393a05397450978507c4ef1\", "
          + "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"";

  private static String rfc7616(String algorithm, String response) {
    return "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", algorithm="
        + algorithm
        + ", nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", "
        + "qop=auth, response=\""
        + response
        + "\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";
  }

  @Test
  void theExampleOfRfc2617Section35IsRight() {
    DigestCredentials credentials = DigestCredentials.parse(RFC2617);
    String ha1 = Digest.a1(Algorithm.MD5, "Mufasa", "testrealm@host.com", "Circle Of Life");
    assertThat(ha1).isEqualTo("939e7578ed9e3c518a452acee763bce9");
    assertThat(Digest.verify(credentials, "GET", ha1)).isTrue();
    assertThat(Digest.verify(credentials, "PUT", ha1)).isFalse();
    assertThat(Digest.verify(credentials, "GET", Digest.a1(Algorithm.MD5, "Mufasa", "testrealm@host.com", "circle of life"))).isFalse();
    assertThat(credentials.count()).isEqualTo(1);
  }

  @Test
  void theExamplesOfRfc7616Section391AreRight() {
    verify(rfc7616("MD5", "8ca523f5e9506fed4657c9700eebdbec"));
    verify(rfc7616("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"));
  }

  private static void verify(String header) {
    DigestCredentials credentials = DigestCredentials.parse(header);
    String ha1 = Digest.a1(credentials.algorithm(), "Mufasa", "http-auth@example.org", "Circle of Life");
    assertThat(Digest.verify(credentials, "GET", ha1)).isTrue();
    assertThat(Digest.verify(credentials, "GET", ha1.replace('a', 'b'))).isFalse();
    assertThat(DigestCredentials.parse(credentials.toString())).isEqualTo(credentials);
  }

  @Test
  void sha512256IsTheAlgorithmOfFips180() {
    // FIPS 180-4 example: SHA-512/256 of "abc"
    assertThat(Algorithm.SHA_512_256.hex("abc".getBytes(StandardCharsets.US_ASCII)))
        .isEqualTo("53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23");
  }

  @ParameterizedTest
  @EnumSource(Algorithm.class)
  void whatAClientAnswersAServerAccepts(Algorithm algorithm) {
    byte[] body = "hello".getBytes(StandardCharsets.UTF_8);
    for (List<String> qop : List.of(List.<String>of(), List.of("auth"), List.of("auth-int"), List.of("auth-int", "auth"))) {
      DigestChallenge challenge = new DigestChallenge("ex\"ample", "n0nce", "opq", algorithm, qop, false);
      DigestChallenge read = DigestChallenge.parse(challenge.toString());
      assertThat(read).isEqualTo(challenge);
      DigestCredentials answer = Digest.answer(read, "jür\\gen", "pässword", "MESSAGE", "sip:b@c", "cn", 10, body);
      DigestCredentials arrived = DigestCredentials.parse(answer.toString());
      assertThat(arrived).isEqualTo(answer);
      String ha1 = Digest.a1(algorithm, "jür\\gen", "ex\"ample", "pässword");
      assertThat(Digest.verify(arrived, "MESSAGE", ha1, body)).isTrue();
      boolean protectsBody = arrived.qop().equals("auth-int");
      assertThat(Digest.verify(arrived, "MESSAGE", ha1, NO_BODY)).isEqualTo(!protectsBody);
      assertThat(arrived.count()).isEqualTo(qop.isEmpty() ? 0 : 10);
    }
  }

  @Test
  void theFirstKnownChallengeIsChosen() {
    List<String> offered =
        List.of(
            "Basic realm=\"x\"",
            "Digest realm=\"x\", nonce=\"1\", algorithm=SHA3-999, qop=\"auth\"",
            "Digest realm=\"x\", nonce=\"2\", algorithm=SHA-256, qop=\"auth,auth-int\", stale=true",
            "Digest realm=\"x\", nonce=\"3\"");
    DigestChallenge chosen = DigestChallenge.choose(offered).orElseThrow();
    assertThat(chosen.algorithm()).isEqualTo(Algorithm.SHA_256);
    assertThat(chosen.nonce()).isEqualTo("2");
    assertThat(chosen.qop()).containsExactly("auth", "auth-int");
    assertThat(chosen.stale()).isTrue();
    assertThat(DigestChallenge.choose(offered.subList(0, 2))).isEmpty();
    assertThat(DigestChallenge.parse(offered.getLast()).algorithm()).isEqualTo(Algorithm.MD5);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Basic abc",
        "Digest",
        "Digest username=\"a\"",
        "Digest username=\"a\", realm=\"b\", nonce=\"c\", uri=\"d\"",
        "Digest username=\"a, realm=\"b\", nonce=\"c\", uri=\"d\", response=\"e\"",
        "Digest username=\"a\", username=\"b\", realm=\"b\", nonce=\"c\", uri=\"d\", response=\"e\"",
        "Digest username=\"a\", realm=\"b\", nonce=\"c\", uri=\"d\", response=\"e\", algorithm=ROT13",
        "Digest username=\"a\", realm=\"b\", nonce=\"c\", uri=\"d\", response=\"e\", qop=auth",
        "Digest username=\"a\", realm=\"b\", nonce=\"c\", uri=\"d\", response=\"e\", qop=auth, cnonce=\"f\", nc=1",
        "Digest username=\"a\", realm=\"b\", nonce=\"c\", uri=\"d\", response=\"e\", qop=auth, cnonce=\"f\", nc=0000000g",
        "Digest username=\"a\", realm=\"b\", nonce=\"c\", uri=\"d\", response=\"e\", qop=auth-conf, cnonce=\"f\", nc=00000001",
        "Digest username=\"a\" realm=\"b\", nonce=\"c\", uri=\"d\", response=\"e\""
      })
  void badCredentialsAreMalformed(String text) {
    assertThatThrownBy(() -> DigestCredentials.parse(text)).isInstanceOf(Malformed.class).hasMessageContaining("Authorization");
  }
}
