// Lists of users: who is to receive a message, who else received it.
package tucket.protocol.document;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tucket.protocol.Malformed;
import tucket.protocol.mime.MediaType;

/// An application/resource-lists+xml document (RFC 4826 section 3) with the copy control attributes of RFC 5364. References to other lists
/// (`entry-ref`, `external`) are kept but not followed.
public record ResourceLists(List<ResourceList> lists) {
  public static final MediaType TYPE = MediaType.RESOURCE_LISTS;
  /// A larger document is [Malformed].
  public static final int MAX_BYTES = 1 << 20;

  private static final String NAMESPACE = "urn:ietf:params:xml:ns:resource-lists";
  private static final String COPY_NAMESPACE = "urn:ietf:params:xml:ns:copycontrol";
  private static final String ANONYMOUS = "sip:anonymous@anonymous.invalid";

  /// Something in a list.
  public sealed interface Item {}

  /// A list in the document or in another list.
  public record ResourceList(Optional<String> name, Optional<String> displayName, List<Item> items) implements Item {
    public ResourceList {
      items = List.copyOf(items);
    }
  }

  /// A user. `count` stands for how many (RFC 5364 section 4).
  public record Entry(String uri, Optional<String> displayName, Optional<CopyControl> copyControl, boolean anonymize, int count)
      implements Item {
    public static Entry of(String uri) {
      return new Entry(uri, Optional.empty(), Optional.empty(), false, 1);
    }

    /// The copy control in force: `bcc` where none is written.
    public CopyControl copy() {
      return copyControl.orElse(CopyControl.BCC);
    }
  }

  /// A reference to an entry in a document of the same server.
  public record EntryRef(String ref, Optional<String> displayName) implements Item {}

  /// A reference to a list anywhere.
  public record External(String anchor, Optional<String> displayName) implements Item {}

  /// How a recipient is meant, in the order of precedence.
  public enum CopyControl {
    TO,
    CC,
    BCC
  }

  public ResourceLists {
    lists = List.copyOf(lists);
  }

  /// One nameless list of those users.
  public static ResourceLists of(List<Entry> entries) {
    return new ResourceLists(List.of(new ResourceList(Optional.empty(), Optional.empty(), List.copyOf(entries))));
  }

  public static ResourceLists parse(byte[] xml) {
    XmlElement root = XmlElement.parse(xml, "resource-lists", MAX_BYTES);
    return new ResourceLists(root.children("list").stream().map(ResourceLists::list).toList());
  }

  /// What a list element of another document, such as a group, holds.
  public static List<Item> items(XmlElement list) {
    return list(list).items;
  }

  private static ResourceList list(XmlElement e) { // depth is bounded by the reader
    List<Item> items = new ArrayList<>();
    for (XmlElement child : e.children()) {
      switch (child.name()) {
        case "list" -> items.add(list(child));
        case "entry" -> items.add(entry(child));
        case "entry-ref" -> items.add(new EntryRef(child.required("ref"), child.textOf("display-name")));
        case "external" -> items.add(new External(child.attribute("anchor").orElse(""), child.textOf("display-name")));
        default -> {} // extensions
      }
    }
    return new ResourceList(e.attribute("name"), e.textOf("display-name"), items);
  }

  private static Entry entry(XmlElement e) {
    Optional<CopyControl> copy = e.attribute("copyControl").map(ResourceLists::copyControl);
    String anonymize = e.attribute("anonymize").orElse("false");
    return new Entry(e.required("uri").strip(), e.textOf("display-name"), copy, anonymize.equals("true") || anonymize.equals("1"),
        count(e));
  }

  private static CopyControl copyControl(String text) {
    for (CopyControl c : CopyControl.values()) {
      if (c.name().equalsIgnoreCase(text)) {
        return c;
      }
    }
    throw new Malformed("entry attribute copyControl has an unknown value");
  }

  private static int count(XmlElement e) {
    try {
      return Integer.parseUnsignedInt(e.attribute("count").orElse("1")) & Integer.MAX_VALUE;
    } catch (NumberFormatException x) {
      throw new Malformed("entry attribute count is not a number");
    }
  }

  /// All entries of all lists and the lists in them, in the order of the document, as they stand.
  public List<Entry> entries() {
    List<Entry> found = new ArrayList<>();
    lists.forEach(l -> collect(l, found));
    return List.copyOf(found);
  }

  private static void collect(ResourceList list, List<Entry> into) {
    for (Item item : list.items) {
      switch (item) {
        case Entry e -> into.add(e);
        case ResourceList l -> collect(l, into);
        case EntryRef r -> {}
        case External x -> {}
      }
    }
  }

  /// Each user once, in order, with the strongest copy control written for him (RFC 5364 section 4: to, cc, bcc). URIs are compared as
  /// text; who knows more about equal URIs maps them first.
  public List<Entry> recipients() {
    Map<String, Entry> found = new LinkedHashMap<>();
    for (Entry entry : entries()) {
      found.merge(entry.uri, entry, (a, b) -> b.copy().compareTo(a.copy()) < 0 ? b : a);
    }
    return List.copyOf(found.values());
  }

  /// What the recipients may see of each other, as a recipient-list-history (RFC 5364 sections 4 and 6): blind copies left out, those who
  /// want to be anonymous counted together in each class.
  public ResourceLists history() {
    List<Entry> shown = new ArrayList<>();
    for (CopyControl copy : List.of(CopyControl.TO, CopyControl.CC)) {
      int hidden = 0;
      for (Entry entry : recipients()) {
        if (entry.copy() == copy && entry.anonymize) {
          hidden++;
        } else if (entry.copy() == copy) {
          shown.add(new Entry(entry.uri, entry.displayName, Optional.of(copy), false, 1));
        }
      }
      if (hidden > 0) {
        shown.add(new Entry(ANONYMOUS, Optional.empty(), Optional.of(copy), false, hidden));
      }
    }
    return of(shown);
  }

  public byte[] write() {
    XmlWriter out = new XmlWriter().open("resource-lists").attribute("xmlns", NAMESPACE);
    if (entries().stream().anyMatch(e -> e.copyControl.isPresent() || e.anonymize || e.count != 1)) {
      out.attribute("xmlns:cp", COPY_NAMESPACE);
    }
    lists.forEach(l -> write(l, out));
    return out.toBytes();
  }

  private static void write(ResourceList list, XmlWriter out) {
    out.open("list").attribute("name", list.name).text("display-name", list.displayName);
    for (Item item : list.items) {
      switch (item) {
        case ResourceList l -> write(l, out);
        case Entry e -> write(e, out);
        case EntryRef r -> out.open("entry-ref").attribute("ref", r.ref).text("display-name", r.displayName).close();
        case External x -> out.open("external").attribute("anchor", x.anchor).text("display-name", x.displayName).close();
      }
    }
    out.close();
  }

  private static void write(Entry e, XmlWriter out) {
    out.open("entry").attribute("uri", e.uri);
    e.copyControl.ifPresent(c -> out.attribute("cp:copyControl", c.name().toLowerCase(Locale.ROOT)));
    if (e.anonymize) {
      out.attribute("cp:anonymize", "true");
    }
    if (e.count != 1) {
      out.attribute("cp:count", Integer.toString(e.count));
    }
    out.text("display-name", e.displayName).close();
  }
}
