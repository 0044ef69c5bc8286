// The HTTP server over real sockets.
package tucket.transport.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tucket.protocol.Malformed;
import tucket.transport.Unavailable;
import tucket.transport.net.SelfSigned;
import tucket.transport.net.TlsMaterial;
import tucket.transport.net.TlsSettings;

class HttpServerTest {
  private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
  /// As short as a test can wait for; a client that is held up on a busy machine must still be quicker.
  private static final Duration SHORT = Duration.ofSeconds(1);

  private final BlockingQueue<Request> requests = new ArrayBlockingQueue<>(100);
  private final CountDownLatch gate = new CountDownLatch(1);
  private final CountDownLatch inside = new CountDownLatch(1);
  private final HttpServer server =
      HttpServer.start(ANY, Optional.empty(), routes(), HttpLimits.DEFAULT.withBodyBytes(1000).withRequests(1));

  @AfterEach
  void close() {
    gate.countDown();
    server.close();
  }

  private List<Route> routes() {
    return List.of(
        new Route("GET", "/hello", request -> Response.text(200, "hello " + request.parameter("name").orElse("you"))),
        new Route(
            "*",
            "/xcap/*",
            request -> {
              requests.add(request);
              return Response.of(request.method().equals("PUT") ? 201 : 200, "application/xml", request.body())
                  .withHeader("ETag", "\"1\"")
                  .withHeader("X-Twice", "a")
                  .withHeader("X-Twice", "b");
            }),
        new Route(
            "GET",
            "/wait",
            request -> {
              inside.countDown();
              try {
                gate.await();
              } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
              }
              return Response.empty(204);
            }),
        new Route(
            "POST",
            "/malformed",
            request -> {
              throw new Malformed("Name is empty");
            }),
        new Route(
            "POST",
            "/unavailable",
            request -> {
              throw new Unavailable("The disk is full: free some space.");
            }),
        new Route(
            "POST",
            "/fault",
            request -> {
              throw new IllegalStateException("a secret fault of ours, wanted by this test");
            }),
        new Route("GET", "/thread", request -> Response.text(200, Boolean.toString(Thread.currentThread().isVirtual()))));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), BodyHandlers.ofString());
    }
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.local().getPort() + path));
  }

  /// What the server writes on a connection of its own to `text`, until it closes.
  private String raw(String text) throws IOException {
    return raw(server, text);
  }

  private static String raw(HttpServer server, String text) throws IOException {
    try (Socket socket = new Socket(server.local().getAddress(), server.local().getPort())) {
      socket.setSoTimeout(60_000);
      socket.getOutputStream().write(text.getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }

  @Test
  void aRouteAnswersOnAVirtualThread() throws Exception {
    assertThat(server.local().getPort()).isPositive();
    HttpResponse<String> response = send(to("/hello?x&name=J%C3%BCrgen+B"));
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("hello Jürgen B\n");
    assertThat(response.headers().firstValue("content-type")).hasValue("text/plain; charset=utf-8");
    assertThat(send(to("/thread")).body()).isEqualTo("true\n");
  }

  @Test
  void anUpgradeToH2cIsIgnoredAndTheBodyKept() throws Exception {
    // The JDK's client asks for HTTP/2 in its first request on a connection.
    HttpResponse<String> response = send(to("/xcap/doc").version(HttpClient.Version.HTTP_2).PUT(BodyPublishers.ofString("<body/>")));
    assertThat(response.statusCode()).isEqualTo(201);
    assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
    assertThat(response.body()).isEqualTo("<body/>");
    Request request = requests.take();
    assertThat(request.header("upgrade")).hasValue("h2c");
    assertThat(request.text()).isEqualTo("<body/>");
    assertThat(response.headers().allValues("x-twice")).isEqualTo(List.of("a", "b"));
  }

  @Test
  void oddPathsArriveAsWritten() throws Exception {
    String selector = "/xcap/resource-lists/users/sip:a@b/index/~~/resource-lists/list%5b@name=%22x%22%5d/@id";
    send(to(selector + "?xmlns(a=urn:b)"));
    Request request = requests.take();
    assertThat(request.path()).isEqualTo(selector);
    assertThat(request.query()).isEqualTo("xmlns(a=urn:b)");
    assertThat(raw("GET /xcap/list[@name=\"x\"] HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")).startsWith("HTTP/1.1 200 ");
    assertThat(requests.take().path()).isEqualTo("/xcap/list[@name=\"x\"]");
  }

  @Test
  void whatIsNotThereAndWhatIsNotAllowedIsTold() throws Exception {
    assertThat(send(to("/none")).statusCode()).isEqualTo(404);
    HttpResponse<String> response = send(to("/hello").DELETE());
    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("allow")).hasValue("GET, HEAD");
  }

  @Test
  void headIsAnsweredLikeGetWithoutTheBody() throws Exception {
    HttpResponse<String> response = send(to("/hello").HEAD());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-length")).hasValue("10");
    assertThat(response.body()).isEmpty();
  }

  @Test
  void failuresBecomeShortTexts() throws Exception {
    HttpResponse<String> malformed = send(to("/malformed").POST(BodyPublishers.noBody()));
    assertThat(malformed.statusCode()).isEqualTo(400);
    assertThat(malformed.body()).contains("Name is empty").hasLineCount(1);
    HttpResponse<String> unavailable = send(to("/unavailable").POST(BodyPublishers.ofString("x")));
    assertThat(unavailable.statusCode()).isEqualTo(503);
    assertThat(unavailable.body()).isEqualTo("The disk is full: free some space.\n");
    HttpResponse<String> fault = send(to("/fault").POST(BodyPublishers.ofString("x")));
    assertThat(fault.statusCode()).isEqualTo(500);
    assertThat(fault.body()).isEqualTo("internal error\n");
  }

  @Test
  void aBodyOverTheLimitIsRefusedHoweverItComes() throws Exception {
    assertThat(send(to("/xcap/a").PUT(BodyPublishers.ofByteArray(new byte[1000]))).statusCode()).isEqualTo(201);
    assertThat(send(to("/xcap/a").PUT(BodyPublishers.ofByteArray(new byte[1001]))).statusCode()).isEqualTo(413);
    String chunk = "3e9\r\n" + "x".repeat(1001) + "\r\n0\r\n\r\n";
    String head = "PUT /xcap/a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    assertThat(raw(head + chunk)).startsWith("HTTP/1.1 413 ").containsOnlyOnce("HTTP/1.1");
  }

  @Test
  void headersOverTheLimitAndNonsenseAreRefused() throws IOException {
    String large = "GET /hello HTTP/1.1\r\nHost: h\r\nX: " + "x".repeat(20_000) + "\r\n\r\n";
    assertThat(raw(large)).startsWith("HTTP/1.1 4").doesNotContain("\tat ");
    assertThat(raw("nonsense\r\n\r\n")).startsWith("HTTP/1.1 400 ").doesNotContain("xception");
  }

  @Test
  void moreRequestsAtOnceThanAllowedAreAnsweredBy503() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      var waiting = client.sendAsync(to("/wait").build(), BodyHandlers.discarding());
      assertThat(inside.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(send(to("/hello")).statusCode()).isEqualTo(503);
      gate.countDown();
      assertThat(waiting.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(204);
    }
  }

  @Test
  void furtherConnectionsThanAllowedWaitUntilOneEnds() throws Exception {
    try (HttpServer one = HttpServer.start(ANY, Optional.empty(), routes(), HttpLimits.DEFAULT.withConnections(1));
        Socket second = new Socket()) {
      try (Socket first = new Socket(one.local().getAddress(), one.local().getPort())) {
        assertThat(status(first)).isEqualTo("HTTP/1.1 200 OK");
        second.connect(one.local());
        second.setSoTimeout(500);
        assertThatThrownBy(() -> status(second)).isInstanceOf(SocketTimeoutException.class);
      }
      second.setSoTimeout(30_000);
      assertThat(line(second)).isEqualTo("HTTP/1.1 200 OK");
    }
  }

  private HttpServer hasty(Duration idle, Duration request) {
    return HttpServer.start(ANY, Optional.empty(), routes(), HttpLimits.DEFAULT.withBodyBytes(1000).withTimes(idle, request));
  }

  @Test
  void aBodyThatStallsIsAnsweredBy408AndTheConnectionClosed() throws Exception {
    try (HttpServer hasty = hasty(Duration.ofMinutes(2), SHORT)) {
      String length = raw(hasty, "PUT /xcap/a HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
      assertThat(length).startsWith("HTTP/1.1 408 ").containsOnlyOnce("HTTP/1.1").doesNotContain("xception");
      String chunked = raw(hasty, "PUT /xcap/a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
      assertThat(chunked).startsWith("HTTP/1.1 408 ");
      assertThat(requests).isEmpty();
    }
  }

  @Test
  void aBodyThatDripsIsCutToo() throws Exception {
    try (HttpServer hasty = hasty(Duration.ofMinutes(2), SHORT);
        Socket socket = new Socket(hasty.local().getAddress(), hasty.local().getPort())) {
      socket.getOutputStream().write("PUT /xcap/a HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n".getBytes(UTF_8));
      AtomicInteger drops = new AtomicInteger();
      await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(100)).until(() -> {
        if (socket.getInputStream().available() == 0) {
          socket.getOutputStream().write('x');
          drops.incrementAndGet();
        }
        return socket.getInputStream().available() > 0;
      });
      assertThat(line(socket)).startsWith("HTTP/1.1 408 ");
      assertThat(drops.get()).isBetween(1, 999);
    }
  }

  @Test
  void aHeadThatStallsAndAPeerThatSaysNothingAreCut() throws Exception {
    try (HttpServer hasty = hasty(Duration.ofMinutes(2), SHORT)) {
      assertThat(raw(hasty, "GET /hello HTTP/1.1\r\nHost: h\r\nX: ")).doesNotContain("200");
      assertThat(raw(hasty, "GE")).doesNotContain("200");
      assertThat(raw(hasty, "")).isEmpty();
      assertThat(raw(hasty, "GET /hello HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")).as("in time").contains("200");
    }
  }

  @Test
  void aConnectionOverWhichNothingIsAskedIsClosedButNotOneOfALongRequest() throws Exception {
    try (HttpServer hasty = hasty(SHORT.multipliedBy(2), SHORT);
        Socket waits = new Socket(hasty.local().getAddress(), hasty.local().getPort())) {
      waits.getOutputStream().write("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(UTF_8));
      assertThat(inside.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(raw(hasty, "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n")).as("one answer, then the end").containsOnlyOnce("HTTP/1.1 200");
      assertThat(raw(hasty, "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n")).containsOnlyOnce("HTTP/1.1 200");
      gate.countDown();
      assertThat(line(waits)).isEqualTo("HTTP/1.1 204 No Content");
    }
  }

  /// A client of HTTP/2 in frames (RFC 9113 section 4.1), its heads in literals of RFC 7541.
  private static final class Frames implements AutoCloseable {
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int SETTINGS = 4;

    private final Socket socket;
    private final DataInputStream in;

    Frames(HttpServer server) throws IOException {
      socket = new Socket(server.local().getAddress(), server.local().getPort());
      socket.setSoTimeout(60_000);
      in = new DataInputStream(socket.getInputStream());
      socket.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(UTF_8));
      write(SETTINGS, 0, 0, new byte[0]);
    }

    private void write(int type, int flags, int stream, byte[] payload) throws IOException {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.writeBytes(new byte[] {0, 0, (byte) payload.length, (byte) type, (byte) flags, 0, 0, 0, (byte) stream});
      out.writeBytes(payload);
      socket.getOutputStream().write(out.toByteArray());
    }

    /// `ends`: without a body.
    void ask(int stream, String method, String path, boolean ends) throws IOException {
      ByteArrayOutputStream head = new ByteArrayOutputStream();
      head.writeBytes(new byte[] {(byte) 0x86}); // http
      literal(2, method, head);
      literal(4, path, head);
      literal(1, "h", head);
      write(HEADERS, ends ? 5 : 4, stream, head.toByteArray());
    }

    private static void literal(int name, String value, ByteArrayOutputStream into) {
      into.writeBytes(new byte[] {(byte) name, (byte) value.length()});
      into.writeBytes(value.getBytes(UTF_8));
    }

    /// The next body of a response.
    String body() throws IOException {
      while (true) {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        in.readNBytes(5);
        byte[] payload = in.readNBytes(length);
        if (type == DATA && length > 0) {
          return new String(payload, UTF_8);
        }
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  // RFC 9113 section 3.3
  @Test
  void http2IsSpokenWithoutTlsByPriorKnowledge() throws Exception {
    try (Frames frames = new Frames(server)) {
      frames.ask(1, "GET", "/hello", true);
      assertThat(frames.body()).startsWith("hello you");
    }
  }

  @Test
  void aBodyThatStallsEndsItsStreamOfHttp2AndNothingElse() throws Exception {
    try (HttpServer hasty = hasty(Duration.ofMinutes(2), SHORT);
        Frames frames = new Frames(hasty)) {
      frames.ask(1, "PUT", "/xcap/a", false);
      assertThat(frames.body()).startsWith("the body did not come whole in time");
      frames.ask(3, "GET", "/hello", true);
      assertThat(frames.body()).startsWith("hello you");
    }
  }

  @Test
  void aRequestShorterThanThePrefaceOfHttp2IsAnswered() throws IOException {
    assertThat(raw("GET / HTTP/1.0\r\n\r\n")).startsWith("HTTP/1");
    assertThat(raw("PRIx\r\n\r\n")).startsWith("HTTP/1.1 400 ");
  }

  private static String status(Socket socket) throws IOException {
    socket.getOutputStream().write("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(UTF_8));
    return line(socket);
  }

  private static String line(Socket socket) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = socket.getInputStream().read(); next >= 0 && next != '\r'; next = socket.getInputStream().read()) {
      line.append((char) next);
    }
    return line.toString();
  }

  @Test
  void aPortInUseIsToldWithTheRemedy() {
    assertThatThrownBy(() -> HttpServer.start(server.local(), Optional.empty(), List.of()))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("port " + server.local().getPort() + " is in use");
  }

  @Test
  void tlsServesAndTakesANewCertificateWhileRunning(@TempDir Path folder) throws Exception {
    TlsSettings.Identity identity = SelfSigned.make(folder.resolve("a"), List.of("a.example"), Duration.ofDays(1));
    TlsMaterial material = TlsMaterial.load(TlsSettings.server(identity));
    try (HttpServer secure = HttpServer.start(ANY, Optional.of(material), routes())) {
      URI uri = URI.create("https://localhost:" + secure.local().getPort() + "/hello");
      Files.copy(identity.certificateChain(), folder.resolve("old.crt"));
      assertThat(over(trusting(folder.resolve("old.crt")), uri)).isEqualTo("hello you\n");

      TlsSettings.Identity next = SelfSigned.make(folder.resolve("b"), List.of("b.example"), Duration.ofDays(1));
      Files.copy(next.certificateChain(), identity.certificateChain(), StandardCopyOption.REPLACE_EXISTING);
      Files.copy(next.privateKey(), identity.privateKey(), StandardCopyOption.REPLACE_EXISTING);
      material.reload();

      assertThat(over(trusting(next.certificateChain()), uri)).isEqualTo("hello you\n");
      SSLContext oldTrust = trusting(folder.resolve("old.crt"));
      assertThatThrownBy(() -> over(oldTrust, uri)).isInstanceOf(SSLHandshakeException.class);
    }
  }

  private static String over(SSLContext trust, URI uri) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newBuilder().sslContext(trust).build()) {
      return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    }
  }

  private static SSLContext trusting(Path pem) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (var in = Files.newInputStream(pem)) {
      store.setCertificateEntry("one", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    return context;
  }
}
