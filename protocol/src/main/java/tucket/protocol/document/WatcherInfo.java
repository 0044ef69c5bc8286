// Who watches somebody.
package tucket.protocol.document;

import java.util.List;
import java.util.Locale;
import tucket.protocol.mime.MediaType;

/// An application/watcherinfo+xml document (RFC 3858): the watchers of one resource in one event package. `version` counts the documents of a
/// subscription from 0; the state is always given whole. For writing only.
public record WatcherInfo(long version, String resource, String event, List<Watcher> watchers) {
  public static final MediaType TYPE = MediaType.of("application", "watcherinfo+xml");

  private static final String NAMESPACE = "urn:ietf:params:xml:ns:watcherinfo";

  /// RFC 3858 section 4.1.
  public enum Status {
    PENDING,
    ACTIVE,
    WAITING,
    TERMINATED
  }

  /// One watcher; `id` is the same in all documents, `event` what brought him into his state, `seconds` how long his subscription still lasts.
  public record Watcher(String uri, String id, Status status, String event, long seconds) {}

  public WatcherInfo {
    watchers = List.copyOf(watchers);
  }

  public byte[] write() {
    XmlWriter out = new XmlWriter().open("watcherinfo").attribute("xmlns", NAMESPACE);
    out.attribute("version", Long.toString(version)).attribute("state", "full");
    out.open("watcher-list").attribute("resource", resource).attribute("package", event);
    for (Watcher w : watchers) {
      out.open("watcher").attribute("id", w.id).attribute("status", w.status.name().toLowerCase(Locale.ROOT)).attribute("event", w.event);
      out.attribute("expiration", Long.toString(w.seconds)).closeWith(w.uri);
    }
    return out.toBytes();
  }
}
