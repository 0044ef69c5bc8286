// What a user asks of his deferred messages.
package tucket.server.im.deferred;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tucket.protocol.Malformed;
import tucket.protocol.document.DeferredList;
import tucket.protocol.document.ResourceLists;
import tucket.protocol.mime.MediaType;

/// The body of a MESSAGE to a service address:
///
/// ```
///   (empty)  all                      retrieve everything
///   retrieve ID ID ...                retrieve these
///   delete all    delete ID ID ...    delete
///   list                              send the list of what waits
/// ```
/// or, in place of text, an application/vnd.oma.im.deferred-list+xml or application/resource-lists+xml that names items. At the delete
/// address every body names what to delete. An ID is the history-reference of the list, or the imdn.Message-ID. `ids` empty means all.
record RetrievalRequest(Verb verb, List<String> ids) {
  private static final int MOST_IDS = 10_000;

  enum Verb {
    RETRIEVE,
    DELETE,
    LIST
  }

  static RetrievalRequest parse(Optional<MediaType> type, byte[] body, Verb byAddress) {
    if (type.filter(t -> t.is(DeferredList.TYPE)).isPresent()) {
      return of(byAddress, DeferredList.parse(body).items().stream().map(DeferredList.Item::reference).toList());
    }
    if (type.filter(t -> t.is(ResourceLists.TYPE)).isPresent()) {
      return of(byAddress, ResourceLists.parse(body).entries().stream().map(e -> item(e.uri())).toList());
    }
    if (body.length > 0 && type.filter(t -> t.type().equals("text")).isEmpty()) {
      throw new Malformed("Content-Type is none that names deferred messages");
    }
    return words(new String(body, StandardCharsets.UTF_8).strip(), byAddress);
  }

  /// An entry names an item by `cid:ID`, or by the ID alone.
  private static String item(String uri) {
    return uri.regionMatches(true, 0, "cid:", 0, 4) ? uri.substring(4) : uri;
  }

  private static RetrievalRequest words(String text, Verb byAddress) {
    List<String> words = text.isEmpty() ? List.of() : new ArrayList<>(Arrays.asList(text.split("\\s+", MOST_IDS + 2)));
    Verb verb = byAddress;
    if (!words.isEmpty()) {
      Optional<Verb> said = verb(words.getFirst());
      if (said.isPresent()) {
        verb = byAddress == Verb.DELETE ? Verb.DELETE : said.get();
        words.removeFirst();
      }
    }
    if (words.size() > MOST_IDS) {
      throw new Malformed("too many deferred messages named");
    }
    boolean all = words.size() == 1 && words.getFirst().equalsIgnoreCase("all");
    if (verb == Verb.DELETE && words.isEmpty()) {
      throw new Malformed("delete needs the items, or all");
    }
    return new RetrievalRequest(verb, all ? List.of() : List.copyOf(words));
  }

  private static Optional<Verb> verb(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "retrieve" -> Optional.of(Verb.RETRIEVE);
      case "delete" -> Optional.of(Verb.DELETE);
      case "list" -> Optional.of(Verb.LIST);
      default -> Optional.empty();
    };
  }

  private static RetrievalRequest of(Verb verb, List<String> ids) {
    if (ids.isEmpty()) {
      throw new Malformed("the list names no deferred message");
    }
    return new RetrievalRequest(verb, ids);
  }

  boolean isAll() {
    return ids.isEmpty();
  }
}
