// The bounds of the HTTP server.
package tucket.transport.http;

import java.time.Duration;

/// @param bodyBytes a longer body is answered by 413
/// @param headerBytes of all headers of a request
/// @param lineBytes of the request line, which holds the path
/// @param connections further ones wait in the kernel
/// @param requests at once; further ones are answered by 503
/// @param idle the time without a request after which a connection is closed
/// @param read the time that a peer may take between two packets of a request
public record HttpLimits(int bodyBytes, int headerBytes, int lineBytes, int connections, int requests, Duration idle, Duration read) {
  public static final HttpLimits DEFAULT =
      new HttpLimits(1 << 20, 16 << 10, 8 << 10, 1000, 500, Duration.ofMinutes(2), Duration.ofSeconds(20));

  public HttpLimits withBodyBytes(int bytes) {
    return new HttpLimits(bytes, headerBytes, lineBytes, connections, requests, idle, read);
  }

  public HttpLimits withConnections(int most) {
    return new HttpLimits(bodyBytes, headerBytes, lineBytes, most, requests, idle, read);
  }

  public HttpLimits withRequests(int atOnce) {
    return new HttpLimits(bodyBytes, headerBytes, lineBytes, connections, atOnce, idle, read);
  }
}
