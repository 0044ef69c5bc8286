// URIs that stand for several users.
package tucket.server.documents;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import tucket.protocol.Malformed;
import tucket.protocol.document.ListAnchor;
import tucket.protocol.document.ResourceLists;
import tucket.protocol.document.XmlElement;
import tucket.protocol.sip.AddressOfRecord;
import tucket.server.reference.Im4SharedXdms;
import tucket.server.reference.XdmAddress;
import tucket.server.reference.XdmDocument;

/// OMA requirement S15: shared groups (`list-service` in a group document, its attribute `uri`) and lists to which their owner has given a URI (`service` in
/// his rls-services document `index`, RFC 4826 section 4). Which document gives a URI the XDMS knows; what it says is read at each use, so it is in force at
/// once. Thread-safe; calls block.
public final class ListUris {
  private static final String SERVICES = "rls-services";
  private static final int MAX_BYTES = 8 << 20; // the index of all users, where nothing smaller is to be had

  private final Im4SharedXdms shared;
  private final UnaryOperator<AddressOfRecord> canonical;
  private final Lists lists;

  /// A list at the moment.
  ///
  /// @param owner whose document defines it
  /// @param group whether its members may use it, and not its owner alone
  public record Found(AddressOfRecord uri, AddressOfRecord owner, boolean group, List<ResourceLists.Entry> members) {
    public Found {
      members = List.copyOf(members);
    }
  }

  /// `canonical` gives the identity whose documents a user's documents are.
  public ListUris(Im4SharedXdms shared, UnaryOperator<AddressOfRecord> canonical) {
    this.shared = shared;
    this.canonical = canonical;
    this.lists = new Lists(shared, canonical);
  }

  /// The list that a URI stands for; empty where it stands for none. Throws [tucket.transport.Unavailable] where the XDMS can't be asked.
  public Optional<Found> find(AddressOfRecord uri) {
    return shared.giving(uri).flatMap(a -> read(uri, a));
  }

  private Optional<Found> read(AddressOfRecord uri, XdmAddress address) {
    try {
      return shared.document(address).stream().flatMap(d -> definitions(d).stream()).filter(d -> d.uri.equals(uri)).findFirst().map(d -> found(d, address));
    } catch (Malformed e) {
      return Optional.empty();
    }
  }

  private Found found(Definition definition, XdmAddress address) {
    AddressOfRecord owner = owner(definition, address);
    boolean group = !address.auid().equals(SERVICES);
    List<ResourceLists.Entry> members = definition.anchor.isPresent()
        ? lists.entries(owner, definition.anchor.get()).orElse(List.of()) : lists.entries(owner, definition.items);
    return new Found(definition.uri, owner, group, members);
  }

  /// Whose document it is. In the global tree that is told by the list that it refers to (RFC 4826 section 4.4.5: one of the same user); else nobody
  /// is, and the URI stands for itself.
  private AddressOfRecord owner(Definition definition, XdmAddress address) {
    return address.isGlobal()
        ? definition.anchor.flatMap(ListAnchor::parse).map(a -> canonical.apply(a.user())).orElse(definition.uri)
        : canonical.apply(new AddressOfRecord(address.xui()));
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
}
