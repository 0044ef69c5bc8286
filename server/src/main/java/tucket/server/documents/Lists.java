// Resolves the lists of users.
package tucket.server.documents;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import tucket.protocol.Malformed;
import tucket.protocol.document.ListAnchor;
import tucket.protocol.document.ResourceLists;
import tucket.protocol.document.ResourceLists.Entry;
import tucket.protocol.sip.AddressOfRecord;
import tucket.server.Limits;
import tucket.server.reference.Im4SharedXdms;
import tucket.server.reference.XdmAddress;
import tucket.server.reference.XdmDocument;

/// RFC 4826 section 3: lists, lists in them, references to lists and entries of the same user. A reference to somebody else's lists is not followed: whose
/// lists they are is nobody else's affair. Thread-safe; calls block.
public final class Lists {
  /// The application usage of lists.
  public static final String USAGE = "resource-lists";
  private static final int MOST_REFERENCES = 100;

  private final Im4SharedXdms shared;
  private final UnaryOperator<AddressOfRecord> canonical;

  /// `canonical` gives the identity whose documents a user's documents are.
  public Lists(Im4SharedXdms shared, UnaryOperator<AddressOfRecord> canonical) {
    this.shared = shared;
    this.canonical = canonical;
  }

  /// The entries of the list that an anchor means, each URI once; empty where there is no such list of that user. At most [Limits#LIST_ENTRIES]. Throws
  /// [tucket.transport.Unavailable] where the XDMS can't be asked.
  public Optional<List<Entry>> entries(AddressOfRecord owner, String anchor) {
    return new Walk(owner).start(anchor);
  }

  /// The entries of these items, references followed.
  public List<Entry> entries(AddressOfRecord owner, List<ResourceLists.Item> items) {
    Walk walk = new Walk(owner);
    walk.items(items);
    return List.copyOf(walk.found);
  }

  /// Everything in the user's own lists.
  public List<Entry> all(AddressOfRecord owner) {
    Walk walk = new Walk(owner);
    walk.document("index").ifPresent(d -> d.lists().forEach(l -> walk.items(l.items())));
    return List.copyOf(walk.found);
  }

  /// One resolution; documents are parsed once in it, and no reference is followed twice.
  private final class Walk {
    private final AddressOfRecord owner;
    private final Map<String, Optional<ResourceLists>> documents = new HashMap<>();
    private final Set<String> followed = new HashSet<>();
    private final Set<String> uris = new HashSet<>();
    final List<Entry> found = new ArrayList<>();

    Walk(AddressOfRecord owner) {
      this.owner = owner;
    }

    Optional<List<Entry>> start(String anchor) {
      return follow(anchor) ? Optional.of(List.copyOf(found)) : Optional.empty();
    }

    private boolean follow(String anchor) {
      Optional<ListAnchor> read = ListAnchor.parse(anchor);
      if (read.isEmpty() || followed.size() >= MOST_REFERENCES || !canonical.apply(read.get().user()).equals(canonical.apply(owner))) {
        return false;
      }
      Optional<ResourceLists> document = document(read.get().document());
      if (document.isEmpty()) {
        return false;
      }
      List<ResourceLists.ResourceList> lists = read.get().in(document.get());
      if (followed.add(anchor)) {
        lists.forEach(l -> items(l.items()));
      }
      return !lists.isEmpty();
    }

    Optional<ResourceLists> document(String name) {
      return documents.computeIfAbsent(name, n -> {
        Optional<XdmDocument> there = shared.document(XdmAddress.of(USAGE, canonical.apply(owner), n));
        try {
          return there.map(d -> ResourceLists.parse(d.content()));
        } catch (Malformed e) {
          return Optional.empty(); // nobody may put such a document; one that is there all the same has no lists
        }
      });
    }

    private void items(List<ResourceLists.Item> items) { // depth: the reader bounds documents, and references are followed once each
      for (ResourceLists.Item item : items) {
        switch (item) {
          case Entry e -> {
            if (found.size() < Limits.LIST_ENTRIES && uris.add(e.uri())) {
              found.add(e);
            }
          }
          case ResourceLists.ResourceList l -> items(l.items());
          case ResourceLists.External x -> follow(x.anchor());
          case ResourceLists.EntryRef r -> entryRef(r);
        }
      }
    }

    /// `.../~~/resource-lists/list[...]/entry[@uri="..."]`: that entry of the list.
    private void entryRef(ResourceLists.EntryRef ref) {
      int last = ref.ref().lastIndexOf("/entry");
      int quote = ref.ref().indexOf("uri=", Math.max(last, 0));
      if (last < 0 || quote < 0) {
        return;
      }
      String tail = ref.ref().substring(quote + 4).replace("%22", "\"").replace("%5D", "]").replace("%5d", "]").replace("%27", "'");
      char mark = tail.isEmpty() ? 0 : tail.charAt(0);
      int end = mark == '"' || mark == '\'' ? tail.indexOf(mark, 1) : -1;
      if (end < 0) {
        return;
      }
      String uri = tail.substring(1, end);
      new Walk(owner).start(ref.ref().substring(0, last)).stream().flatMap(List::stream).filter(e -> e.uri().equals(uri)).findFirst()
          .ifPresent(e -> items(List.of(e)));
    }
  }
}
