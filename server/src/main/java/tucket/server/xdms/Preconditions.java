// If-Match and If-None-Match.
package tucket.server.xdms;

import java.util.List;
import java.util.Optional;
import tucket.transport.http.Request;
import tucket.transport.http.Response;

/// RFC 9110 section 13.1, for the one entity tag that a document and all its nodes share (RFC 4825 section 8.5). Judged before anything else, also
/// where the request would change nothing.
final class Preconditions {
  private Preconditions() {}

  /// 412 or 304 where the request is not to go on.
  ///
  /// @param etag of the document as it is; empty where there is none
  static Optional<Response> judge(Request request, Optional<String> etag) {
    boolean reads = request.method().equals("GET") || request.method().equals("HEAD");
    List<String> match = request.headers().getOrDefault("if-match", List.of());
    if (!match.isEmpty() && !names(match, etag)) {
      return Optional.of(tagged(Response.text(412, "the document is another now"), etag));
    }
    List<String> noneMatch = request.headers().getOrDefault("if-none-match", List.of());
    if (!noneMatch.isEmpty() && names(noneMatch, etag)) {
      return Optional.of(tagged(reads ? Response.empty(304) : Response.text(412, "the document is there"), etag));
    }
    return Optional.empty();
  }

  static Response tagged(Response response, Optional<String> etag) {
    return etag.map(tag -> response.withHeader("ETag", "\"" + tag + "\"")).orElse(response);
  }

  private static boolean names(List<String> lines, Optional<String> etag) {
    if (etag.isEmpty()) {
      return false;
    }
    for (String line : lines) {
      for (String one : line.split(",")) { // our tags hold no comma
        String tag = one.strip();
        String bare = tag.startsWith("W/") ? tag.substring(2) : tag;
        // some clients leave the quotes out
        if (tag.equals("*") || bare.equals("\"" + etag.get() + "\"") || bare.equals(etag.get())) {
          return true;
        }
      }
    }
    return false;
  }
}
