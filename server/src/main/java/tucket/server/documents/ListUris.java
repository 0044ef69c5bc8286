// URIs that stand for several users.
package tucket.server.documents;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.protocol.Malformed;
import tucket.protocol.document.ResourceLists;
import tucket.protocol.document.XmlElement;
import tucket.protocol.sip.AddressOfRecord;
import tucket.server.Schema;
import tucket.server.reference.Im4SharedXdms;
import tucket.server.reference.XdmAddress;
import tucket.server.reference.XdmDocument;
import tucket.server.reference.Xdms;
import tucket.store.Engine;
import tucket.store.Key;
import tucket.store.Partition;

/// OMA requirement S15: shared groups (`list-service` in a group document, its attribute `uri`) and lists to which their owner has given a URI (`service` in
/// rls-services, RFC 4826 section 4). Which document defines a URI is noted, on disk, when the document is written; the document itself is read at
/// each use, so what it says is in force at once. A URI belongs to the document that claimed it first, until that one gives it up. Thread-safe.
public final class ListUris implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ListUris.class);
  private static final String GROUPS = "org.openmobilealliance.groups";
  private static final String SERVICES = "rls-services";
  private static final Set<String> USAGES = Set.of(GROUPS, "poc-groups", SERVICES);
  private static final int MAX_BYTES = 1 << 20;
  private static final byte[] KEY = Key.of(Schema.DEFINED).bytes();

  private final Im4SharedXdms shared;
  private final Engine engine;
  private final UnaryOperator<AddressOfRecord> canonical;
  private final Lists lists;
  private final Xdms.Watch watch;

  /// A list at the moment.
  ///
  /// @param owner whose document defines it
  /// @param group whether its members may use it, and not its owner alone
  public record Found(AddressOfRecord uri, AddressOfRecord owner, boolean group, List<ResourceLists.Entry> members) {
    public Found {
      members = List.copyOf(members);
    }
  }

  public ListUris(Im4SharedXdms shared, Engine engine, UnaryOperator<AddressOfRecord> canonical) {
    this.shared = shared;
    this.engine = engine;
    this.canonical = canonical;
    this.lists = new Lists(shared, canonical);
    this.watch = shared.watch(a -> !a.isGlobal() && USAGES.contains(a.auid()), this::changed);
  }

  private void changed(XdmAddress address) {
    try {
      Optional<XdmDocument> document = shared.document(address);
      if (document.isPresent()) {
        definitions(document.get()).forEach(d -> claim(d, address));
      }
    } catch (Malformed | tucket.store.Unavailable | tucket.transport.Unavailable e) {
      LOG.warn("event=list_uri_not_noted document={} why=\"{}\"", address, e.getMessage());
    }
  }

  private void claim(Definition definition, XdmAddress address) {
    if (definition.uri.value().getBytes(StandardCharsets.UTF_8).length > Partition.MAX_ID_BYTES) {
      return;
    }
    Partition partition = Partition.of(Schema.LIST, definition.uri.value());
    Optional<XdmAddress> before = noted(partition);
    boolean taken = before.isPresent() && !before.get().equals(address) && read(definition.uri, before.get()).isPresent();
    if (taken) {
      LOG.warn("event=list_uri_taken uri={} by={} wanted_by={}", definition.uri, before.get(), address);
      return;
    }
    if (!before.equals(Optional.of(address))) {
      engine.write(partition, t -> {
        t.put(KEY, Key.of(address.auid()).text(address.xui()).text(address.document()).bytes());
        return true;
      });
    }
  }

  private Optional<XdmAddress> noted(Partition partition) {
    return engine.read(partition, view -> view.get(KEY)).map(value -> {
      Key.Parts parts = Key.parts(value);
      return new XdmAddress(parts.text(), parts.text(), parts.text());
    });
  }

  /// The list that a URI stands for; empty where it stands for none. Throws [tucket.transport.Unavailable] where the XDMS can't be asked.
  public Optional<Found> find(AddressOfRecord uri) {
    if (uri.value().getBytes(StandardCharsets.UTF_8).length > Partition.MAX_ID_BYTES) {
      return Optional.empty();
    }
    return noted(Partition.of(Schema.LIST, uri.value())).flatMap(a -> read(uri, a));
  }

  private Optional<Found> read(AddressOfRecord uri, XdmAddress address) {
    try {
      return shared.document(address).stream().flatMap(d -> definitions(d).stream()).filter(d -> d.uri.equals(uri)).findFirst().map(d -> found(d, address));
    } catch (Malformed e) {
      return Optional.empty();
    }
  }

  private Found found(Definition definition, XdmAddress address) {
    AddressOfRecord owner = canonical.apply(new AddressOfRecord(address.xui()));
    boolean group = !address.auid().equals(SERVICES);
    List<ResourceLists.Entry> members = definition.anchor.isPresent()
        ? lists.entries(owner, definition.anchor.get()).orElse(List.of()) : lists.entries(owner, definition.items);
    return new Found(definition.uri, owner, group, members);
  }

  /// One element that gives a URI to a list: the list itself, or where it is.
  private record Definition(AddressOfRecord uri, List<ResourceLists.Item> items, Optional<String> anchor) {}

  private static List<Definition> definitions(XdmDocument document) {
    List<Definition> found = new ArrayList<>();
    XmlElement root = XmlElement.parse(document.content(), Set.of("group", "rls-services"), MAX_BYTES);
    for (XmlElement e : root.children()) {
      if (e.name().toLowerCase(Locale.ROOT).equals("list-service") || e.name().equals("service")) {
        Optional<AddressOfRecord> uri = uri(e);
        uri.ifPresent(u -> found.add(new Definition(u, e.child("list").map(ResourceLists::items).orElse(List.of()), e.textOf("resource-list"))));
      }
    }
    return found;
  }

  private static Optional<AddressOfRecord> uri(XmlElement e) {
    try {
      return e.attribute("uri").map(String::strip).map(AddressOfRecord::of);
    } catch (Malformed bad) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    watch.close();
  }
}
