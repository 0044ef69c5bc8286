// Writes CPIM so that every known client reads it.
package tucket.protocol.cpim;

import java.io.ByteArrayOutputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tucket.protocol.mime.Entity;
import tucket.protocol.mime.Octets;

/// The canonical form: CRLF, From and To first, then the namespace of RFC 5438 under the prefix `imdn` before anything that uses it (one
/// client looks for the very text `imdn <urn:ietf:params:imdn>`, another for `imdn.Message-ID: `), one blank behind the colon, the other
/// headers in their order, then the content with canonical MIME headers. Values are copied as they came.
final class CpimWriter {
  private static final Map<String, String> IMDN_NAMES =
      spellings("Message-ID", "Disposition-Notification", "Original-To", "IMDN-Record-Route", "IMDN-Route");
  private static final Map<String, String> CORE_NAMES = spellings("From", "To", "cc", "DateTime", "Subject", "NS", "Require");
  private static final Set<String> ONCE = Set.of("From", "DateTime", "imdn.Message-ID", "imdn.Original-To");

  private final CpimMessage message;
  private final StringBuilder out = new StringBuilder(512);
  private final Set<String> written = new HashSet<>();

  CpimWriter(CpimMessage message) {
    this.message = message;
  }

  private static Map<String, String> spellings(String... names) {
    return java.util.Arrays.stream(names).collect(java.util.stream.Collectors.toUnmodifiableMap(n -> n.toLowerCase(Locale.ROOT), n -> n));
  }

  byte[] write() {
    List<CpimHeader> headers = message.headers();
    headers.stream().filter(h -> canonicalName(h).equals("From")).forEach(h -> line("From", h));
    headers.stream().filter(h -> canonicalName(h).equals("To")).forEach(h -> line("To", h));
    if (message.isNotification() || headers.stream().anyMatch(this::isImdn)) {
      out.append("NS: imdn <").append(CpimMessage.IMDN_NAMESPACE).append(">\r\n");
    }
    for (CpimHeader header : headers) {
      String name = canonicalName(header);
      if (name.equals("NS")) {
        namespace(header);
      } else if (!name.equals("From") && !name.equals("To")) {
        line(name, header);
      }
    }
    out.append("\r\n");
    Entity content = message.content().canonical();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(out.length() + content.body().length + 256);
    bytes.writeBytes(Octets.encode(out.toString()));
    bytes.writeBytes(content.write());
    return bytes.toByteArray();
  }

  private void line(String name, CpimHeader header) {
    if (ONCE.contains(name) && !written.add(name)) {
      return;
    }
    out.append(name).append(':').append(header.params()).append(' ').append(header.value()).append("\r\n");
  }

  private void namespace(CpimHeader header) {
    Map<String, String> bound = CpimReader.namespaces(List.of(header));
    bound.forEach((prefix, uri) -> {
      if (!uri.equals(CpimMessage.IMDN_NAMESPACE)) {
        out.append("NS: ").append(prefix.isEmpty() ? "" : outerPrefix(prefix) + " ").append('<').append(uri).append(">\r\n");
      }
    });
  }

  private boolean isImdn(CpimHeader header) {
    return message.namespaceOf(header).equals(CpimMessage.IMDN_NAMESPACE);
  }

  private String canonicalName(CpimHeader header) {
    String local = CpimMessage.localName(header);
    if (isImdn(header)) {
      return "imdn." + IMDN_NAMES.getOrDefault(local.toLowerCase(Locale.ROOT), local);
    }
    int dot = header.name().indexOf('.');
    if (dot < 0) {
      return CORE_NAMES.getOrDefault(local.toLowerCase(Locale.ROOT), local);
    }
    return outerPrefix(header.name().substring(0, dot)) + "." + local;
  }

  /// A foreign namespace that a message has bound to `imdn` gets another prefix, as ours must have that one.
  private String outerPrefix(String prefix) {
    if (!prefix.equals("imdn")) {
      return prefix;
    }
    int n = 1;
    while (message.namespaces().containsKey("imdn" + n)) {
      n++;
    }
    return "imdn" + n;
  }
}
