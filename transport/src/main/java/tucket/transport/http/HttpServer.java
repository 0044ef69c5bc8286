// The HTTP server: Helidon underneath, plain functions above.
package tucket.transport.http;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.concurrency.limits.FixedLimit;
import io.helidon.common.tls.TlsClientAuth;
import io.helidon.common.tls.TlsConfig;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.RequestException;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.http2.Http2Config;
import io.helidon.webserver.http2.Http2ConnectionSelector;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.logging.Level;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.protocol.Malformed;
import tucket.transport.Unavailable;
import tucket.transport.net.Failures;
import tucket.transport.net.PeerCertificate;
import tucket.transport.net.TlsMaterial;

/// HTTP/1.1 and HTTP/2: over TLS as the client wants it (ALPN), without TLS by prior knowledge. An `Upgrade: h2c`, as the JDK's client sends with its
/// first request, is not taken up (RFC 9110 section 7.8) and the request answered as it is. Errors are short texts without a trace.
public final class HttpServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

  /// Requests at once over one connection of HTTP/2.
  private static final int STREAMS = 64;

  /// Held here, since the JDK forgets the level of a logger that nobody holds.
  private static final java.util.logging.Logger UNDERNEATH = java.util.logging.Logger.getLogger("io.helidon");

  private final WebServer server;
  private final Connections connections;
  private final InetSocketAddress local;

  private HttpServer(WebServer server, Connections connections, InetSocketAddress local) {
    this.server = server;
    this.connections = connections;
    this.local = local;
  }

  /// With [HttpLimits#DEFAULT].
  public static HttpServer start(InetSocketAddress local, Optional<TlsMaterial> tls, List<Route> routes) {
    return start(local, tls, routes, HttpLimits.DEFAULT);
  }

  /// Listens at `local` (port 0: any free one, see [#local]); throws [Unavailable] where it can't be bound. New certificates of `tls`
  /// serve the handshakes that follow a reload.
  public static HttpServer start(InetSocketAddress local, Optional<TlsMaterial> tls, List<Route> routes, HttpLimits limits) {
    UNDERNEATH.setLevel(Level.SEVERE);
    Connections connections = new Connections(limits);
    Dispatch dispatch = new Dispatch(List.copyOf(routes), limits, connections);
    WebServerConfig.Builder config =
        WebServer.builder()
            .address(local.getAddress())
            .port(local.getPort())
            .shutdownHook(false)
            .featuresDiscoverServices(false)
            .protocolsDiscoverServices(false)
            .maxPayloadSize(limits.bodyBytes())
            .maxTcpConnections(limits.connections())
            .concurrencyLimit(FixedLimit.builder().permits(limits.requests()).build())
            .idleConnectionTimeout(limits.idle())
            .connectionOptions(connections.options())
            .directHandlers(shortTexts())
            .routing(HttpRouting.builder().any(dispatch::answer));
    tls.ifPresentOrElse(
        material -> config.tls(tlsOf(material)).addConnectionSelector(http1(limits)).addConnectionSelector(http2(limits)),
        () -> config.addConnectionSelector(new ByPreface(http1(limits), false)).addConnectionSelector(new ByPreface(http2(limits), true)));
    String shown = (tls.isPresent() ? "https:" : "http:") + local.getAddress().getHostAddress() + ":" + local.getPort();
    try {
      probe(shown, local);
      WebServer server = config.build().start();
      if (!server.isRunning()) {
        throw new Unavailable("Can't listen on " + shown + ": another process has just taken the port.");
      }
      return new HttpServer(server, connections, new InetSocketAddress(local.getAddress(), server.port()));
    } catch (RuntimeException failure) {
      connections.close();
      throw failure;
    }
  }

  private static Http1ConnectionSelector http1(HttpLimits limits) {
    Http1Config config = Http1Config.builder().maxHeadersSize(limits.headerBytes()).maxPrologueLength(limits.lineBytes()).validatePath(false).buildPrototype();
    return Http1ConnectionSelector.builder().config(config).build();
  }

  private static Http2ConnectionSelector http2(HttpLimits limits) {
    Http2Config config =
        Http2Config.builder().maxHeaderListSize(limits.headerBytes()).maxConcurrentStreams(STREAMS).validatePath(false).buildPrototype();
    return Http2ConnectionSelector.builder().http2Config(config).build();
  }

  /// Binds and lets go, since the server underneath only logs why it could not.
  private static void probe(String shown, InetSocketAddress local) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(local);
    } catch (IOException failure) {
      throw Failures.listening(shown, local, false, failure);
    }
  }

  /// Where it really listens.
  public InetSocketAddress local() {
    return local;
  }

  /// Stops listening and ends the connections.
  @Override
  public void close() {
    server.stop();
    connections.close();
  }

  private static TlsConfig tlsOf(TlsMaterial material) {
    TlsClientAuth auth =
        switch (material.settings().clientAuth()) {
          case NONE -> TlsClientAuth.NONE;
          case WANTED -> TlsClientAuth.OPTIONAL;
          case NEEDED -> TlsClientAuth.REQUIRED;
        };
    return TlsConfig.builder().sslContext(material.serverContext()).clientAuth(auth).buildPrototype();
  }

  /// What is answered to requests that never come as far as a route.
  private static DirectHandlers shortTexts() {
    DirectHandler plain =
        (request, type, status, headers, message) ->
            DirectHandler.TransportResponse.builder()
                .status(status)
                .headers(headers)
                .header(HeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
                .keepAlive(type.keepAlive())
                .entity(status.reasonPhrase() + "\n")
                .build();
    DirectHandlers.Builder all = DirectHandlers.builder();
    for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
      all.addHandler(type, plain);
    }
    return all.build();
  }

  /// The rest of a body has not come.
  private static final class BrokenOff extends RuntimeException {
    BrokenOff(Exception why) {
      super(why);
    }
  }

  /// Finds the route, reads the body, writes the response.
  private record Dispatch(List<Route> routes, HttpLimits limits, Connections connections) {
    private static final int BROKEN = 400;
    private static final int TOO_LARGE = 413;
    private static final int TOO_SLOW = 408;
    /// After these nothing more can be read from the connection.
    private static final Set<Integer> CLOSING = Set.of(BROKEN, TOO_LARGE, TOO_SLOW);

    void answer(ServerRequest asked, ServerResponse answer) {
      connections.begin(asked.remotePeer().address());
      try {
        answered(asked, answer);
      } finally {
        connections.end(asked.remotePeer().address());
      }
    }

    private void answered(ServerRequest asked, ServerResponse answer) {
      String method = asked.prologue().method().text();
      String path = asked.prologue().uriPath().rawPath();
      Response response = answerTo(asked, method, path);
      boolean last =
          isHttp1(asked) && (asked.headers().contains(HeaderValues.CONNECTION_CLOSE) || CLOSING.contains(response.status()));
      answer.status(response.status());
      if (last) {
        answer.header(HeaderValues.CONNECTION_CLOSE);
      }
      Map<String, List<String>> values = new HashMap<>();
      for (Response.Header header : response.headers()) {
        values.computeIfAbsent(header.name(), name -> new ArrayList<>()).add(header.value());
      }
      values.forEach((name, all) -> answer.header(name, all.toArray(String[]::new)));
      if (method.equals("HEAD")) {
        answer.header("Content-Length", Integer.toString(response.body().length));
        answer.send();
      } else {
        answer.send(response.body());
      }
      if (last) {
        // Or it would wait for the peer to close (Helidon 4.5.0), or read the rest of a body that was refused as the next request.
        throw new CloseConnectionException("the last response of this connection");
      }
    }

    private static boolean isHttp1(ServerRequest asked) {
      return asked.prologue().rawProtocol().startsWith("HTTP/1");
    }

    private Response answerTo(ServerRequest asked, String method, String path) {
      List<Route> fitting = routes.stream().filter(route -> route.fitsPath(path)).toList();
      Optional<Route> route = fitting.stream().filter(one -> one.fitsMethod(method)).findFirst();
      if (route.isEmpty()) {
        return fitting.isEmpty()
            ? Response.text(404, "nothing is here")
            : Response.text(405, "not by " + method).withHeader("Allow", methods(fitting));
      }
      try {
        Optional<byte[]> body = body(asked);
        if (body.isEmpty()) {
          return Response.text(TOO_LARGE, "the body is longer than " + limits.bodyBytes() + " bytes");
        }
        return route.get().handler().handle(request(asked, method, path, body.get()));
      } catch (Connections.Late slow) {
        return Response.text(TOO_SLOW, "the body did not come whole in time");
      } catch (BrokenOff | RequestException broken) {
        return Response.text(BROKEN, "the body is broken off or not framed as HTTP/1.1 wants it");
      } catch (Malformed bad) {
        return Response.text(400, String.valueOf(bad.getMessage()));
      } catch (Unavailable failure) {
        return Response.text(503, String.valueOf(failure.getMessage()));
      } catch (RuntimeException ours) {
        LOG.error("{} {} failed", method, path, ours);
        return Response.text(500, "internal error");
      }
    }

    private static String methods(List<Route> fitting) {
      TreeSet<String> methods = new TreeSet<>();
      for (Route route : fitting) {
        methods.add(route.method());
        if (route.method().equals("GET")) {
          methods.add("HEAD");
        }
      }
      return String.join(", ", methods);
    }

    private static Request request(ServerRequest asked, String method, String path, byte[] body) {
      Map<String, List<String>> headers = new HashMap<>();
      asked.headers().forEach(header -> headers.put(header.name().toLowerCase(Locale.ROOT), List.copyOf(header.allValues())));
      String query = asked.prologue().hasQuery() ? asked.prologue().query().rawValue() : "";
      InetSocketAddress remote = (InetSocketAddress) asked.remotePeer().address();
      List<String> names = asked.remotePeer().tlsCertificates().map(PeerCertificate::names).orElse(List.of());
      return new Request(method, path, query, Map.copyOf(headers), body, remote, asked.isSecure(), names);
    }

    /// The whole body, or empty where it is too long.
    private Optional<byte[]> body(ServerRequest asked) {
      if (!asked.content().hasEntity()) {
        return Optional.of(new byte[0]);
      }
      // Not closed: closing would read the rest of what is too long.
      InputStream in = asked.content().inputStream();
      try {
        byte[] body = connections.within(asked.remotePeer().address(), isHttp1(asked), () -> in.readNBytes(limits.bodyBytes() + 1));
        return body.length > limits.bodyBytes() ? Optional.empty() : Optional.of(body);
      } catch (RequestException broken) {
        if (broken.eventType() == DirectHandler.EventType.PAYLOAD_TOO_LARGE || broken.status().code() == TOO_LARGE) {
          return Optional.empty();
        }
        throw broken;
      } catch (IOException | UncheckedIOException | DataReader.InsufficientDataAvailableException broken) { // the last one where the peer hangs up
        throw new BrokenOff(broken);
      }
    }
  }
}
