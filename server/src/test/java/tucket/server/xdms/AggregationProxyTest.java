// Who is let in, and as whom.
package tucket.server.xdms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tucket.protocol.sip.digest.Digest;
import tucket.protocol.sip.digest.DigestChallenge;
import tucket.transport.Unavailable;
import tucket.transport.http.HttpCalls;
import tucket.transport.http.HttpServer;
import tucket.transport.http.Response;
import tucket.transport.net.SelfSigned;
import tucket.transport.net.TlsMaterial;
import tucket.transport.net.TlsSettings;

class AggregationProxyTest {
  private static final String OWN = "resource-lists/users/sip:joe@example.com/index";
  private static final String LISTS = "<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\"/>";

  private final XdmLab lab = new XdmLab(false);

  @AfterEach
  void close() throws Exception {
    lab.close();
  }

  private Response ask(String method, String path, String login, String password, String body, String... headers) {
    return ask(lab.calls, method, path, login, password, body, headers);
  }

  private Response ask(HttpCalls calls, String method, String path, String login, String password, String body, String... headers) {
    URI uri = URI.create(lab.root + "/" + path);
    List<Response.Header> all = new ArrayList<>(List.of(new Response.Header("Content-Type", "application/resource-lists+xml")));
    for (String header : headers) {
      int colon = header.indexOf(':');
      all.add(new Response.Header(header.substring(0, colon), header.substring(colon + 1).strip()));
    }
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    Response first = calls.send(method, uri, all, bytes);
    if (first.status() != 401 || login.isEmpty()) {
      return first;
    }
    DigestChallenge challenge = DigestChallenge.choose(
        first.headers().stream().filter(h -> h.name().equalsIgnoreCase("www-authenticate")).map(Response.Header::value).toList()).orElseThrow();
    all.add(new Response.Header("Authorization",
        Digest.answer(challenge, login, password, method, uri.getRawPath(), "c", 1, bytes).toString()));
    return calls.send(method, uri, all, bytes);
  }

  @Test
  void whoHasThePasswordOfSipReadsAndWrites() {
    assertThat(ask("PUT", OWN, "joe", "secret-joe", LISTS).status()).isEqualTo(201);
    assertThat(ask("GET", OWN, "joe@example.com", "secret-joe", "").status()).isEqualTo(200);
    assertThat(ask("GET", "resource-lists/users/sip%3Ajoe%40example.com/index", "joe", "secret-joe", "").status()).isEqualTo(200);
    assertThat(ask("GET", "resource-lists/users/sip:nobody@example.com/index", "joe", "secret-joe", "").status()).isEqualTo(404);
    assertThat(ask("GET", "resource-lists/users/sip:bill@example.com/index", "joe", "secret-joe", "").status()).isEqualTo(403);
  }

  @Test
  void whoHasNotIsChallengedAndLearnsNothing() {
    assertThat(ask("GET", OWN, "", "", "").status()).isEqualTo(401);
    assertThat(ask("GET", OWN, "joe", "wrong", "").status()).isEqualTo(401);
    assertThat(ask("GET", OWN, "nobody", "wrong", "").status()).isEqualTo(401);
    assertThat(ask("GET", "no-such-usage/users/x/y", "", "", "").status()).isEqualTo(401);
    assertThat(ask("GET", OWN, "", "", "").headers().stream().filter(h -> h.name().equalsIgnoreCase("www-authenticate")).count())
        .as("one challenge an algorithm").isGreaterThan(1);
  }

  @Test
  void manyWrongPasswordsAreSlowedDown() {
    int status = 0;
    for (int i = 0; i < 8 && status != 403; i++) {
      status = ask("GET", OWN, "bill", "wrong", "").status();
    }
    assertThat(status).isEqualTo(403);
    assertThat(ask("GET", OWN, "joe", "secret-joe", "").status()).as("others are not").isEqualTo(404);
  }

  @Test
  void aDigestIsGoodOnlyForItsOwnRequest() {
    URI uri = URI.create(lab.root + "/" + OWN);
    Response first = lab.calls.send("GET", uri, List.of(), new byte[0]);
    DigestChallenge challenge = DigestChallenge.choose(first.headers().stream().map(Response.Header::value).toList()).orElseThrow();
    String answer = Digest.answer(challenge, "joe", "secret-joe", "GET", uri.getRawPath(), "c", 1, new byte[0]).toString();
    List<Response.Header> header = List.of(new Response.Header("Authorization", answer));
    assertThat(lab.calls.send("DELETE", uri, header, new byte[0]).status()).isEqualTo(401);
    assertThat(lab.calls.send("GET", URI.create(lab.root + "/resource-lists/users/sip:joe@example.com/other"), header, new byte[0]).status()).isEqualTo(401);
    assertThat(lab.calls.send("GET", uri, header, new byte[0]).status()).isEqualTo(404);
    assertThat(lab.calls.send("GET", uri, header, new byte[0]).status()).as("replayed").isEqualTo(401);
  }

  @Test
  void theIdentityHeadersOfAClientAreNotBelieved() {
    assertThat(ask("PUT", OWN, "joe", "secret-joe", LISTS).status()).isEqualTo(201);
    assertThat(ask("GET", OWN, "", "", "", "X-3GPP-Asserted-Identity: \"sip:joe@example.com\"").status()).isEqualTo(401);
    assertThat(ask("GET", OWN, "", "", "", "X-XCAP-Asserted-Identity: \"sip:joe@example.com\"").status()).isEqualTo(401);
    assertThat(ask("GET", OWN, "bill", "secret-bill", "", "X-3GPP-Asserted-Identity: \"sip:joe@example.com\"").status()).isEqualTo(403);
    assertThat(ask("GET", OWN, "bill", "secret-bill", "", "X-3GPP-Intended-Identity: \"sip:joe@example.com\"").status()).isEqualTo(403);
    assertThat(ask("GET", OWN, "joe", "secret-joe", "", "X-3GPP-Intended-Identity: \"sip:joe@example.com\"").status()).isEqualTo(200);
    assertThat(ask("GET", "resource-lists/users/tel:+4912345/index", "bob", "secret-bob", "", "X-3GPP-Intended-Identity: \"tel:+4912345\"").status())
        .as("any identity of one's own").isEqualTo(404);
  }

  @Test
  void aDisabledUserIsTurnedAway() {
    lab.subscribers.enable(tucket.protocol.sip.AddressOfRecord.of("sip:joe@example.com"), false);
    assertThat(ask("GET", OWN, "joe", "secret-joe", "").status()).isEqualTo(403);
  }

  @Test
  void anUpgradeToHttp2IsPassedOverAndTheBodyKept() {
    // The JDK's client asks for h2c with its first request.
    try (HttpCalls h2 = new HttpCalls(HttpCalls.Version.HTTP_2, Optional.empty(), Duration.ofSeconds(30), 1 << 20)) {
      assertThat(ask(h2, "PUT", OWN, "joe", "secret-joe", LISTS).status()).isEqualTo(201);
    }
    assertThat(ask("GET", OWN, "joe", "secret-joe", "").status()).isEqualTo(200);
  }

  @Test
  void aServerOfTheOperatorIsKnownByItsCertificateAndBelieved(@TempDir Path folder) throws Exception {
    TlsSettings.Identity ours = SelfSigned.make(folder.resolve("xdms"), List.of("localhost"), Duration.ofDays(1));
    TlsSettings.Identity theirs = SelfSigned.make(folder.resolve("im"), List.of("im.example.com"), Duration.ofDays(1));
    TlsSettings.Identity strangers = SelfSigned.make(folder.resolve("other"), List.of("im.example.com"), Duration.ofDays(1));
    TlsMaterial server = TlsMaterial.load(TlsSettings.server(ours).withTrust(new TlsSettings.Authorities(theirs.certificateChain()))
        .withClientAuth(TlsSettings.ClientAuth.WANTED));
    AggregationProxy proxy = lab.proxy(new AggregationProxy.Trust(Set.of(), Set.of("im.example.com")));
    try (HttpServer https = HttpServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Optional.of(server), proxy.routes())) {
      URI uri = URI.create("https://localhost:" + https.local().getPort() + "/xcap/" + OWN);
      List<Response.Header> asserted = List.of(new Response.Header("X-3GPP-Asserted-Identity", "\"sip:joe@example.com\""));
      for (HttpCalls.Version version : HttpCalls.Version.values()) {
        TlsSettings known = new TlsSettings(Optional.of(theirs), new TlsSettings.Authorities(ours.certificateChain()), TlsSettings.ClientAuth.NONE,
            TlsSettings.Engine.NATIVE);
        try (HttpCalls calls = new HttpCalls(version, Optional.of(TlsMaterial.load(known)), Duration.ofSeconds(30), 1 << 20)) {
          assertThat(calls.send("GET", uri, asserted, new byte[0]).status()).as("%s", version).isEqualTo(404);
        }
        if (version == HttpCalls.Version.HTTP_2) {
          try (HttpClient h2 = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).sslContext(TlsMaterial.load(known).clientContext()).build()) {
            HttpRequest request = HttpRequest.newBuilder(uri).header("X-3GPP-Asserted-Identity", "sip:joe@example.com").build();
            HttpResponse<String> response = h2.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(response.statusCode()).isEqualTo(404);
          }
        }
        TlsSettings unknown = TlsSettings.CLIENT.withTrust(new TlsSettings.Authorities(ours.certificateChain()));
        try (HttpCalls calls = new HttpCalls(version, Optional.of(TlsMaterial.load(unknown)), Duration.ofSeconds(30), 1 << 20)) {
          assertThat(calls.send("GET", uri, asserted, new byte[0]).status()).as("%s without a certificate", version).isEqualTo(401);
        }
        TlsSettings forged = new TlsSettings(Optional.of(strangers), new TlsSettings.Authorities(ours.certificateChain()),
            TlsSettings.ClientAuth.NONE, TlsSettings.Engine.NATIVE);
        try (HttpCalls calls = new HttpCalls(version, Optional.of(TlsMaterial.load(forged)), Duration.ofSeconds(30), 1 << 20)) {
          assertThatThrownBy(() -> calls.send("GET", uri, asserted, new byte[0])).as("a certificate that nobody trusts").isInstanceOf(Unavailable.class);
        }
      }
    }
  }

  @Test
  void aBodyThatIsTooLargeIsCutOff() throws Exception {
    try (Socket socket = new Socket(lab.server.local().getAddress(), lab.server.local().getPort())) {
      socket.setSoTimeout(60_000);
      socket.getOutputStream().write(("PUT /xcap/" + OWN + " HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n<a>").getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 413");
    }
  }
}
