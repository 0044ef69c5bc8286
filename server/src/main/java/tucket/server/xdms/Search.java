// Finds users by what their profiles say.
package tucket.server.xdms;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import tucket.protocol.Malformed;
import tucket.protocol.document.XmlElement;
import tucket.protocol.document.XmlWriter;
import tucket.transport.http.Request;
import tucket.transport.http.Response;

/// OMA XDM search (`org.openmobilealliance.search`) among the user profiles of this domain: POST of a `search-set`, answered by a `search-set` with a
/// `response` for each `request`. Thread-safe.
final class Search {
  static final String TYPE = "application/vnd.oma.search+xml";
  private static final String NAMESPACE = "urn:oma:xml:xdm:search";
  private static final int MAX_BYTES = 64 << 10;
  private static final int MAX_SEARCHES = 8;

  private final Profiles profiles;
  private final int most;

  Search(Profiles profiles, int most) {
    this.profiles = profiles;
    this.most = most;
  }

  Response answer(Request request) {
    String type = request.header("Content-Type").orElse("").split(";", 2)[0].strip();
    if (!type.equalsIgnoreCase(TYPE)) {
      return Response.text(415, "the Content-Type must be " + TYPE);
    }
    XmlElement asked;
    List<SearchQuery> queries;
    try {
      asked = XmlElement.parse(request.body(), "search-set", MAX_BYTES);
      queries = asked.children("search").stream().limit(MAX_SEARCHES).map(Search::query).toList();
    } catch (Malformed bad) {
      return Response.text(400, String.valueOf(bad.getMessage()));
    }
    XmlWriter out = new XmlWriter().open("search-set").attribute("xmlns", NAMESPACE);
    for (int i = 0; i < queries.size(); i++) {
      XmlElement one = asked.children("search").get(i);
      int wanted = one.attribute("max-results").flatMap(Search::number).orElse(most);
      out.open("search").attribute("id", one.attribute("id")).open("response");
      for (Profiles.Profile found : profiles.find(queries.get(i)::fits, Math.min(wanted, most))) {
        out.open("user-profile").attribute("xmlns", "urn:oma:xml:xdm:user-profile").attribute("uri", found.user().value());
        found.first("display-name").ifPresent(name -> out.text("display-name", name));
        out.close();
      }
      out.close().close();
    }
    return Response.of(200, TYPE, out.toBytes());
  }

  private static SearchQuery query(XmlElement search) {
    Optional<String> text = search.child("request").flatMap(r -> r.textOf("query"));
    return SearchQuery.parse(text.orElseThrow(() -> new Malformed("search without query")));
  }

  private static Optional<Integer> number(String text) {
    return text.matches("[0-9]{1,6}") ? Optional.of(Integer.parseInt(text)) : Optional.empty();
  }

  static byte[] ask(String query, int most) {
    XmlWriter out = new XmlWriter().open("search-set").attribute("xmlns", NAMESPACE).open("search").attribute("id", "1");
    return out.attribute("max-results", Integer.toString(most)).open("request").text("query", query).toBytes();
  }

  /// A user that an answer names, with his display name.
  record Hit(String uri, String displayName) {}

  static List<Hit> hits(byte[] answer) {
    XmlElement root = XmlElement.parse(answer, "search-set", 4 << 20);
    return root.children("search").stream()
        .flatMap(s -> s.children("response").stream())
        .flatMap(r -> r.children("user-profile").stream())
        .map(p -> new Hit(p.required("uri"), p.textOf("display-name").orElse("")))
        .toList();
  }

  static String quoted(String text) {
    return "\"" + new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8).replace("\"", "\"\"") + "\"";
  }
}
