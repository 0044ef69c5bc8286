// The list of messages that wait for a user.
package tucket.protocol.document;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import tucket.protocol.Malformed;
import tucket.protocol.mime.MediaType;

/// An application/vnd.oma.im.deferred-list+xml document: metadata of deferred items, told to a user who becomes available. The schema was
/// not public; names come from what clients read, in the namespace `urn:oma:xml:im:history-list`. The reference of an item and the URI of
/// an entry are written as attributes (so that XCAP can select by them) and read as attributes or elements; the rest are elements.
public record DeferredList(List<Item> items) {
  public static final MediaType TYPE = MediaType.of("application", "vnd.oma.im.deferred-list+xml");
  /// A larger document is [Malformed].
  public static final int MAX_BYTES = 1 << 20;

  private static final String NAMESPACE = "urn:oma:xml:im:history-list";

  /// One deferred item. `reference` names it for retrieval and deletion; `size` is in bytes; times are RFC 3339 text.
  public record Item(
      String reference,
      OptionalLong size,
      Optional<String> expiry,
      Optional<String> subject,
      Optional<String> date,
      Optional<String> status,
      Content content) {}

  /// What waits.
  public sealed interface Content {}

  /// A pager-mode or large message. `recipients` is empty for one to one.
  public record Pager(Optional<String> timeStamp, String from, String to, List<Entry> recipients,
      Optional<String> authId) implements Content {
    public Pager {
      recipients = List.copyOf(recipients);
    }
  }

  /// Messages of a conference.
  public record Conference(Optional<String> timeStart, Optional<String> timeEnd, Optional<String> recordingName, List<Entry> members)
      implements Content {
    public Conference {
      members = List.copyOf(members);
    }
  }

  /// An invitation into a group.
  public record GroupInvitation(Optional<String> timeStamp, String from, String to, String groupId) implements Content {}

  /// A file.
  public record OfflineFile(Optional<String> timeStamp, String from, String to, String fileName) implements Content {}

  /// A member of a list.
  public record Entry(String uri, Optional<String> displayName) {}

  public DeferredList {
    items = List.copyOf(items);
  }

  /// Reads a deferred-list; a root named history-list is taken as well.
  public static DeferredList parse(byte[] xml) {
    XmlElement root = XmlElement.parse(xml, Set.of("deferred-list", "history-list"), MAX_BYTES);
    List<Item> found = new ArrayList<>();
    for (XmlElement e : root.children()) {
      if (e.name().equals("history") || e.name().equals("deferred")) {
        found.add(item(e));
      }
    }
    return new DeferredList(found);
  }

  private static Item item(XmlElement e) {
    String reference = e.attributeOrText("history-reference").orElseThrow(() -> new Malformed("deferred-list item without "
        + "history-reference"));
    return new Item(reference, size(e), e.attributeOrText("expiry"), e.attributeOrText("subject"), e.attributeOrText("date"),
        e.attributeOrText("status"), content(e));
  }

  private static OptionalLong size(XmlElement e) {
    try {
      return e.attributeOrText("size").map(t -> OptionalLong.of(Long.parseLong(t))).orElse(OptionalLong.empty());
    } catch (NumberFormatException x) {
      throw new Malformed("deferred-list size is not a number");
    }
  }

  private static Content content(XmlElement e) {
    for (XmlElement c : e.children()) {
      Optional<String> stamp = c.attributeOrText("time-stamp");
      switch (c.name()) {
        case "pager" -> {
          return new Pager(stamp, text(c, "from"), text(c, "to"), entries(c, "recipient-list"), c.attributeOrText("auth-id"));
        }
        case "conference" -> {
          return new Conference(c.attributeOrText("time-start"), c.attributeOrText("time-end"), c.attributeOrText("recording-name"),
              entries(c, "conf-list"));
        }
        case "group-invitation" -> {
          return new GroupInvitation(stamp, text(c, "from"), text(c, "to"), text(c, "group-id"));
        }
        case "offline-file" -> {
          return new OfflineFile(stamp, text(c, "from"), text(c, "to"), text(c, "file-name"));
        }
        default -> {} // metadata, read above
      }
    }
    throw new Malformed("deferred-list item without pager, conference, group-invitation or offline-file");
  }

  private static String text(XmlElement e, String name) {
    return e.attributeOrText(name).orElse("");
  }

  private static List<Entry> entries(XmlElement e, String list) {
    return e.child(list).map(l -> l.children("entry").stream()
        .map(x -> new Entry(x.attributeOrText("uri").orElseThrow(() -> new Malformed("entry without uri")), x.textOf("display-name")))
        .toList()).orElse(List.of());
  }

  public byte[] write() {
    XmlWriter out = new XmlWriter().open("deferred-list").attribute("xmlns", NAMESPACE);
    for (Item item : items) {
      out.open("history").attribute("history-reference", item.reference);
      if (item.size.isPresent()) {
        out.text("size", Long.toString(item.size.getAsLong()));
      }
      out.text("expiry", item.expiry).text("subject", item.subject).text("date", item.date).text("status", item.status);
      write(item.content, out);
      out.close();
    }
    return out.toBytes();
  }

  private static void write(Content content, XmlWriter out) {
    switch (content) {
      case Pager p -> {
        out.open("pager").text("time-stamp", p.timeStamp).text("from", p.from).text("to", p.to);
        writeEntries("recipient-list", p.recipients, out);
        out.text("auth-id", p.authId).close();
      }
      case Conference c -> {
        out.open("conference").text("time-start", c.timeStart).text("time-end", c.timeEnd).text("recording-name", c.recordingName);
        writeEntries("conf-list", c.members, out);
        out.close();
      }
      case GroupInvitation g ->
          out.open("group-invitation").text("time-stamp", g.timeStamp).text("from", g.from).text("to", g.to).text("group-id", g.groupId)
              .close();
      case OfflineFile f ->
          out.open("offline-file").text("time-stamp", f.timeStamp).text("from", f.from).text("to", f.to).text("file-name", f.fileName)
              .close();
    }
  }

  private static void writeEntries(String list, List<Entry> entries, XmlWriter out) {
    if (entries.isEmpty()) {
      return;
    }
    out.open(list);
    for (Entry entry : entries) {
      out.open("entry").attribute("uri", entry.uri).text("display-name", entry.displayName).close();
    }
    out.close();
  }
}
