// The documents of the XDMSs in the storage engine.
package tucket.server.xdms;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import tucket.protocol.xcap.XmlTree;
import tucket.server.Schema;
import tucket.server.reference.XdmAddress;
import tucket.server.reference.XdmDocument;
import tucket.server.reference.Xdms;
import tucket.store.Engine;
import tucket.store.Key;
import tucket.store.Partition;
import tucket.store.Transaction;
import tucket.store.View;
import tucket.transport.World;

/// Whole documents, compared and set: a write names the entity tag that it was made from, in the same transaction. Who watches is told before
/// the writer goes on. Thread-safe; calls may block and throw [tucket.store.Unavailable].
final class Documents {
  private static final Partition GLOBAL = Partition.of(Schema.SYSTEM, "xdm");
  private static final int TAG_BYTES = 12;

  /// What is kept beside the content; `inPieces` tells how that lies there, see [StoredText].
  record Meta(XdmAddress address, String etag, Instant modified, int size, boolean inPieces) {}

  /// A version of a document as it is in memory.
  ///
  /// @param pieces the numbers under which the pieces of its text lie in the store; none where it is one value
  record Version(String etag, XmlTree tree, List<Long> pieces) {
    Version {
      pieces = List.copyOf(pieces);
    }
  }

  /// What a write did.
  sealed interface Written {
    record Done(String etag) implements Written {}

    /// The document is not the one that was read.
    record Changed() implements Written {}

    /// The user has too many, or too much.
    record Full() implements Written {}
  }

  /// A change: from one entity tag to another, each empty for no document.
  record Change(XdmAddress address, Optional<String> before, Optional<String> after) {}

  private record Watcher(Predicate<XdmAddress> which, Consumer<Change> changed) {}

  private final Engine engine;
  private final World world;
  private final XdmsSettings settings;
  private final Versions versions;
  private final List<Watcher> watchers = new CopyOnWriteArrayList<>();

  Documents(Engine engine, World world, XdmsSettings settings) {
    this.engine = engine;
    this.world = world;
    this.settings = settings;
    this.versions = new Versions(settings.cachedCharacters());
  }

  /// The bytes of a document: no more than a look at its entity tag where that version is at hand.
  Optional<XdmDocument> read(XdmAddress address) {
    Optional<Version> kept = look(address).flatMap(m -> versions.find(m.etag()));
    if (kept.isPresent()) {
      return kept.map(version -> new XdmDocument(address, version.etag(), version.tree().bytes()));
    }
    return engine.read(partition(address), view -> meta(address, view)
        .map(m -> new XdmDocument(address, m.etag(), StoredText.joined(StoredText.read(view, content(address), m.inPieces())))));
  }

  /// A document to look into: read and parsed only where its version is not at hand. It is well-formed since it was written.
  Optional<Version> open(XdmAddress address) {
    Optional<Meta> meta = look(address);
    Optional<Version> kept = meta.flatMap(m -> versions.find(m.etag()));
    return meta.isEmpty() || kept.isPresent() ? kept : parsed(address);
  }

  private record Raw(Meta meta, List<byte[]> pieces, List<Long> numbers) {}

  private Optional<Version> parsed(XdmAddress address) {
    Optional<Raw> raw = engine.read(partition(address), view -> meta(address, view).map(m ->
        new Raw(m, StoredText.read(view, content(address), m.inPieces()), StoredText.numbers(view, content(address), m.inPieces()))));
    return raw.map(r -> {
      List<String> texts = r.pieces().stream().map(p -> new String(p, StandardCharsets.UTF_8)).toList();
      Version version = new Version(r.meta().etag(), r.meta().inPieces() ? XmlTree.parse(texts) : XmlTree.parse(texts.getFirst()), r.numbers());
      versions.put(version);
      return version;
    });
  }

  /// A version that there was, if it is still at hand.
  Optional<XmlTree> version(String etag) {
    return versions.find(etag).map(Version::tree);
  }

  Optional<Meta> meta(XdmAddress address, View view) {
    return view.get(meta(address)).map(m -> metaOf(address, m));
  }

  /// Only what is beside the content: a small read however large the document is.
  Optional<Meta> look(XdmAddress address) {
    return engine.read(partition(address), view -> meta(address, view));
  }

  /// All documents of a user, by usage and name.
  List<Meta> of(String xui) {
    return engine.read(Partition.of(Schema.USER, xui), view -> list(xui, view));
  }

  private static List<Meta> list(String xui, View view) {
    List<Meta> found = new ArrayList<>();
    Key prefix = Key.of(Schema.DOCUMENT);
    view.scan(prefix.bytes(), prefix.end(), (key, value) -> {
      Key.Parts parts = Key.parts(key);
      parts.text();
      found.add(metaOf(new XdmAddress(parts.text(), xui, parts.text()), value));
      return true;
    });
    return found;
  }

  /// Writes a whole document where the one there still has the entity tag that is expected: empty for none at all.
  Written write(XdmAddress address, Optional<String> expected, XmlTree tree) {
    return write(address, expected, tree, StoredText.of(tree.pieces()), false);
  }

  /// Writes what was made by editing `before`, where that is still the document. No more of it goes to disk than has changed.
  Written edit(XdmAddress address, Version before, XmlTree tree) {
    return write(address, Optional.of(before.etag()), tree, StoredText.after(before, tree.pieces()), true);
  }

  private Written write(XdmAddress address, Optional<String> expected, XmlTree tree, StoredText text, boolean shares) {
    String etag = world.chance().token(TAG_BYTES);
    int size = (int) tree.pieces().size();
    Written outcome = engine.write(partition(address), transaction -> {
      Optional<Meta> now = meta(address, transaction);
      if (!now.map(Meta::etag).equals(expected)) {
        return new Written.Changed();
      }
      if (!address.isGlobal() && !fits(address, size, transaction)) {
        return new Written.Full();
      }
      if (!shares && now.isPresent()) {
        StoredText.removePieces(transaction, content(address), now.get().inPieces());
      }
      put(transaction, new Meta(address, etag, world.clock().now(), size, text.inPieces()), text);
      return new Written.Done(etag);
    });
    if (outcome instanceof Written.Done) {
      versions.put(new Version(etag, tree, text.numbers())); // those who watch may ask for it
      tell(new Change(address, expected, Optional.of(etag)));
    }
    return outcome;
  }

  private boolean fits(XdmAddress address, int size, Transaction transaction) {
    int count = 1;
    long bytes = size;
    for (Meta other : list(address.xui(), transaction)) {
      if (!other.address().equals(address)) {
        count++;
        bytes += other.size();
      }
    }
    return count <= settings.documentsOfOneUser() && bytes <= settings.bytesOfOneUser();
  }

  /// Removes where the document still has that entity tag; false where it has another.
  boolean remove(XdmAddress address, String expected) {
    boolean removed = engine.write(partition(address), transaction -> {
      Optional<Meta> now = meta(address, transaction).filter(m -> m.etag().equals(expected));
      now.ifPresent(m -> {
        transaction.delete(meta(address));
        StoredText.remove(transaction, content(address), m.inPieces());
      });
      return now.isPresent();
    });
    if (removed) {
      tell(new Change(address, Optional.of(expected), Optional.empty()));
    }
    return removed;
  }

  Xdms.Watch watch(Predicate<XdmAddress> which, Consumer<Change> changed) {
    Watcher watcher = new Watcher(which, changed);
    watchers.add(watcher);
    return () -> watchers.remove(watcher);
  }

  private void tell(Change change) {
    watchers.stream().filter(w -> w.which.test(change.address())).forEach(w -> w.changed.accept(change));
  }

  // Format 1 is content in one value, 2 in pieces.
  private static void put(Transaction transaction, Meta meta, StoredText text) {
    String line = (meta.inPieces ? "2 " : "1 ") + meta.etag + " " + meta.modified.toEpochMilli() + " " + meta.size;
    transaction.put(meta(meta.address), line.getBytes(StandardCharsets.US_ASCII));
    text.write(transaction, content(meta.address));
  }

  private static Meta metaOf(XdmAddress address, byte[] value) {
    String[] parts = new String(value, StandardCharsets.US_ASCII).split(" ", 4);
    if (!parts[0].equals("1") && !parts[0].equals("2")) {
      throw new IllegalStateException("document of an unknown format " + parts[0] + " at " + address);
    }
    return new Meta(address, parts[1], Instant.ofEpochMilli(Long.parseLong(parts[2])), Integer.parseInt(parts[3]), parts[0].equals("2"));
  }

  private static Partition partition(XdmAddress address) {
    return address.isGlobal() ? GLOBAL : Partition.of(Schema.USER, address.xui());
  }

  private static byte[] meta(XdmAddress address) {
    return Key.of(Schema.DOCUMENT).text(address.auid()).text(address.document()).bytes();
  }

  private static Key content(XdmAddress address) {
    return Key.of(Schema.CONTENT).text(address.auid()).text(address.document());
  }
}
