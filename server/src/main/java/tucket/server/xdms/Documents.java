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

  /// What is kept beside the content.
  record Meta(XdmAddress address, String etag, Instant modified, int size) {}

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
  private final List<Watcher> watchers = new CopyOnWriteArrayList<>();

  Documents(Engine engine, World world, XdmsSettings settings) {
    this.engine = engine;
    this.world = world;
    this.settings = settings;
  }

  Optional<XdmDocument> read(XdmAddress address) {
    return engine.read(partition(address), view ->
        view.get(meta(address)).map(m -> new XdmDocument(address, metaOf(address, m).etag(), view.get(content(address)).orElse(new byte[0]))));
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

  /// Writes where the document still has the entity tag that is expected: empty for none at all. `written` hears of the new one before those who watch.
  Written write(XdmAddress address, Optional<String> expected, byte[] bytes, Consumer<String> written) {
    String etag = world.chance().token(TAG_BYTES);
    Written outcome = engine.write(partition(address), transaction -> {
      Optional<Meta> now = meta(address, transaction);
      if (!now.map(Meta::etag).equals(expected)) {
        return new Written.Changed();
      }
      if (!address.isGlobal() && !fits(address, bytes.length, transaction)) {
        return new Written.Full();
      }
      put(transaction, new Meta(address, etag, world.clock().now(), bytes.length), bytes);
      return new Written.Done(etag);
    });
    if (outcome instanceof Written.Done) {
      written.accept(etag);
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
      if (meta(address, transaction).filter(m -> m.etag().equals(expected)).isEmpty()) {
        return false;
      }
      transaction.delete(meta(address));
      transaction.delete(content(address));
      return true;
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

  private static void put(Transaction transaction, Meta meta, byte[] bytes) {
    String line = "1 " + meta.etag + " " + meta.modified.toEpochMilli() + " " + meta.size;
    transaction.put(meta(meta.address), line.getBytes(StandardCharsets.US_ASCII));
    transaction.put(content(meta.address), bytes);
  }

  private static Meta metaOf(XdmAddress address, byte[] value) {
    String[] parts = new String(value, StandardCharsets.US_ASCII).split(" ", 4);
    if (!parts[0].equals("1")) {
      throw new IllegalStateException("document of an unknown format " + parts[0] + " at " + address);
    }
    return new Meta(address, parts[1], Instant.ofEpochMilli(Long.parseLong(parts[2])), Integer.parseInt(parts[3]));
  }

  private static Partition partition(XdmAddress address) {
    return address.isGlobal() ? GLOBAL : Partition.of(Schema.USER, address.xui());
  }

  private static byte[] meta(XdmAddress address) {
    return Key.of(Schema.DOCUMENT).text(address.auid()).text(address.document()).bytes();
  }

  private static byte[] content(XdmAddress address) {
    return Key.of(Schema.CONTENT).text(address.auid()).text(address.document()).bytes();
  }
}
