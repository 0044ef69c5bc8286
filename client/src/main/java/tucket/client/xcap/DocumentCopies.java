// Copies of documents that keep up with the server.
package tucket.client.xcap;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tucket.client.xcap.XdmClient.Found;
import tucket.protocol.Malformed;
import tucket.protocol.xcap.XcapDiff;
import tucket.protocol.xcap.XmlPatch;
import tucket.protocol.xcap.XmlTree;

/// The diff client of RFC 5874 section 6: a change is applied only to the version that it was made from; what does not fit, or comes without patches, is
/// fetched anew. Thread-safe; calls may block and throw as [XdmClient] does.
public final class DocumentCopies {
  private final Function<String, Optional<Found>> fetch;
  private final Map<String, Found> copies = new LinkedHashMap<>();
  private long patched;
  private long fetched;

  /// @param fetch gets a document by its selector, as [XdmClient#get] does
  public DocumentCopies(Function<String, Optional<Found>> fetch) {
    this.fetch = fetch;
  }

  /// Takes in the body of one NOTIFY of the event xcap-diff; returns the selectors of the documents that are others now. Throws [Malformed].
  public synchronized Set<String> told(byte[] body) {
    Set<String> changed = new LinkedHashSet<>();
    for (XcapDiff.Change change : XcapDiff.parse(body).changes()) {
      if (change instanceof XcapDiff.Document document && told(document)) {
        changed.add(document.selector());
      }
    }
    return changed;
  }

  /// The same of one document; whether it is another now. A collection is none.
  public synchronized boolean told(XcapDiff.Document document) {
    String selector = document.selector();
    if (selector.endsWith("/")) {
      return false;
    }
    Found mine = copies.get(selector);
    if (document.after().isEmpty()) {
      return copies.remove(selector) != null;
    }
    String tag = document.after().get();
    if (mine != null && mine.etag().equals(tag)) {
      return false; // it came with a GET before it was told
    }
    Optional<Found> next = mine == null || document.patches().isEmpty() || !document.before().equals(Optional.of(mine.etag()))
        ? Optional.empty() : patched(mine, tag, document.patches().get());
    Optional<Found> now = next.or(() -> fetched(selector));
    now.ifPresentOrElse(n -> copies.put(selector, n), () -> copies.remove(selector));
    return true;
  }

  private Optional<Found> patched(Found mine, String tag, List<XmlPatch> patches) {
    try {
      XmlTree now = XmlPatch.applied(patches, XmlTree.parse(new String(mine.body(), StandardCharsets.UTF_8)));
      patched++;
      return Optional.of(new Found(mine.type(), tag, now.bytes()));
    } catch (Malformed wrong) {
      return Optional.empty(); // RFC 5875 section 4.8: the notifier can't mend it
    }
  }

  private Optional<Found> fetched(String selector) {
    fetched++;
    return fetch.apply(selector);
  }

  /// The document as it was told last; empty where there is none.
  public synchronized Optional<Found> document(String selector) {
    return Optional.ofNullable(copies.get(selector));
  }

  /// How many changes came as patches.
  public synchronized long patchedCount() {
    return patched;
  }

  /// How many times a document was fetched.
  public synchronized long fetchedCount() {
    return fetched;
  }
}
