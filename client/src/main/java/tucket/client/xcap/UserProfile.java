// What the user tells others of himself.
package tucket.client.xcap;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tucket.client.Refused;
import tucket.protocol.Malformed;
import tucket.protocol.document.XmlElement;
import tucket.protocol.document.XmlWriter;
import tucket.protocol.xcap.XcapUri;
import tucket.protocol.xcap.XmlSpan;
import tucket.protocol.xcap.XmlTree;
import tucket.transport.http.Response;

/// The document `user-profile` of OMA's Shared Profile XDMS. Calls block and throw as [XdmClient] does.
public final class UserProfile {
  private static final String AUID = "org.openmobilealliance.user-profile";
  private static final String TYPE = "application/vnd.oma.user-profile+xml";
  private static final String NAMESPACE = "urn:oma:xml:xdm:user-profile";
  private static final String SEARCH = "org.openmobilealliance.search";
  private static final int MAX_BYTES = 4 << 20;
  private static final int TRIES = 5;
  private static final List<String> FIELDS = List.of("display-name", "birth-date", "gender", "freetext");
  /// As the schema wants it.
  private static final List<String> ORDER =
      List.of("communication-addresses", "display-name", "birth-date", "name", "address", "gender", "freetext", "communication-types", "hobbies",
          "favourite-links");

  private final XdmClient xdm;

  public UserProfile(XdmClient xdm) {
    this.xdm = xdm;
  }

  /// What is known of a user by field: `display-name`, `birth-date`, `gender`, `freetext`; empty where he has no profile.
  public Map<String, String> of(String user) {
    Optional<XdmClient.Found> found = xdm.get(XcapUri.documentSelector(AUID, user, "user-profile"));
    return found.map(f -> fields(f.body())).orElse(Map.of());
  }

  private static Map<String, String> fields(byte[] document) {
    Map<String, String> fields = new LinkedHashMap<>();
    XmlElement.parse(document, "user-profiles", MAX_BYTES).child("user-profile")
        .ifPresent(profile -> FIELDS.forEach(name -> profile.textOf(name).ifPresent(text -> fields.put(name, text))));
    return fields;
  }

  /// Sets fields of one's own profile; an empty text takes one away. What else is in the profile stays, and so does another device's change.
  public void set(Map<String, String> changes) {
    String path = xdm.own(AUID, "user-profile");
    for (int i = 1; ; i++) {
      Optional<XdmClient.Found> before = xdm.get(path);
      String text = before.map(f -> new String(f.body(), StandardCharsets.UTF_8)).orElseGet(this::fresh);
      for (Map.Entry<String, String> change : changes.entrySet()) {
        text = edited(text, change.getKey(), change.getValue());
      }
      try {
        xdm.put(path, TYPE, text.getBytes(StandardCharsets.UTF_8), before.map(XdmClient.Found::etag));
        return;
      } catch (Refused changed) {
        if (changed.status() != 412 || i == TRIES) {
          throw changed;
        }
      }
    }
  }

  private String fresh() {
    byte[] empty = new XmlWriter().open("user-profiles").attribute("xmlns", NAMESPACE).open("user-profile").attribute("uri", xdm.user().value())
        .toBytes();
    return new String(empty, StandardCharsets.UTF_8);
  }

  private static String edited(String text, String field, String value) {
    XmlTree tree = XmlTree.parse(text);
    XmlSpan profile = tree.root().child("user-profile").orElseThrow(() -> new Malformed("user-profiles without user-profile"));
    String element = value.isEmpty() ? "" : "<" + field + " xmlns=\"" + NAMESPACE + "\">" + escaped(value) + "</" + field + ">";
    Optional<XmlSpan> there = profile.child(field);
    if (there.isPresent()) {
      return text.substring(0, there.get().start()) + element + text.substring(there.get().end());
    }
    if (profile.contentEnd() == profile.end()) { // <user-profile uri="..."/>
      String name = profile.prefix().isEmpty() ? profile.local() : profile.prefix() + ":" + profile.local();
      return text.substring(0, profile.end() - 2) + ">" + element + "</" + name + ">" + text.substring(profile.end());
    }
    int at = profile.contentStart();
    for (XmlSpan child : profile.children()) {
      int place = ORDER.indexOf(child.local());
      at = place >= 0 && place < ORDER.indexOf(field) ? child.end() : at;
    }
    return text.substring(0, at) + element + text.substring(at);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  /// The users whose display name or free text holds these words: address and display name.
  public List<Map.Entry<String, String>> search(String words, int most) {
    String text = "\"" + words.replace("\"", "\"\"") + "\"";
    String query = "for $u in collection(\"org.openmobilealliance.user-profile/users/\")/user-profiles/user-profile where contains($u/display-name, "
        + text + ") or contains($u/freetext, " + text + ") return <user-profile>{$u/@uri}{$u/display-name}</user-profile>";
    byte[] body = new XmlWriter().open("search-set").attribute("xmlns", "urn:oma:xml:xdm:search").open("search").attribute("id", "1")
        .attribute("max-results", Integer.toString(most)).open("request").text("query", query).toBytes();
    Response.Header type = new Response.Header("Content-Type", "application/vnd.oma.search+xml");
    Response response = xdm.send("POST", xdm.own(SEARCH, "search"), List.of(type), body);
    if (response.status() != 200) {
      throw new Refused(response.status(), "the search is refused");
    }
    List<Map.Entry<String, String>> found = new ArrayList<>();
    for (XmlElement search : XmlElement.parse(response.body(), "search-set", MAX_BYTES).children("search")) {
      search.child("response").ifPresent(r -> r.children("user-profile")
          .forEach(p -> found.add(Map.entry(p.required("uri"), p.textOf("display-name").orElse("")))));
    }
    return found;
  }
}
