// XDMSs behind a real Aggregation Proxy on loopback, for tests.
package tucket.server.xdms;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.xcap.XcapError;
import tucket.server.Limits;
import tucket.server.Metrics;
import tucket.server.core.CoreSettings;
import tucket.server.core.HttpAuthentication;
import tucket.server.core.Subscribers;
import tucket.server.xdms.usage.Usages;
import tucket.store.Engine;
import tucket.store.MemoryEngine;
import tucket.transport.World;
import tucket.transport.http.HttpCalls;
import tucket.transport.http.HttpLimits;
import tucket.transport.http.HttpServer;
import tucket.transport.http.Response;
import tucket.transport.net.NetworkSettings;
import tucket.transport.net.SystemWorld;
import tucket.transport.net.TlsMaterial;
import tucket.transport.net.TlsSettings;

/// Users bill, joe and bob (with the number +4912345) of example.com. With `trusting`, requests from loopback speak for whom they assert.
final class XdmLab implements AutoCloseable {
  static final String JOE = "sip:joe@example.com";
  static final String BILL = "sip:bill@example.com";

  final SystemWorld system = new SystemWorld(NetworkSettings.DEFAULT.withLoops(1), TlsMaterial.load(TlsSettings.CLIENT));
  final World world = system.world();
  final Engine engine = new MemoryEngine();
  final Subscribers subscribers;
  final Metrics metrics = new Metrics(new PrometheusRegistry());
  final HttpAuthentication authentication;
  final EmbeddedXdms xdms;
  final HttpServer server;
  final HttpCalls calls = new HttpCalls(HttpCalls.Version.HTTP_1_1, Optional.empty(), Duration.ofSeconds(30), 8 << 20);
  final String root;

  XdmLab(boolean trusting) {
    this(trusting, XdmsSettings.of("http://xcap.example.com"));
  }

  XdmLab(boolean trusting, XdmsSettings settings) {
    this(trusting, settings, new Usages());
  }

  XdmLab(boolean trusting, XdmsSettings settings, Usages usages) {
    CoreSettings core = CoreSettings.of("example.com");
    subscribers = new Subscribers(engine, core, Limits.DEFAULT);
    for (String user : List.of("bill", "joe")) {
      subscribers.add(AddressOfRecord.of("sip:" + user + "@example.com"), "secret-" + user, user, List.of());
    }
    subscribers.add(AddressOfRecord.of("sip:bob@example.com"), "secret-bob", "Bob", List.of(AddressOfRecord.of("tel:+4912345")));
    authentication = new HttpAuthentication(world, core, 1000, subscribers, metrics);
    AtomicReference<String> address = new AtomicReference<>("http://127.0.0.1:0/xcap");
    xdms = new EmbeddedXdms(world, engine,
        new XdmsSettings(address::get, settings.documentBytes(), settings.documentsOfOneUser(), settings.bytesOfOneUser(), settings.cachedCharacters(),
            settings.searchResults()),
        authentication::home, usages);
    AggregationProxy.Trust trust = new AggregationProxy.Trust(trusting ? Set.of(InetAddress.getLoopbackAddress()) : Set.of(), Set.of());
    AggregationProxy proxy = proxy(trust);
    server = HttpServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Optional.empty(), proxy.routes(),
        new HttpLimits(settings.documentBytes(), 16 << 10, 8 << 10, 100, 100, Duration.ofMinutes(2), Duration.ofMinutes(1)));
    root = "http://127.0.0.1:" + server.local().getPort() + "/xcap";
    address.set(root);
  }

  /// One more proxy before the same documents.
  AggregationProxy proxy(AggregationProxy.Trust trust) {
    return new AggregationProxy("/xcap", authentication, trust, xdms.server()::answer, metrics);
  }

  /// As that user; as the server where he is empty text.
  Response call(String user, String method, String path, String type, String body, String... headers) {
    return call(user, method, path, type, body.getBytes(StandardCharsets.UTF_8), headers);
  }

  Response call(String user, String method, String path, String type, byte[] body, String... headers) {
    List<Response.Header> all = new ArrayList<>();
    if (!user.isEmpty()) {
      all.add(new Response.Header("X-3GPP-Asserted-Identity", "\"" + user + "\""));
    }
    if (!type.isEmpty()) {
      all.add(new Response.Header("Content-Type", type));
    }
    for (String header : headers) {
      int colon = header.indexOf(':');
      all.add(new Response.Header(header.substring(0, colon), header.substring(colon + 1).strip()));
    }
    return calls.send(method, URI.create(root + "/" + path), all, body);
  }

  Response get(String user, String path, String... headers) {
    return call(user, "GET", path, "", "", headers);
  }

  Response put(String user, String path, String type, String body, String... headers) {
    return call(user, "PUT", path, type, body, headers);
  }

  Response delete(String user, String path, String... headers) {
    return call(user, "DELETE", path, "", "", headers);
  }

  static String text(Response response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  static String etag(Response response) {
    return response.header("ETag").orElse("");
  }

  /// `409 cannot-insert`, or the status alone.
  static String outcome(Response response) {
    return response.status() == 409 ? "409 " + XcapError.parse(response.body()).kind().element() : Integer.toString(response.status());
  }

  @Override
  public void close() {
    calls.close();
    server.close();
    engine.close();
    system.close();
  }
}
