// Which requests a function answers.
package tucket.transport.http;

import tucket.protocol.Malformed;
import tucket.transport.Unavailable;

/// The first route whose path and method fit is taken.
///
/// @param method in upper case, or `*` for any
/// @param path an exact path as it is written on the wire, or one that ends in `*` for all that begin with what is before it
/// @param handler answers
public record Route(String method, String path, Handler handler) {
  /// A plain function on a virtual thread; may block. [Malformed] becomes a 400 with its message, [Unavailable] a 503 with its message,
  /// anything else a 500 that says nothing and is logged.
  @FunctionalInterface
  public interface Handler {
    Response handle(Request request);
  }

  public Route {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("a route's path begins with a slash: " + path);
    }
  }

  boolean fitsPath(String asked) {
    return path.endsWith("*") ? asked.startsWith(path.substring(0, path.length() - 1)) : asked.equals(path);
  }

  /// HEAD is answered by what answers GET.
  boolean fitsMethod(String asked) {
    return method.equals("*") || method.equals(asked) || method.equals("GET") && asked.equals("HEAD");
  }
}
