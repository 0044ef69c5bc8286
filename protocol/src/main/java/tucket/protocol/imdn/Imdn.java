// A disposition notification: what became of a message.
package tucket.protocol.imdn;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tucket.protocol.Malformed;
import tucket.protocol.document.XmlElement;
import tucket.protocol.document.XmlWriter;
import tucket.protocol.mime.Entity;
import tucket.protocol.mime.MediaType;
import tucket.protocol.mime.Multipart;

/// A message/imdn+xml document (RFC 5438 section 11). `messageId` and `dateTime` are those of the message it speaks of, as they stood
/// there; `dateTime` is empty text where a client left it out. URIs are held without percent-encoding of the whole (one client writes
/// `sip%3Aalice%40example.com`).
public record Imdn(
    String messageId,
    String dateTime,
    Optional<String> recipientUri,
    Optional<String> originalRecipientUri,
    Optional<String> subject,
    Kind kind,
    Status status) {
  /// A larger document is [Malformed].
  public static final int MAX_BYTES = 64 * 1024;

  private static final String NAMESPACE = "urn:ietf:params:xml:ns:imdn";

  /// Which of the three notification elements it has (section 11.1.6).
  public enum Kind {
    DELIVERY("delivery-notification"),
    PROCESSING("processing-notification"),
    DISPLAY("display-notification");

    private final String element;

    Kind(String element) {
      this.element = element;
    }

    public String element() {
      return element;
    }
  }

  /// What it reports (section 11.1.7).
  public enum Status {
    DELIVERED,
    FAILED,
    FORBIDDEN,
    ERROR,
    DISPLAYED,
    PROCESSED,
    STORED;

    /// The element's name.
    public String element() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Imdn {
    if (messageId.isEmpty()) {
      throw new IllegalArgumentException("an IMDN needs the Message-ID of its message");
    }
  }

  /// A notification with nothing but what must be there.
  public static Imdn of(String messageId, String dateTime, Kind kind, Status status) {
    return new Imdn(messageId, dateTime, Optional.empty(), Optional.empty(), Optional.empty(), kind, status);
  }

  /// The same with the recipient that the message was delivered to and the one that it was first sent to (section 11.1.3, 11.1.4; the
  /// schema has both or neither).
  public Imdn withRecipient(String uri, String originalUri) {
    return new Imdn(messageId, dateTime, Optional.of(uri), Optional.of(originalUri), subject, kind, status);
  }

  /// The same without its recipients, as a list whose members are not disclosed needs it (RFC 5438 section 8).
  public Imdn withoutRecipient() {
    return new Imdn(messageId, dateTime, Optional.empty(), Optional.empty(), subject, kind, status);
  }

  /// Reads one document; any namespace prefix, elements in any order, unknown elements ignored. [Malformed] names the element at fault.
  public static Imdn parse(byte[] xml) {
    XmlElement root = XmlElement.parse(xml, "imdn", MAX_BYTES);
    String id = root.textOf("message-id").orElseThrow(() -> new Malformed("imdn without message-id"));
    for (Kind kind : Kind.values()) {
      Optional<XmlElement> notification = root.child(kind.element());
      if (notification.isPresent()) {
        return new Imdn(id, root.textOf("datetime").orElse(""), uri(root, "recipient-uri"), uri(root, "original-recipient-uri"),
            root.textOf("subject"), kind, status(notification.get()));
      }
    }
    throw new Malformed("imdn without delivery-, processing- or display-notification");
  }

  private static Status status(XmlElement notification) {
    XmlElement within = notification.child("status").orElse(notification);
    for (Status status : Status.values()) {
      if (within.child(status.element()).isPresent()) {
        return status;
      }
    }
    throw new Malformed("imdn without a known status");
  }

  private static Optional<String> uri(XmlElement root, String name) {
    return root.textOf(name).map(Imdn::undoPercent);
  }

  private static String undoPercent(String uri) {
    int colon = uri.toLowerCase(Locale.ROOT).indexOf("%3a");
    if (colon <= 0 || uri.indexOf(':') >= 0) {
      return uri; // an ordinary URI, whose own escapes belong to it
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(uri.length());
    byte[] bytes = uri.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      int high = i + 2 < bytes.length && bytes[i] == '%' ? Character.digit(bytes[i + 1], 16) : -1;
      int low = high < 0 ? -1 : Character.digit(bytes[i + 2], 16);
      int octet = high * 16 + low;
      if (low < 0 || octet <= ' ' || octet == 127) { // no escape, or one of a character that no URI has
        out.write(bytes[i]);
      } else {
        out.write(octet);
        i += 2;
      }
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  /// The notifications in a CPIM content: one document, or an aggregate of several in a multipart/mixed (section 8.3), whose other parts
  /// are skipped. Encodings are undone. [Malformed] where there is none.
  public static List<Imdn> parseAll(Entity content) {
    if (content.is(MediaType.IMDN)) {
      return List.of(parse(content.content(MAX_BYTES)));
    }
    if (!content.type().type().equals("multipart")) {
      throw new Malformed("Content-Type is neither message/imdn+xml nor multipart/mixed");
    }
    List<Imdn> found = new ArrayList<>();
    for (Entity part : Multipart.parse(content.type(), content.content(Multipart.MAX_PARTS * MAX_BYTES)).parts()) {
      if (part.is(MediaType.IMDN)) {
        found.add(parse(part.content(MAX_BYTES)));
      }
    }
    if (found.isEmpty()) {
      throw new Malformed("multipart without message/imdn+xml");
    }
    return List.copyOf(found);
  }

  /// The document, elements in the order of the schema (section 11.1.9).
  public byte[] write() {
    return new XmlWriter().open("imdn").attribute("xmlns", NAMESPACE)
        .text("message-id", messageId)
        .text("datetime", dateTime)
        .text("recipient-uri", recipientUri)
        .text("original-recipient-uri", originalRecipientUri)
        .text("subject", subject)
        .open(kind.element()).open("status").empty(status.element())
        .toBytes();
  }

  /// The CPIM content that carries it: message/imdn+xml with `Content-Disposition: notification` (section 7.2.1).
  public Entity entity() {
    Entity plain = Entity.of(MediaType.IMDN, write());
    return new Entity(plain.headers().with("Content-Disposition", "notification"), plain.body()).canonical();
  }
}
