// The bounds of the HTTP server.
package tucket.transport.http;

import java.time.Duration;

/// @param bodyBytes a longer body is answered by 413
/// @param headerBytes of all headers of a request
/// @param lineBytes of the request line, which holds the path
/// @param connections further ones wait in the kernel
/// @param requests at once; further ones are answered by 503
/// @param idle the time without a whole head of a request after which a connection is closed
/// @param request the time in which the first head must come, or the connection is closed; and after a head its whole body, or it is answered by 408
public record HttpLimits(int bodyBytes, int headerBytes, int lineBytes, int connections, int requests, Duration idle, Duration request) {
  public static final HttpLimits DEFAULT =
      new HttpLimits(1 << 20, 16 << 10, 8 << 10, 1000, 500, Duration.ofMinutes(2), Duration.ofSeconds(30));

  public HttpLimits withBodyBytes(int bytes) {
    return new HttpLimits(bytes, headerBytes, lineBytes, connections, requests, idle, request);
  }

  public HttpLimits withConnections(int most) {
    return new HttpLimits(bodyBytes, headerBytes, lineBytes, most, requests, idle, request);
  }

  public HttpLimits withRequests(int atOnce) {
    return new HttpLimits(bodyBytes, headerBytes, lineBytes, connections, atOnce, idle, request);
  }

  public HttpLimits withTimes(Duration unused, Duration ofOneRequest) {
    return new HttpLimits(bodyBytes, headerBytes, lineBytes, connections, requests, unused, ofOneRequest);
  }
}
