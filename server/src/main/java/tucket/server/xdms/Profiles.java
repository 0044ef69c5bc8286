// What all users' profiles say, to be searched.
package tucket.server.xdms;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.xcap.XmlSpan;
import tucket.protocol.xcap.XmlTree;
import tucket.server.Schema;
import tucket.server.reference.XdmAddress;
import tucket.server.reference.XdmDocument;
import tucket.store.Engine;
import tucket.store.Partition;

/// Display names are kept in memory by user, read once at the first question and followed from then on: a name is looked up per message. Other
/// searches read the profiles themselves. Thread-safe; calls may block.
final class Profiles {
  static final String AUID = "org.openmobilealliance.user-profile";
  static final String DOCUMENT = "user-profile";

  /// A profile as pairs of element and text; `@uri` is the user.
  record Profile(AddressOfRecord user, List<Map.Entry<String, String>> texts) {
    List<String> all(String name) {
      return texts.stream().filter(t -> t.getKey().equals(name)).map(Map.Entry::getValue).toList();
    }

    Optional<String> first(String name) {
      return texts.stream().filter(t -> t.getKey().equals(name)).map(Map.Entry::getValue).findFirst();
    }
  }

  private final Engine engine;
  private final Documents documents;
  private final Map<String, Set<AddressOfRecord>> byName = new ConcurrentHashMap<>();
  private final Map<AddressOfRecord, String> names = new ConcurrentHashMap<>();
  private volatile boolean read;

  Profiles(Engine engine, Documents documents) {
    this.engine = engine;
    this.documents = documents;
    documents.watch(a -> a.auid().equals(AUID) && !a.isGlobal() && a.document().equals(DOCUMENT), change -> follow(change.address()));
  }

  /// The users with that display name; at most `most`.
  List<Map.Entry<AddressOfRecord, String>> named(String displayName, int most) {
    if (!read) {
      readAll();
    }
    List<Map.Entry<AddressOfRecord, String>> found = new ArrayList<>();
    for (AddressOfRecord user : byName.getOrDefault(folded(displayName), Set.of())) {
      String name = names.get(user);
      if (name != null && found.size() < most) {
        found.add(Map.entry(user, name));
      }
    }
    return found;
  }

  private synchronized void readAll() {
    if (!read) {
      for (Partition user : engine.partitions(Schema.USER)) {
        follow(new XdmAddress(AUID, user.id(), DOCUMENT));
      }
      read = true;
    }
  }

  private synchronized void follow(XdmAddress address) {
    AddressOfRecord user = new AddressOfRecord(address.xui());
    Optional<String> now = profile(address).flatMap(p -> p.first("display-name"));
    String before = now.isPresent() ? names.put(user, now.get()) : names.remove(user);
    if (before != null) {
      byName.computeIfPresent(folded(before), (name, users) -> users.remove(user) && users.isEmpty() ? null : users);
    }
    now.ifPresent(name -> byName.computeIfAbsent(folded(name), n -> ConcurrentHashMap.newKeySet()).add(user));
  }

  private static String folded(String name) {
    return name.strip().toLowerCase(Locale.ROOT);
  }

  /// The first `most` profiles that fit, in no promised order.
  List<Profile> find(Predicate<Profile> fits, int most) {
    List<Profile> found = new ArrayList<>();
    for (Partition user : engine.partitions(Schema.USER)) {
      if (found.size() >= most) {
        break;
      }
      profile(new XdmAddress(AUID, user.id(), DOCUMENT)).filter(fits).ifPresent(found::add);
    }
    return found;
  }

  private Optional<Profile> profile(XdmAddress address) {
    return documents.read(address).map(Profiles::parse);
  }

  private static Profile parse(XdmDocument document) {
    XmlTree tree = XmlTree.parse(new String(document.content(), StandardCharsets.UTF_8));
    List<Map.Entry<String, String>> texts = new ArrayList<>();
    AddressOfRecord user = new AddressOfRecord(document.address().xui());
    texts.add(Map.entry("@uri", user.value()));
    texts.add(Map.entry("uri", user.value()));
    tree.root().child("user-profile").ifPresent(profile -> collect(tree, profile, texts));
    return new Profile(user, texts);
  }

  private static void collect(XmlTree tree, XmlSpan at, List<Map.Entry<String, String>> into) { // depth is bounded by the scanner
    for (XmlSpan child : at.children()) {
      if (child.children().isEmpty()) {
        into.add(Map.entry(child.local(), tree.content(child)));
      }
      collect(tree, child, into);
    }
  }
}
