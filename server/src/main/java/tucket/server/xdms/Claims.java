// URIs that only one document of the domain may give.
package tucket.server.xdms;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tucket.protocol.Malformed;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.xcap.XcapError;
import tucket.server.Schema;
import tucket.server.reference.XdmAddress;
import tucket.server.xdms.usage.ApplicationUsage;
import tucket.server.xdms.usage.ApplicationUsage.Claim;
import tucket.server.xdms.usage.Usages;
import tucket.store.Engine;
import tucket.store.Key;
import tucket.store.Partition;

/// A partition a URI names the document that gives it. The claim counts only while that document gives it, so what a crash leaves between the two
/// writes does no harm: claimed first, written then, released last.
final class Claims {
  private static final byte[] OWNER = Key.of(Schema.OWNER).bytes();
  private static final int TRIES = 3;

  private final Engine engine;
  private final Documents documents;
  private final Usages usages;
  private final Function<AddressOfRecord, Optional<AddressOfRecord>> home;

  /// @param home the default identity of a user one of whose identities is given; empty for nobody's
  Claims(Engine engine, Documents documents, Usages usages, Function<AddressOfRecord, Optional<AddressOfRecord>> home) {
    this.home = home;
    this.engine = engine;
    this.documents = documents;
    this.usages = usages;
  }

  /// Claims all URIs of a document that is about to be written; what is wrong where one is taken.
  Optional<XcapError> claim(List<Claim> wanted, XdmAddress by) {
    List<XcapError.Exists> taken = new ArrayList<>();
    List<String> seen = new ArrayList<>();
    for (Claim one : wanted) {
      String uri = key(one.uri());
      boolean fits = fits(uri) && !uri.isBlank();
      if (!fits || seen.contains(uri) || isOfUser(uri) || !claim(uri, by)) {
        taken.add(new XcapError.Exists(one.field(), fits ? alternatives(uri) : List.of()));
      }
      seen.add(uri);
    }
    return taken.isEmpty() ? Optional.empty() : Optional.of(XcapError.notUnique("a URI is given already", taken));
  }

  /// How a URI is written here, so that two spellings of one count as one.
  static String key(String uri) {
    try {
      return AddressOfRecord.of(uri.strip()).value();
    } catch (Malformed other) { // a URI of another kind
      return uri;
    }
  }

  private static boolean fits(String uri) {
    return uri.getBytes(StandardCharsets.UTF_8).length <= Partition.MAX_ID_BYTES;
  }

  // RFC 4826 section 4.4.5: no resource that there is in the domain already
  private boolean isOfUser(String uri) {
    try {
      return home.apply(AddressOfRecord.of(uri)).isPresent();
    } catch (Malformed other) { // a URI of another kind, which no user has
      return false;
    }
  }

  private boolean claim(String uri, XdmAddress by) {
    Partition partition = Partition.of(Schema.SERVICE, uri);
    byte[] mine = text(by).getBytes(StandardCharsets.UTF_8);
    Optional<String> seen = owner(uri);
    if (seen.isPresent() && !seen.get().equals(text(by)) && gives(addressOf(seen.get()), uri)) {
      return false;
    }
    return engine.write(partition, transaction -> {
      boolean same = transaction.get(OWNER).map(o -> new String(o, StandardCharsets.UTF_8)).equals(seen);
      if (same) {
        transaction.put(OWNER, mine);
      }
      return same;
    });
  }

  /// Lets go of what a document gave and gives no more.
  void release(List<Claim> before, List<Claim> after, XdmAddress by) {
    for (String one : before.stream().map(c -> key(c.uri())).toList()) {
      if (after.stream().noneMatch(a -> key(a.uri()).equals(one))) {
        engine.write(Partition.of(Schema.SERVICE, one), transaction -> {
          transaction.get(OWNER).filter(o -> new String(o, StandardCharsets.UTF_8).equals(text(by))).ifPresent(o -> transaction.delete(OWNER));
          return true;
        });
      }
    }
  }

  private Optional<String> owner(String uri) {
    return uri.isEmpty() || !fits(uri)
        ? Optional.empty()
        : engine.read(Partition.of(Schema.SERVICE, uri), view -> view.get(OWNER)).map(o -> new String(o, StandardCharsets.UTF_8));
  }

  private boolean gives(XdmAddress document, String uri) {
    Optional<ApplicationUsage> usage = usages.of(document.auid());
    return usage.isPresent()
        && documents.open(document).filter(d -> usage.get().claims(d.tree()).stream().anyMatch(c -> key(c.uri()).equals(uri))).isPresent();
  }

  // RFC 4825 section 8.2.5: values that would do now
  private List<String> alternatives(String uri) {
    List<String> free = new ArrayList<>();
    int at = uri.indexOf('@');
    for (int n = 2; at > 0 && free.size() < TRIES && n < 20; n++) {
      String other = uri.substring(0, at) + "-" + n + uri.substring(at);
      if (other.length() < Partition.MAX_ID_BYTES / 2 && owner(other).isEmpty() && !isOfUser(other)) {
        free.add(other);
      }
    }
    return free;
  }

  /// All documents that claim something, for the index of rls-services.
  Iterable<Partition> all() {
    return engine.partitions(Schema.SERVICE);
  }

  /// The document that gives this URI, if one does.
  Optional<XdmAddress> of(String uri) {
    String wanted = key(uri);
    return claimed(wanted).filter(document -> gives(document, wanted));
  }

  /// The document that gives this URI or has given it: whether it still does is seen by who reads it.
  Optional<XdmAddress> claimed(String uri) {
    return owner(key(uri)).map(Claims::addressOf);
  }

  private static String text(XdmAddress address) {
    return address.auid() + "\n" + address.xui() + "\n" + address.document();
  }

  private static XdmAddress addressOf(String text) {
    String[] parts = text.split("\n", 3);
    return new XdmAddress(parts[0], parts[1], parts[2]);
  }
}
