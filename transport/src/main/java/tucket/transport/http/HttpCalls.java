// The HTTP client: a request out, a response back.
package tucket.transport.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import tucket.transport.Unavailable;
import tucket.transport.net.Failures;
import tucket.transport.net.TlsMaterial;

/// The JDK's client with bounds, HTTP/1.1 or HTTP/2. Connections are kept and used again. Redirects are not followed. Thread-safe; calls block.
public final class HttpCalls implements AutoCloseable {
  private final HttpClient client;
  private final Duration within;
  private final int maxBytes;

  /// How it speaks.
  public enum Version {
    HTTP_1_1,
    HTTP_2
  }

  /// @param tls our certificate and whom we trust; empty for no certificate and the trust of the Java runtime
  /// @param within how long a call may take
  /// @param maxBytes of the body of a response
  public HttpCalls(Version version, Optional<TlsMaterial> tls, Duration within, int maxBytes) {
    HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(within).followRedirects(HttpClient.Redirect.NEVER);
    builder.version(version == Version.HTTP_2 ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1);
    builder.executor(Executors.newVirtualThreadPerTaskExecutor());
    tls.ifPresent(material -> builder.sslContext(material.clientContext()));
    this.client = builder.build();
    this.within = within;
    this.maxBytes = maxBytes;
  }

  /// Sends a request and reads the response. Throws [Unavailable] where the peer can't be reached, is too slow, or answers too much.
  public Response send(String method, URI uri, List<Response.Header> headers, byte[] body) {
    HttpRequest.BodyPublisher publisher = body.length == 0 ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofByteArray(body);
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(within).method(method, publisher);
    headers.forEach(header -> request.header(header.name(), header.value()));
    try {
      HttpResponse<InputStream> response = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream in = response.body()) {
        byte[] bytes = in.readNBytes(maxBytes + 1);
        if (bytes.length > maxBytes) {
          throw new Unavailable(uri.getAuthority() + " answers with more than " + maxBytes + " bytes.");
        }
        List<Response.Header> all = new ArrayList<>();
        response.headers().map().forEach((name, values) -> values.forEach(value -> all.add(new Response.Header(name, value))));
        return new Response(response.statusCode(), all, bytes);
      }
    } catch (IOException failure) {
      throw new Unavailable("Can't ask " + uri.getAuthority() + ": " + Failures.detail(failure) + ".", failure);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("Interrupted while asking " + uri.getAuthority() + ".", e);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
