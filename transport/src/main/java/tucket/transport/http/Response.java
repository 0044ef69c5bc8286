// An HTTP response, written whole.
package tucket.transport.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// @param status from 200 to 599
/// @param headers in the order in which they are written; Content-Length, Date and Connection are added
/// @param body never null
public record Response(int status, List<Header> headers, byte[] body) {
  public record Header(String name, String value) {}

  public Response {
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("status " + status + " is no final HTTP status");
    }
    headers = List.copyOf(headers);
  }

  public static Response empty(int status) {
    return new Response(status, List.of(), new byte[0]);
  }

  /// A plain text, which gets a line end.
  public static Response text(int status, String text) {
    return of(status, "text/plain; charset=utf-8", (text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  public static Response json(int status, String json) {
    return of(status, "application/json", json.getBytes(StandardCharsets.UTF_8));
  }

  public static Response of(int status, String contentType, byte[] body) {
    return new Response(status, List.of(new Header("Content-Type", contentType)), body);
  }

  /// The first value of a header, whatever the case of its name.
  public Optional<String> header(String name) {
    return headers.stream().filter(h -> h.name().equalsIgnoreCase(name)).map(Header::value).findFirst();
  }

  public Response withHeader(String name, String value) {
    List<Header> more = new ArrayList<>(headers);
    more.add(new Header(name, value));
    return new Response(status, more, body);
  }
}
