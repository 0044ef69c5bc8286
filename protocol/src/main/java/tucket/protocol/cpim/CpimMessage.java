// A CPIM message: metadata headers and one MIME entity.
package tucket.protocol.cpim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tucket.protocol.mime.Entity;
import tucket.protocol.mime.MediaType;

/// A message/cpim (RFC 3862) with the header fields of RFC 5438. Immutable; threads may share it.
///
/// Two forms go out. [#write] is canonical: the wrapper is written so that every known client reads it, while Message-ID, DateTime,
/// disposition requests and the body stay byte for byte. [#verbatim] is what arrived. Where the content is signed ([#isSigned]) the two
/// are the same and the `with` methods change nothing.
public final class CpimMessage {
  /// The namespace of the RFC 5438 headers.
  public static final String IMDN_NAMESPACE = "urn:ietf:params:imdn";
  /// The namespace of the RFC 3862 headers.
  public static final String CORE_NAMESPACE = "urn:ietf:params:cpim-headers:";

  private static final Set<String> CORE = Set.of("from", "to", "cc", "datetime", "subject", "ns", "require");

  private static final List<String> SIGNED =
      List.of("multipart/signed", "multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime");

  private final List<CpimHeader> headers;
  private final Entity content;
  private final byte @Nullable [] arrived;
  private final Map<String, String> namespaces;

  CpimMessage(List<CpimHeader> headers, Entity content, byte @Nullable [] arrived) {
    this(headers, content, arrived, CpimReader.namespaces(headers));
  }

  private CpimMessage(List<CpimHeader> headers, Entity content, byte @Nullable [] arrived, Map<String, String> namespaces) {
    this.headers = List.copyOf(headers);
    this.content = content;
    this.arrived = arrived;
    this.namespaces = namespaces;
  }

  /// Reads a message within [CpimLimits#DEFAULT]; the array must not change afterwards. See [CpimReader] for what is tolerated.
  public static CpimMessage parse(byte[] data) {
    return parse(data, CpimLimits.DEFAULT);
  }

  public static CpimMessage parse(byte[] data, CpimLimits limits) {
    return CpimReader.read(data, limits);
  }

  public static CpimBuilder builder() {
    return new CpimBuilder();
  }

  /// The metadata headers as they were written, in order.
  public List<CpimHeader> headers() {
    return headers;
  }

  /// What the message carries, its Content-Encoding already undone. One that we do not know is still there ([Entity#encoding]): answer 415.
  public Entity content() {
    return content;
  }

  /// The URI of From.
  public Optional<String> from() {
    return first(CORE_NAMESPACE, "From").map(h -> CpimAddress.parse(h.value()).uri());
  }

  /// The URI of the first To.
  public Optional<String> to() {
    return first(CORE_NAMESPACE, "To").map(h -> CpimAddress.parse(h.value()).uri());
  }

  /// The imdn.Message-ID, the key of a message from end to end; under whatever prefix it was written. Empty also where it has no value.
  public Optional<String> messageId() {
    return first(IMDN_NAMESPACE, "Message-ID").map(CpimHeader::value).filter(v -> !v.isEmpty());
  }

  /// The DateTime as it stands, also where it is not valid.
  public Optional<String> dateTime() {
    return first(CORE_NAMESPACE, "DateTime").map(CpimHeader::value);
  }

  public Optional<String> subject() {
    return first(CORE_NAMESPACE, "Subject").map(CpimHeader::text);
  }

  /// The notifications that the sender asks for. A notification never asks for one, whatever it says (RFC 5438 section 7.2.1).
  public List<Disposition> dispositions() {
    if (isNotification()) {
      return List.of();
    }
    List<Disposition> wanted = List.of();
    for (CpimHeader h : headers) {
      if (is(h, IMDN_NAMESPACE, "Disposition-Notification")) {
        List<Disposition> more = Disposition.parseList(h.value());
        wanted = wanted.isEmpty() ? more : Stream.concat(wanted.stream(), more.stream()).distinct().toList();
      }
    }
    return wanted;
  }

  /// Whether this is a notification about a message: by its type, or an aggregate by its disposition (RFC 5438 sections 7.1.2 and 8.3).
  public boolean isNotification() {
    return content.is(MediaType.IMDN) || content.disposition().equals("notification");
  }

  /// Whether the content is signed or sealed, so that nothing of the message may be rewritten: multipart/signed, multipart/encrypted
  /// (RFC 1847), application/pkcs7-mime (S/MIME).
  public boolean isSigned() {
    return isSigned(content);
  }

  static boolean isSigned(Entity content) {
    String type = content.headers().first("Content-Type").orElse("");
    for (String signed : SIGNED) {
      if (type.regionMatches(true, 0, signed, 0, signed.length())) {
        return true;
      }
    }
    return false;
  }

  /// The first header of that name in that namespace, whatever prefix it has here; names are matched without regard to case, since clients
  /// are not to be trusted with it.
  public Optional<CpimHeader> first(String namespace, String name) {
    for (CpimHeader h : headers) {
      if (is(h, namespace, name)) {
        return Optional.of(h);
      }
    }
    return Optional.empty();
  }

  private boolean is(CpimHeader h, String namespace, String name) {
    int prefix = h.name().indexOf('.') + 1;
    return h.name().length() - prefix == name.length() && h.name().regionMatches(true, prefix, name, 0, name.length())
        && namespaceOf(h).equals(namespace);
  }

  /// Which namespace a header of this message belongs to: the URI its prefix is bound to, [#IMDN_NAMESPACE] also for an undeclared `imdn`,
  /// empty for another undeclared prefix.
  public String namespaceOf(CpimHeader header) {
    int dot = header.name().indexOf('.');
    if (dot < 0) {
      String byDefault = namespaces.get("");
      return byDefault == null || CORE.contains(header.name().toLowerCase(Locale.ROOT)) ? CORE_NAMESPACE : byDefault;
    }
    String prefix = header.name().substring(0, dot);
    String bound = namespaces.get(prefix);
    if (bound != null) {
      return bound;
    }
    return prefix.equalsIgnoreCase("imdn") ? IMDN_NAMESPACE : "";
  }

  static String localName(CpimHeader header) {
    return header.name().substring(header.name().indexOf('.') + 1);
  }

  Map<String, String> namespaces() {
    return namespaces;
  }

  /// The message for the next hop: canonical, or what arrived where the content is signed.
  public byte[] write() {
    return isSigned() && arrived != null ? arrived : new CpimWriter(this).write();
  }

  /// What arrived, byte for byte, whatever was changed since; of a message that we made ourselves, the same as [#write].
  public byte[] verbatim() {
    return arrived != null ? arrived : write();
  }

  /// The same with one From and one To, both without a name for people (an asserted identity has none, and one client refuses it).
  public CpimMessage withAddresses(String fromUri, String toUri) {
    if (isSigned() && arrived != null) {
      return this;
    }
    List<CpimHeader> changed = new ArrayList<>(headers.size() + 2);
    changed.add(new CpimHeader("From", CpimAddress.of(fromUri).toString()));
    changed.add(new CpimHeader("To", CpimAddress.of(toUri).toString()));
    for (CpimHeader h : headers) {
      if (!h.name().equalsIgnoreCase("From") && !h.name().equalsIgnoreCase("To")) {
        changed.add(h);
      }
    }
    return new CpimMessage(changed, content, arrived, namespaces); // these two declare none
  }

  /// The same with that imdn.Message-ID where there is none yet; never changes one (it is the key from end to end).
  public CpimMessage withMessageId(String id) {
    if (messageId().isPresent()) {
      return this;
    }
    List<CpimHeader> changed = new ArrayList<>(headers);
    changed.removeIf(h -> localName(h).equalsIgnoreCase("Message-ID") && namespaceOf(h).equals(IMDN_NAMESPACE));
    changed.addAll(inImdnNamespace("Message-ID", id));
    return with(changed);
  }

  /// The same with that DateTime where there is none yet (RFC 5438 section 7.1.1.2 needs one for a notification to be possible).
  public CpimMessage withDateTime(String dateTime) {
    if (dateTime().isPresent()) {
      return this;
    }
    List<CpimHeader> changed = new ArrayList<>(headers);
    changed.add(new CpimHeader("DateTime", dateTime));
    return with(changed);
  }

  private List<CpimHeader> inImdnNamespace(String name, String value) {
    String prefix = namespaces.entrySet().stream().filter(e -> e.getValue().equals(IMDN_NAMESPACE) && !e.getKey().isEmpty())
        .map(Map.Entry::getKey).sorted().findFirst().orElse("imdn");
    if (namespaces.getOrDefault(prefix, IMDN_NAMESPACE).equals(IMDN_NAMESPACE)) {
      return List.of(new CpimHeader(prefix + "." + name, value));
    }
    String free = "imdn" + (namespaces.size() + 1);
    while (namespaces.containsKey(free)) {
      free += "x";
    }
    return List.of(new CpimHeader("NS", free + " <" + IMDN_NAMESPACE + ">"), new CpimHeader(free + "." + name, value));
  }

  private CpimMessage with(List<CpimHeader> changed) {
    return isSigned() && arrived != null ? this : new CpimMessage(changed, content, arrived);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CpimMessage m && m.headers.equals(headers) && m.content.equals(content);
  }

  @Override
  public int hashCode() {
    return 31 * headers.hashCode() + content.hashCode();
  }

  /// The headers and the size, for logs and test failures.
  @Override
  public String toString() {
    return headers + " " + Arrays.toString(content.headers().toString().split("\r\n")) + " (" + content.bodyLength() + " bytes)";
  }
}
